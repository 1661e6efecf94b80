"""Expected against actual: every second of a day is watched, a visit, a gap with its cause, closed, or not yet known.

A pure function over rows, so that the running recorder, a copy of its book, and a test give the same answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import Literal
from zoneinfo import ZoneInfo

from mihariban.base.clock import SECOND, from_datetime, iso
from mihariban.policy import FilmingWindow

State = Literal["closed", "watched", "visit", "gap", "unknown"]
RECORDER_DOWN = "recorder_down"
"""Cause of a gap in which no recorder ran (docs/reference/gaps.md)."""
OUTSIDE = "outside_hours"
FUTURE = "future"
BEFORE = "before_first_start"
_ALIVE = 10 * SECOND  # the book is told every second that the recorder lives


@dataclass(frozen=True, slots=True)
class Life:
    """One life of the recorder's process, wall ns. ``ended`` is None while it lives and after a crash."""

    started: int
    last_seen: int
    ended: int | None


@dataclass(frozen=True, slots=True)
class Stretch:
    """A row of the book: from, to (None while it lasts), and why."""

    started: int
    ended: int | None
    cause: str = ""


@dataclass(frozen=True, slots=True)
class DaySpan:
    """A part of a day in one state, wall ns, start <= instant < end; ``cause`` of a gap, reason of the rest."""

    start: int
    end: int
    state: State
    cause: str = ""

    @property
    def seconds(self) -> float:
        return (self.end - self.start) / SECOND


@dataclass(frozen=True, slots=True)
class DayAccount:
    """A camera's day. ``spans`` tile it from one local midnight to the next, without holes or overlaps.

    Attributes:
        start, end: the two midnights, wall ns; 23 or 25 hours apart where the clocks change.
    """

    date: date
    start: int
    end: int
    spans: tuple[DaySpan, ...]

    def seconds(self, *states: State) -> float:
        """Seconds of the day in any of these states."""
        return sum(span.seconds for span in self.spans if span.state in states)

    @property
    def open_seconds(self) -> float:
        """Seconds of the permitted hours that are over."""
        return self.seconds("watched", "visit", "gap")

    def gaps(self) -> dict[str, float]:
        """Seconds lost, by cause."""
        found: dict[str, float] = {}
        for span in self.spans:
            if span.state == "gap":
                found[span.cause] = found.get(span.cause, 0.0) + span.seconds
        return found

    def as_json(self, zone: ZoneInfo) -> dict[str, object]:
        """For ``--json``; instants in ``zone``."""
        states: tuple[State, ...] = ("closed", "watched", "visit", "gap", "unknown")
        return {
            "date": self.date.isoformat(),
            "seconds": {state: round(self.seconds(state), 3) for state in states},
            "gaps": {cause: round(seconds, 3) for cause, seconds in self.gaps().items()},
            "spans": [
                {"from": iso(span.start, zone), "to": iso(span.end, zone), "state": span.state, "cause": span.cause}
                for span in self.spans
            ],
        }


def day_bounds(date: date, zone: ZoneInfo) -> tuple[int, int]:
    """Wall ns of a local date's midnight and of the next."""
    begin, end = (from_datetime(datetime.combine(day, time(), zone)) for day in (date, date + timedelta(days=1)))
    return begin, end


def day_account(
    date: date,
    zone: ZoneInfo,
    windows: Iterable[FilmingWindow],
    gaps: Iterable[Stretch],
    closed: Iterable[Stretch],
    lives: Sequence[Life],
    visits: Iterable[Stretch],
    now: int,
) -> DayAccount:
    """What became of each second of one camera's day.

    Args:
        date: local date in ``zone``.
        windows: when the rule permits filming; those of the days around it may be among them.
        gaps, closed, visits: rows of this camera; what lies outside the day is cut off.
        lives: of the recorder, oldest first.
        now: wall ns; later is unknown.

    A gap goes before a visit (what was not seen was not seen), closed before both where the recorder kept it so.
    """
    start, end = day_bounds(date, zone)
    day = _Day(start, end)
    day.paint([(start, end)], "closed", OUTSIDE)
    opened = [(window.start_wall, window.end_wall) for window in windows]
    day.paint(opened, "gap", RECORDER_DOWN)
    if lives:
        day.paint(_within(opened, [(start, lives[0].started)]), "unknown", BEFORE)
    else:
        day.paint(opened, "unknown", BEFORE)
    alive = _alive(lives, now)
    day.paint(_within(opened, alive), "watched", "")
    running = [_until(row, now) for row in visits]
    day.paint(_within(_within(opened, alive), running), "visit", "")
    for row in gaps:
        day.paint(_within(opened, _gap_spans(row, lives, alive, now)), "gap", row.cause)
    for row in closed:
        day.paint(_within(_within(opened, alive), [_until(row, now)]), "closed", row.cause)
    day.paint(_within(opened, [(now, end)]), "unknown", FUTURE)
    return DayAccount(date, start, end, day.spans())


class _Day:
    """A day painted over and over; the last coat shows."""

    def __init__(self, start: int, end: int) -> None:
        self._start, self._end = start, end
        self._coats: list[tuple[int, int, State, str]] = []

    def paint(self, spans: Iterable[tuple[int, int]], state: State, cause: str) -> None:
        for begin, end in spans:
            low, high = max(begin, self._start), min(end, self._end)
            if low < high:
                self._coats.append((low, high, state, cause))

    def spans(self) -> tuple[DaySpan, ...]:
        edges = sorted({edge for begin, end, _, _ in self._coats for edge in (begin, end)})
        found: list[DaySpan] = []
        for begin, end in pairwise(edges):
            state, cause = next((s, c) for low, high, s, c in reversed(self._coats) if low <= begin and end <= high)
            if found and (found[-1].state, found[-1].cause) == (state, cause):
                found[-1] = DaySpan(found[-1].start, end, state, cause)
            else:
                found.append(DaySpan(begin, end, state, cause))
        return tuple(found)


def _until(row: Stretch, now: int) -> tuple[int, int]:
    return row.started, now if row.ended is None else row.ended


def _within(spans: Iterable[tuple[int, int]], others: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    return [(max(a, c), min(b, d)) for a, b in spans for c, d in others if max(a, c) < min(b, d)]


def _alive(lives: Sequence[Life], now: int) -> list[tuple[int, int]]:
    """When a recorder ran. One that did not end in order ran until it was last seen; the present one still does."""
    found = []
    for number, life in enumerate(lives):
        until = life.last_seen if life.ended is None else life.ended
        if number == len(lives) - 1 and life.ended is None and now - life.last_seen <= _ALIVE:
            until = now
        found.append((life.started, max(life.started, until)))
    return found


def _gap_spans(row: Stretch, lives: Sequence[Life], alive: list[tuple[int, int]], now: int) -> list[tuple[int, int]]:
    """A gap that its recorder never closed ends with that recorder: what follows is the recorder's own absence."""
    if row.ended is not None:
        return [(row.started, row.ended)]
    last = next(
        (end for life, (_, end) in zip(reversed(lives), reversed(alive), strict=True) if life.started <= row.started),
        now,
    )
    return [(row.started, last)]
