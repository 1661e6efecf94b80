"""control.db: visits, gaps, closed periods, holds, erasures, calendar, the recorder's lives, and its ledger."""

from __future__ import annotations

from pathlib import Path

from mihariban.base.clock import Clock, TurnedClock
from mihariban.recorder.control.calendar import Calendar
from mihariban.recorder.control.keeping import Keeping
from mihariban.recorder.control.rows import (
    ErasureRow,
    FindingRow,
    GrantRow,
    HoldRow,
    LifeRow,
    PastVisit,
    Span,
    VisitRow,
)
from mihariban.recorder.control.visits import Visits
from mihariban.recorder.control.watching import Watching

__all__ = [
    "Control",
    "ErasureRow",
    "FindingRow",
    "GrantRow",
    "HoldRow",
    "LifeRow",
    "PastVisit",
    "Span",
    "VisitRow",
]


class Control(Watching, Visits, Calendar, Keeping):
    """The recorder's book; see ``ControlBase`` for how it is opened."""

    @classmethod
    def create(cls, path: Path, *, site: str, recorder: str, wall: int, clock: Clock | None = None) -> Control:
        """Make the book of a new site and open it."""
        cls.make_tables(path, site=site, recorder=recorder, clock=clock or TurnedClock(wall))
        return cls(path, clock=clock)
