"""What was heard of the recorders, for the other apps: read here, never from the recorder during a request.

``findings_now()`` are the alarms; ``hooks.py`` tells of them as they come.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from django.db.models import QuerySet

from mihariban.office.sites.models import QueuedHour, RecorderUnit, SeenEvent, SeenFinding, SeenStatus, SeenVisit


def status_of(recorder: RecorderUnit | str) -> SeenStatus | None:
    """A recorder as it said last, and whether it answers now; None where it was never asked."""
    key = recorder if isinstance(recorder, str) else recorder.pk
    return SeenStatus.objects.filter(pk=key).select_related("recorder__site").first()


def statuses() -> dict[str, SeenStatus]:
    """All of them, by the recorder's id."""
    return {row.pk: row for row in SeenStatus.objects.select_related("recorder__site")}


def visits_between(
    start: datetime, end: datetime, *, recorder: str | None = None, camera: str | None = None
) -> QuerySet[SeenVisit]:
    """Visits that began in ``start <= t < end``, the first first. Those that shrank have no moments any more: for
    figures over months ask ``visits_on``."""
    return _of(SeenVisit.objects.filter(started__gte=start, started__lt=end), recorder, camera).order_by("started")


def visits_on(
    first: date, last: date, *, recorder: str | None = None, camera: str | None = None
) -> QuerySet[SeenVisit]:
    """Visits of whole days, ``last`` included, those that shrank too: ``day``, ``hour`` and ``seconds`` are always
    there."""
    return _of(SeenVisit.objects.filter(day__gte=first, day__lte=last), recorder, camera).order_by("day", "hour", "pk")


def queued_hours(first: date, last: date) -> QuerySet[QueuedHour]:
    """How many of the visits that shrank had followed the one before within 30 s, by hour; for visits that did not
    shrink the moments themselves tell it."""
    return QueuedHour.objects.filter(day__gte=first, day__lte=last).order_by("day", "hour")


def events_between(start: datetime, end: datetime, *tags: str, recorder: str | None = None) -> QuerySet[SeenEvent]:
    """Entries of the recorders' ledgers of ``start <= t < end``, of these tags where such are given, the first first.

    Their facts are those of the entry: ``{"camera": …}``; ``ledger.tags.Tag`` names the tags.
    """
    found = SeenEvent.objects.filter(at__gte=start, at__lt=end)
    if tags:
        found = found.filter(tag__in=[str(tag) for tag in tags])
    if recorder is not None:
        found = found.filter(recorder_id=recorder)
    return found.order_by("at", "recorder_id", "seq")


def findings_now(*, recorder: str | None = None, cameras: Iterable[str] | None = None) -> QuerySet[SeenFinding]:
    """What is not as it should be now, alarms first, then the longest lasting."""
    found = SeenFinding.objects.filter(until=None).select_related("recorder__site")
    if recorder is not None:
        found = found.filter(recorder_id=recorder)
    if cameras is not None:
        found = found.filter(camera__in=list(cameras))
    return found.order_by("severity", "since", "pk")  # "alarm" comes before "warning"


def findings_between(start: datetime, end: datetime) -> QuerySet[SeenFinding]:
    """What was not as it should be at some moment of ``start <= t < end``."""
    lasting = SeenFinding.objects.filter(since__lt=end, until=None)
    return (lasting | SeenFinding.objects.filter(since__lt=end, until__gt=start)).order_by("since", "pk")


def _of(found: QuerySet[SeenVisit], recorder: str | None, camera: str | None) -> QuerySet[SeenVisit]:
    if recorder is not None:
        found = found.filter(recorder_id=recorder)
    return found if camera is None else found.filter(camera=camera)
