"""Taking in a recorder's entries: from the cursor on, each once, without a hole, a page in one transaction."""

from __future__ import annotations

from datetime import UTC
from typing import Any

from django.db import transaction

from mihariban.base.clock import to_datetime
from mihariban.ledger.entry import from_moment
from mihariban.office.sites import hooks
from mihariban.office.sites.errors import FeedBroken
from mihariban.office.sites.models import RecorderUnit, SeenEvent
from mihariban.recorder.client import RecorderClient
from mihariban.recorder.contract.facts import Event, EventPage

PAGES = 40
"""Pages in one pass: the first pass of an office that was away for long does not keep its status waiting."""


def take_in(recorder: RecorderUnit, client: RecorderClient, *, pages: int = PAGES) -> bool:
    """Take in what is new. Returns whether all of it is in; what was taken in stays where a later page fails.

    Raises:
        FeedBroken: the entries do not continue; the page is not taken in.
        RecorderUnavailable: no answer.
    """
    for _ in range(pages):
        page = client.events(recorder.cursor)
        if not keep_page(recorder, page):
            return True
        if recorder.cursor >= page.size:
            return True
    return False


def keep_page(recorder: RecorderUnit, page: EventPage) -> int:
    """Keep a page, and the cursor behind it, or neither. Returns how many entries were new; none where another process
    took them in meanwhile.

    Raises:
        FeedBroken: see ``take_in``.
    """
    start = recorder.cursor
    rows = _rows(recorder, page, start)
    if not rows:
        return 0
    with transaction.atomic():
        moved = RecorderUnit.objects.filter(pk=recorder.pk, cursor=start).update(cursor=start + len(rows))
        if moved:
            SeenEvent.objects.bulk_create(rows)
            for call in hooks.events_came:
                call(recorder, rows)
    recorder.refresh_from_db(fields=["cursor"])
    return len(rows) if moved else 0


def _rows(recorder: RecorderUnit, page: EventPage, start: int) -> list[SeenEvent]:
    if page.size < start:
        raise FeedBroken(recorder=recorder.pk, seq=start, why=f"only {page.size} are left")
    for number, event in enumerate(page.events):
        if event.seq != start + number:
            raise FeedBroken(recorder=recorder.pk, seq=start + number, why=f"number {event.seq} came")
    if page.next != start + len(page.events) or (not page.events and page.size > start):
        raise FeedBroken(recorder=recorder.pk, seq=start, why=f"{len(page.events)} came of {page.size}")
    return [_row(recorder, event) for event in page.events]


def _row(recorder: RecorderUnit, event: Event) -> SeenEvent:
    try:
        return SeenEvent(recorder=recorder, seq=event.seq, **_entry(event))
    except (KeyError, ValueError, TypeError, OverflowError) as error:
        raise FeedBroken(recorder=recorder.pk, seq=event.seq, why=f"no entry: {type(error).__name__}") from error


def _entry(event: Event) -> dict[str, Any]:
    entry = event.entry
    facts = entry.get("object", {})
    if entry.get("_seq", event.seq) != event.seq or not isinstance(facts, dict):
        raise ValueError("not an entry with this number")
    at = to_datetime(from_moment(str(entry["t"])), UTC)
    return {"tag": str(entry["tag"])[:64], "outcome": str(entry["outcome"])[:16], "at": at, "facts": facts}
