"""Nine months of one kiosk, from April into January: the days by a table of their own, and what happens on them."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from datetime import date, timedelta

import pytest

from mihariban.base.clock import DAY, HOUR, MINUTE, SECOND
from mihariban.base.files import RealFile
from mihariban.recorder.footage.errors import NothingToShow
from tests.life.pictures import STEP
from tests.life.story import DECIDED, Story, Stretch, Told, closure, opened
from tests.support.sites import SAGA, moment

FIRST, LAST = date(2026, 4, 13), date(2027, 1, 17)
SECOND_VERSION = date(2026, 8, 1)
SHORTER = 3000 * HOUR

HOLIDAYS = {
    date(2026, 4, 29), date(2026, 5, 3), date(2026, 5, 4), date(2026, 5, 5), date(2026, 5, 6), date(2026, 7, 20),
    date(2026, 8, 11), date(2026, 9, 21), date(2026, 9, 22), date(2026, 9, 23), date(2026, 10, 12), date(2026, 11, 3),
    date(2026, 11, 23), date(2027, 1, 1), date(2027, 1, 11),
}  # fmt: skip
"""As the Cabinet Office lists them; 3 May is a Sunday, 22 September lies between two holidays."""
OBON = {date(2026, 8, 13), date(2026, 8, 14)}
EXTRA = date(2026, 10, 3)
_TIMES = {0: ("08:30", "17:15"), 1: ("08:30", "19:00"), 2: ("08:30", "17:15"), 3: ("08:30", "17:15"),
          4: ("08:30", "17:15"), 6: ("09:00", "16:00")}  # fmt: skip


def span(day: date) -> tuple[str, str] | None:
    """Hours of a day, by the papers and what the mayor decided; None where the kiosk is closed."""
    if day == EXTRA:
        return "10:00", "12:00"
    year_end = (day.month, day.day) >= (12, 29) or (day.month, day.day) <= (1, 3)
    if day in HOLIDAYS or day in OBON or year_end or day.weekday() == 5:
        return None
    if day.weekday() == 1 and day >= SECOND_VERSION:
        return "08:30", "18:00"
    return _TIMES[day.weekday()]


def hours(day: date) -> tuple[int, int] | None:
    """The same as instants."""
    found = span(day)
    return None if found is None else (moment(f"{day} {found[0]}"), moment(f"{day} {found[1]}"))


def days() -> Iterator[date]:
    """All days of the story."""
    for ahead in range((LAST - FIRST).days + 1):
        yield FIRST + timedelta(days=ahead)


def second_version() -> str:
    """The rule amended: Tuesdays end at six, footage filmed from then on is kept 3,000 hours."""
    text = SAGA.read_text(encoding="utf-8")
    for old, new in (
        ("version = 1\n", "version = 2\n"),
        ("effective_from = 2016-01-22\n", f"effective_from = {SECOND_VERSION}\n"),
        ("amount = 5760\n", "amount = 3000\n"),
        ('days = ["TUE"], open = "08:30", close = "19:00"', 'days = ["TUE"], open = "08:30", close = "18:00"'),
    ):
        assert old in text
        text = text.replace(old, new, 1)
    return text


def live(story: Story, patch: pytest.MonkeyPatch) -> None:
    """From the first day to the last."""
    _office(story)
    for day in days():
        story.period = SHORTER if day >= SECOND_VERSION else story.period
        _day(story, day, patch)
    story.turn_to(moment(f"{LAST} 20:00:00"))


def _day(story: Story, day: date, patch: pytest.MonkeyPatch) -> None:
    found = hours(day)
    if found is None:
        if day in HOLIDAYS or day.day % 5 == 0:
            story.visit(moment(f"{day} 11:00:00"), 20, None)  # somebody walks by; nothing may come of it
        return
    opens, closes = found
    number = (day - FIRST).days
    if day.weekday() == 0:
        story.visit(opens - 10 * SECOND, 30, found)  # waits before the doors open
    story.visit(opens + 45 * MINUTE + number % 7 * MINUTE, 90 if day.day == 20 else 20, found)
    if day in EVENTS:
        EVENTS[day](story, day, patch)
    else:
        story.visit(opens + 90 * MINUTE - number % 5 * MINUTE, 16, found)
    if day.weekday() == 4:
        story.visit(closes - 10 * SECOND, 20, found)  # is still there when it closes
    else:
        story.visit(closes - 20 * MINUTE, 20, found)


# What happens


def _camera_fault(story: Story, day: date, _patch: pytest.MonkeyPatch) -> None:
    """No picture for two hours, as a live camera tells it."""
    begin, end = moment(f"{day} 13:00:00"), moment(f"{day} 15:00:00")
    story.turn_to(begin)
    story.channel.pipeline.interrupted(begin, "camera_lost")
    gap = story.recorder.bookkeeper.begin_gap("cam1", begin, "MH305", "no picture for 5 s")
    story.turn_to(end)
    story.recorder.bookkeeper.end_gap(gap, end)
    story.gaps.append(Stretch(begin, end, "MH305"))


def _crash(story: Story, day: date, _patch: pytest.MonkeyPatch) -> None:
    """The recorder dies while somebody stands there."""
    story.cut_short(moment(f"{day} 14:00:00"), 9, 180, reboot=False)


def _stopped(story: Story, day: date, _patch: pytest.MonkeyPatch) -> None:
    """Stopped in order in the middle of the morning."""
    story.turn_to(moment(f"{day} 10:00:00"))
    story.stop(20 * 60)


def _step(story: Story, day: date, _patch: pytest.MonkeyPatch) -> None:
    """The wall clock goes forward by 90 s in the middle of a visit, and back on a later night."""

    def upset(number: int) -> int:
        if number != 6:
            return 0
        story.clock.step(90 * SECOND)
        story.watcher.step(90 * SECOND)
        return 90 * SECOND

    story.visit(moment(f"{day} 11:00:00"), 20, hours(day), upset=upset)
    story.turn_to(moment(f"{day} 12:00:00"))


def _step_back(story: Story, day: date, _patch: pytest.MonkeyPatch) -> None:
    story.turn_to(moment(f"{day} 12:30:00"))
    story.tick()
    story.clock.step(-90 * SECOND)
    story.tick()


def _disk(story: Story, day: date, patch: pytest.MonkeyPatch) -> None:
    """One sync of the ring fails while somebody stands there."""
    healthy, failed = RealFile.sync, [0]

    def failing(self: RealFile) -> None:
        if self.path.name == "ring.vol" and not failed[0]:
            failed[0] = story.clock.wall()
            raise OSError(errno.EIO, "simulated")
        healthy(self)

    def upset(number: int) -> int:
        if number == 7:
            patch.setattr(RealFile, "sync", failing)
        return 0

    told = story.visit(moment(f"{day} 11:00:00"), 20, hours(day), upset=upset)
    patch.undo()
    assert failed[0]
    assert told is not None
    told.perhaps = frozenset({failed[0] - STEP, failed[0]})
    story.gaps.append(Stretch(failed[0] - 2 * STEP, failed[0] + STEP, "volume_failed"))


def _closing_crash(story: Story, day: date, _patch: pytest.MonkeyPatch) -> None:
    """The machine loses its power in the middle of the day, and has another boot afterwards."""
    story.turn_to(moment(f"{day} 12:30:00"))
    story.crash(60, reboot=True)


EVENTS = {
    date(2026, 5, 12): _camera_fault,
    date(2026, 5, 28): _crash,
    date(2026, 7, 7): _stopped,
    date(2026, 9, 10): _step,
    date(2026, 9, 15): _step_back,
    date(2026, 9, 29): _disk,
    date(2026, 11, 11): _closing_crash,
}


# The office


def _office(story: Story) -> None:
    """What the office does, and when."""
    for month in ("2026-04-30", "2026-05-29", "2026-06-30", "2026-08-28", "2026-10-30", "2026-12-25"):
        story.at(moment(f"{month} 20:00:00"), story.cosign)
        story.at(moment(f"{month} 23:10:00"), lambda: story.stop(300))
    story.at(moment("2026-06-10 20:00:00"), lambda: _view(story, date(2026, 6, 9)))
    story.at(moment("2026-06-11 20:00:00"), lambda: _extract(story, date(2026, 6, 9)))
    story.at(moment("2026-07-15 20:00:00"), lambda: story.rule(second_version(), "2", "見本改正第1号"))
    story.at(moment("2026-08-05 20:00:00"), lambda: story.calendar(closure("obon", min(OBON), max(OBON))))
    story.at(moment("2026-09-25 20:00:00"), lambda: story.calendar(opened("extra", EXTRA, (("10:00", "12:00"),))))
    story.at(moment("2026-10-20 23:10:00"), lambda: story.stop(60, between=lambda: _lose_index(story)))
    story.at(moment("2026-06-01 20:00:00"), lambda: _hold_short(story))
    story.at(moment("2026-11-20 20:00:00"), lambda: _hold_long(story))
    story.at(moment("2026-12-15 20:00:00"), lambda: _see_nothing(story, date(2026, 4, 17)))


def _visits_of(story: Story, day: date) -> list[Told]:
    start = moment(f"{day} 00:00:00")
    return [told for told in story.visits if start <= told.began < start + DAY]


def _view(story: Story, day: date) -> None:
    told = _visits_of(story, day)[0]
    until = story.clock.wall() + HOUR
    grant = story.office.issue_grant(DECIDED, camera="cam1", start=told.shown_from, end=told.shown_to, until=until)
    story.grants.append(grant)
    with story.office_calls() as client:
        session = client.open_grant(story.office.present(grant))
        names = [line for line in client.playlist(session).splitlines() if line.endswith(".m4s")]
        assert names
        assert all(client.segment(session, name) for name in names)
        client.close_grant(session)


def _extract(story: Story, day: date) -> None:
    told = _visits_of(story, day)[1]
    until = story.clock.wall() + HOUR
    grant = story.office.issue_grant(
        DECIDED, camera="cam1", start=told.shown_from, end=told.shown_to, until=until, purpose="extract"
    )
    story.grants.append(grant)
    with story.office_calls() as client:
        session = client.open_grant(story.office.present(grant))
        with client.extract(session) as pieces:
            assert b"".join(pieces)[4:8] == b"ftyp"
        client.close_grant(session)


def _see_nothing(story: Story, day: date) -> None:
    """A grant for footage that is past its deadline shows nothing, through the door too."""
    told = _visits_of(story, day)[0]
    until = story.clock.wall() + HOUR
    grant = story.office.issue_grant(DECIDED, camera="cam1", start=told.shown_from, end=told.shown_to, until=until)
    story.grants.append(grant)
    with story.office_calls() as client:
        session = client.open_grant(story.office.present(grant))
        with pytest.raises(NothingToShow):
            client.playlist(session)
        client.close_grant(session)


def _hold_short(story: Story) -> None:
    """Half of a long visit, released long before its deadline: it goes with all the others."""
    told = _visits_of(story, date(2026, 5, 20))[0]
    held = story.hold(told.frames[8], told.frames[20], story.clock.wall() + 30 * DAY)
    story.at(story.clock.wall() + 29 * DAY, lambda: story.release(held))


def _hold_long(story: Story) -> None:
    """Two holds on one visit, one released a month after the other; and ten seconds of another visit, to the end."""
    whole, part = _visits_of(story, date(2026, 4, 14))[0], _visits_of(story, date(2026, 4, 15))[0]
    review = story.clock.wall() + 60 * DAY
    first = story.hold(whole.shown_from, whole.shown_to, review)
    second = story.hold(whole.shown_from, whole.shown_to, review)
    story.hold(part.frames[4], part.frames[9], review)
    story.at(moment("2026-12-20 20:00:00"), lambda: story.release(second))
    story.at(moment("2027-01-12 20:00:00"), lambda: story.release(first))


def _lose_index(story: Story) -> None:
    for path in story.folder.recorder.glob("index.db*"):
        path.unlink()
