"""What the clock and the recorder's events say about the keys: out too long; handled without a key."""

from __future__ import annotations

from datetime import timedelta
from itertools import takewhile

from django.db.models import Q

from mihariban.base.clock import from_datetime
from mihariban.ledger.entry import Draft, moment
from mihariban.ledger.tags import Tag
from mihariban.office.base.acting import Acting, system
from mihariban.office.base.action import Act, action
from mihariban.office.base.dates import now
from mihariban.office.keyledger.board import limit_row
from mihariban.office.keyledger.models import AROUND, Judged, Key, KeyUse, Opening
from mihariban.office.keyledger.policy import KEYS
from mihariban.office.keyledger.purposes import OPENING_TAGS
from mihariban.office.sites.models import RecorderUnit, SeenEvent


def watch_keys(*, acting: Acting) -> int:
    """Remind of keys that are out too long, once each; find what was done to a recorder while no key was out. Call it
    every minute or so, and after a recorder's events were taken in. Returns how many alarms are new.

    An event is judged a quarter of an hour after it happened: until then somebody may still enter the key.

    Raises:
        NotAllowed: somebody else than the system asks.
        LedgerUnwritable: nothing was noted; call again.
    """
    verdict = KEYS.may_watch(acting)
    late, events = _late(), _unjudged()
    found = [event for event in events if _has_key(event) and not covered(event)]
    if verdict and not late and not found:
        _judged(events)
        return 0
    with action(acting, verdict) as act:
        for use in late:
            _remind(act, use)
        for event in found:
            _note(act, event)
        _judged(events)
    return len(late) + len(found)


def watch_on_contact(_recorder: RecorderUnit, _client: object) -> None:
    """After each pass in which a recorder answered: its events have just been taken in."""
    watch_keys(acting=system())


def _late() -> list[KeyUse]:
    since = now() - timedelta(minutes=limit_row().minutes)
    return list(KeyUse.objects.filter(in_at=None, overdue_at=None, out_at__lt=since).select_related("key"))


def _unjudged() -> list[SeenEvent]:
    """Of each recorder the next ones in order, up to the first that is too young to be judged."""
    moment = now()
    found: list[SeenEvent] = []
    judged = dict(Judged.objects.values_list("recorder_id", "seq"))
    for recorder in RecorderUnit.objects.order_by("id").values_list("id", flat=True):
        new = SeenEvent.objects.filter(recorder_id=recorder, tag__in=OPENING_TAGS, seq__gt=judged.get(recorder, -1))
        found += takewhile(lambda event: not moment - AROUND < event.at <= moment, new.order_by("seq")[:1000])
    return found


def _judged(events: list[SeenEvent]) -> None:
    """How far the events were judged: a cursor, no fact of the ledger."""
    for recorder, seq in {event.recorder_id: event.seq for event in events}.items():
        Judged.objects.update_or_create(recorder_id=recorder, defaults={"seq": seq})


def _has_key(event: SeenEvent) -> bool:
    """Whether a key to this recorder was in the ledger at that time: before, nobody could have entered a use."""
    keys = Key.objects.filter(Q(recorder=None) | Q(recorder_id=event.recorder_id), since__lte=event.at)
    return keys.exclude(retired_at__lt=event.at).exists()


def covered(event: SeenEvent) -> bool:
    """Whether a key to this recorder was out around the event."""
    around = KeyUse.objects.filter(Q(in_at=None) | Q(in_at__gte=event.at - AROUND), out_at__lte=event.at + AROUND)
    return around.filter(Q(key__recorder=None) | Q(key__recorder_id=event.recorder_id)).exists()


def _remind(act: Act, use: KeyUse) -> None:
    """Entered once, whoever looks first. No new stamp: who is bringing the key back is not stopped."""
    if not KeyUse.objects.filter(pk=use.pk, overdue_at=None).update(overdue_at=now()):
        return
    facts: dict[str, str | int] = {"key": use.key_id, "use": use.pk, "minutes": limit_row().minutes}
    act.enter(Draft(Tag.CASEKEY_USE_OVERDUE, facts))


def _note(act: Act, event: SeenEvent) -> None:
    """A new opening, or one more event of the last one."""
    last = Opening.objects.filter(
        recorder_id=event.recorder_id, explained_at=None, last__gte=event.at - AROUND, first__lte=event.at + AROUND
    ).first()
    if last is None:
        Opening.objects.create(recorder_id=event.recorder_id, first=event.at, last=event.at, tags=[event.tag])
    else:
        last.first, last.last = min(last.first, event.at), max(last.last, event.at)
        last.tags = [*last.tags, event.tag]
        last.save()
    facts: dict[str, str | int] = {
        "recorder": event.recorder_id,
        "at": moment(from_datetime(event.at)),
        "seq": event.seq,
    }
    act.enter(Draft(Tag.CASEKEY_OPENING_FIND, facts | {"event": event.tag}))
