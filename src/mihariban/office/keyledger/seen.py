"""What the recorders saw while a key was out."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import (
    Count,
    DateTimeField,
    ExpressionWrapper,
    F,
    IntegerField,
    OuterRef,
    QuerySet,
    Subquery,
    Value,
)
from django.db.models.functions import Coalesce

from mihariban.office.base.dates import now
from mihariban.office.keyledger.models import AROUND, KeyUse
from mihariban.office.keyledger.purposes import OPENING_TAGS
from mihariban.office.sites.models import SeenEvent
from mihariban.office.sites.seen import events_between


def seen_during(use: KeyUse) -> QuerySet[SeenEvent]:
    """Stops, starts and changes of disks from a quarter of an hour before a key went out until one after it came
    back, or until now."""
    end = (use.in_at or now()) + AROUND
    return events_between(
        use.out_at - AROUND, end + timedelta(microseconds=1), *OPENING_TAGS, recorder=use.key.recorder_id
    )


def with_seen(uses: QuerySet[KeyUse]) -> QuerySet[KeyUse]:
    """Each use with ``seen``: how many such events there were, counted by the database."""
    ends = Coalesce("in_at", Value(now(), DateTimeField()))
    begin = ExpressionWrapper(F("out_at") - AROUND, DateTimeField())
    end = ExpressionWrapper(ends + AROUND, DateTimeField())
    uses = uses.annotate(seen_from=begin, seen_to=end)
    events = SeenEvent.objects.filter(
        tag__in=OPENING_TAGS, at__gte=OuterRef("seen_from"), at__lte=OuterRef("seen_to")
    ).filter(recorder=Coalesce(OuterRef("key__recorder_id"), F("recorder_id")))  # a key without recorder: all cases
    counted = events.order_by().values(one=Value(1)).annotate(n=Count("pk")).values("n")
    return uses.annotate(seen=Coalesce(Subquery(counted, output_field=IntegerField()), 0))
