"""The office's calendar is obeyed at once, and when the office is away."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from mihariban.base.clock import DAY
from mihariban.ledger.errors import LedgerUnwritable
from mihariban.ledger.tags import Tag
from mihariban.policy import CalendarEntry
from mihariban.recorder.actions.put_calendar import put_calendar
from mihariban.recorder.contract.errors import GrantReplayed
from mihariban.recorder.contract.orders import CalendarOrder
from mihariban.recorder.decision import Decision
from tests.support.office import DECIDED, OPENING, OfficeSite
from tests.support.sites import moment

TOMORROW = moment("2026-11-25 10:00:00")


def _closure(id_: str = "e1", day: str = "2026-11-25") -> CalendarEntry:
    facts = {
        "id": id_, "kind": "closure", "first_day": day, "last_day": day, "reason_ja": "停電点検",
        "approver_ja": "市長", "document_number": "見本第1号",
    }  # fmt: skip
    return CalendarEntry.from_json(json.dumps(facts))


def _extension(day: str = "2026-11-25") -> CalendarEntry:
    facts: dict[str, Any] = {
        "id": "e2", "kind": "extension", "first_day": day, "last_day": day, "windows": [["17:15", "20:30"]],
        "reason_ja": "夜間窓口", "approver_ja": "市長", "document_number": "見本第2号",
    }  # fmt: skip
    return CalendarEntry.from_json(json.dumps(facts))


def _push(site: OfficeSite, *put: CalendarEntry, withdrawn: tuple[str, ...] = ()) -> Decision[CalendarOrder]:
    return site.decided(CalendarOrder, site.office.push_calendar(DECIDED, put, withdrawn))


def _open(site: OfficeSite, wall: int) -> bool:
    return site.recorder.hours.window_at(wall) is not None


def test_a_closure_is_obeyed_at_once_and_after_a_restart(site: OfficeSite) -> None:
    """Without the office: it is kept here."""
    assert _open(site, TOMORROW)
    entry = put_calendar(site.recorder, _push(site, _closure()))
    assert not _open(site, TOMORROW)
    (told,) = site.entries(Tag.CALENDAR_ENTRY_PUT)
    assert (told["_seq"], told["object"]["entry"], told["object"]["sequence"]) == (entry, "e1", 1)
    assert told["case"] == "市窓 7"
    site.book.close()
    site.restart()
    assert not _open(site, TOMORROW)


def test_running_pipelines_obey_at_once(site: OfficeSite) -> None:
    """A camera that films now stops with the next look at the hours: no new pipeline is needed."""
    site.film(OPENING + 3600 * 10**9, seconds=3)
    channel = site.recorder.channel(site.recorder.camera(None))
    put_calendar(site.recorder, _push(site, _closure(day="2026-11-24")))
    site.clock.turn(2 * 10**9)
    channel.pipeline.tick(site.clock.wall())
    (closed,) = site.recorder.control.closed_periods("cam1", site.clock.wall())
    assert closed.ended is None


def test_an_extension_opens_longer(site: OfficeSite) -> None:
    """Half past eight in the evening."""
    evening = moment("2026-11-25 20:00:00")
    assert not _open(site, evening)
    put_calendar(site.recorder, _push(site, _extension()))
    assert _open(site, evening)
    assert not _open(site, moment("2026-11-25 20:31:00"))
    assert len(site.recorder.hours.windows_on(date(2026, 11, 25))) >= 1


def test_what_is_withdrawn_is_obeyed_no_more(site: OfficeSite) -> None:
    """With its own tag."""
    put_calendar(site.recorder, _push(site, _closure()))
    put_calendar(site.recorder, _push(site, withdrawn=("e1",)))
    assert _open(site, TOMORROW)
    assert [entry["object"]["entry"] for entry in site.entries(Tag.CALENDAR_ENTRY_WITHDRAW)] == ["e1"]
    site.restart()
    assert _open(site, TOMORROW)


def test_an_older_push_is_refused(site: OfficeSite) -> None:
    """It would put back what was withdrawn."""
    first, second = _push(site, _closure()), _push(site, withdrawn=("e1",))
    put_calendar(site.recorder, second)
    with pytest.raises(GrantReplayed):
        put_calendar(site.recorder, first)
    assert _open(site, TOMORROW)
    assert site.entries(Tag.CALENDAR_ENTRY_PUT) == []


def test_the_same_push_is_taken_once(site: OfficeSite) -> None:
    """Answered without a second entry."""
    push = _push(site, _closure())
    put_calendar(site.recorder, push)
    put_calendar(site.recorder, _push(site, _extension()))
    put_calendar(site.recorder, push)
    assert len(site.entries(Tag.CALENDAR_ENTRY_PUT)) == 2


def test_without_an_entry_nothing_is_taken(site: OfficeSite) -> None:
    """Neither obeyed nor remembered; taken when it comes again."""
    push = _push(site, _closure())
    with site.unwritable(), pytest.raises(LedgerUnwritable):
        put_calendar(site.recorder, push)
    assert _open(site, TOMORROW)
    assert site.recorder.control.calendar() == []
    site.clock.turn(DAY // 24)
    put_calendar(site.recorder, push)
    assert not _open(site, TOMORROW)
