"""Two turns that the long life does not take: a rule that shortens what is there already, and a book that is lost."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from mihariban.base.clock import DAY, HOUR, MINUTE, SECOND
from mihariban.base.ids import id_bytes
from mihariban.recorder.audit import audit_site
from mihariban.recorder.control import Control
from mihariban.recorder.recovery import holds_from_ring
from mihariban.volume import Volume
from tests.life.story import WITHIN, Story, many_syncs
from tests.support.office import second_version
from tests.support.sites import SAGA, moment

SHORT = 240 * HOUR
TURN = date(2026, 5, 1)


@pytest.fixture
def story(tmp_path: Path) -> Iterator[Story]:
    """A site from the middle of April on."""
    folder = many_syncs(tmp_path)
    folder.mkdir(parents=True, exist_ok=True)
    try:
        yield Story.begin(folder, "2026-04-13 08:00:00", size="16MiB")
    finally:
        shutil.rmtree(folder)


def _open_days(first: date, last: date) -> Iterator[date]:
    for ahead in range((last - first).days + 1):
        day = first + timedelta(days=ahead)
        if day.weekday() < 5 and day != date(2026, 4, 29):
            yield day


def test_a_version_that_shortens_takes_what_is_there_too(story: Story) -> None:
    """From its first midnight on: what is older than ten days goes within the minute, the rest on its tenth day."""
    story.turn_to(moment("2026-04-13 08:10:00"))
    text = SAGA.read_text(encoding="utf-8")
    story.rule(
        second_version(text, effective_from=f"{TURN}", hours=240, applies_to_existing="shorten"), "2", "見本改正第2号"
    )
    for day in _open_days(date(2026, 4, 13), date(2026, 4, 30)):
        span = (moment(f"{day} 08:30:00"), moment(f"{day} 17:15:00"))
        story.visit(moment(f"{day} 10:00:00"), 20, span)
    turn = moment(f"{TURN} 00:00:00")
    story.turn_to(turn - SECOND)
    story.tick()
    assert len(story.visits) == 13
    assert all(story.readable(told) == told.frames for told in story.visits)
    for second in range(20, 80, 20):
        story.turn_to(turn + second * SECOND)
        story.tick()
    for told in story.visits:
        due = max(turn, told.frames[-1] + SHORT)
        told.deadline = due
        assert (story.readable(told) == []) == (due <= turn + MINUTE), told
        if due > turn:
            story.at(due - SECOND, lambda told=told: story._before(told))  # type: ignore[misc]  # bound now
            story.at(due + 40 * SECOND, lambda told=told: story._after(told))  # type: ignore[misc]  # bound now
    story.turn_to(turn + 12 * DAY)
    story.end()
    control = Control(story.folder.control, readonly=True)
    erased = {row.visit: row for row in control.erasures()}
    assert len(erased) == 13
    for visit in control.visits():
        due = max(turn, (visit.recorded_to or 0) + SHORT)
        assert visit.expires == (visit.recorded_to or 0) + SHORT
        assert due - 4 * SECOND <= erased[visit.id].destroyed <= due + WITHIN
    control.close()
    audit = audit_site(story.folder.path, clock=story.clock)
    assert audit.answer(8).verdict == "fine"
    assert audit.answer(7).figures["over"] == 0


def test_a_lost_book_loses_no_hold(story: Story) -> None:
    """control.db is gone: of a new one the ring says which holds there are, and what they keep stays."""
    day = date(2026, 4, 13)
    span = (moment(f"{day} 08:30:00"), moment(f"{day} 17:15:00"))
    told = story.visit(moment(f"{day} 10:00:00"), 40, span)
    assert told is not None
    story.turn_to(moment(f"{day} 18:00:00"))
    held = story.hold(told.frames[2], told.frames[10], story.clock.wall() + 30 * DAY)
    before = story.recorder.control.hold(id_bytes(held.id))
    story.end()
    recorder = story.folder.recorder
    for path in [*recorder.glob("control.db*"), recorder / "ledger.key", recorder / "cosign.key"]:
        path.unlink()
    control = Control.create(recorder / "control.db", site="test", recorder="test-r1", wall=0, clock=story.clock)
    volume = Volume.open(recorder, clock=story.clock, site="test")
    assert holds_from_ring(control, volume) == 1
    after = control.hold(id_bytes(held.id))
    assert before is not None
    assert after is not None
    assert after == replace(before, document={**before.document, "placed": after.document["placed"]})
    story.clock.turn(241 * DAY)
    volume.destroy_expired()
    assert story.readable(told, volume) == told.frames[2:10]
    volume.close()
    control.close()
