"""A month as its page shows it."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date

from mihariban.office.base.text import T
from mihariban.office.days.errors import DayOutOfRange
from mihariban.office.days.hours import Hours, hours_between
from mihariban.office.days.models import CalendarChange
from mihariban.office.days.words import reason_text, spans_text
from mihariban.office.sites.models import Site
from mihariban.policy import DayHours

FIRST_YEAR, LAST_YEAR = 2000, 2098
"""Years that the pages show; holidays are known for all of them and their neighbours."""


@dataclass(frozen=True, slots=True)
class DayCell:
    """A day of the month.

    Attributes:
        outside: of the month before or after.
        spans: 「8:30〜17:15」.
    """

    date: date
    outside: bool
    today: bool
    hours: DayHours
    changes: tuple[CalendarChange, ...]

    @property
    def spans(self) -> list[str]:
        """The open spans."""
        return spans_text(self.hours)

    @property
    def reason(self) -> T:
        """Why it is as it is."""
        return reason_text(self.hours)


@dataclass(frozen=True, slots=True)
class MonthPage:
    """A month. ``weeks`` begin with Sunday."""

    first: date
    earlier: date | None
    later: date | None
    weeks: tuple[tuple[DayCell, ...], ...]
    changes: tuple[CalendarChange, ...]


def check_range(year: int, day: object) -> None:
    """Make sure that the calendar reaches a year.

    Raises:
        DayOutOfRange: it does not.
    """
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise DayOutOfRange(day=day, first=FIRST_YEAR, last=LAST_YEAR)


def month_page(year: int, month: int, today: date, site: Site | None) -> MonthPage:
    """The page of a month.

    Raises:
        DayOutOfRange: the calendar does not reach there.
        UnknownSite: the rule names no such site.
    """
    check_range(year, f"{year:04}-{month:02}")
    first = date(year, month, 1)
    grid = calendar.Calendar(firstweekday=6).monthdatescalendar(year, month)
    hours = hours_between(grid[0][0], grid[-1][-1], site)
    weeks = tuple(tuple(_cell(day, month, today, hours) for day in week) for week in grid)
    inside = [cell for week in weeks for cell in week if not cell.outside]
    listed = {change.id: change for cell in inside for change in cell.changes}
    return MonthPage(first, _beside(year, month, -1), _beside(year, month, 1), weeks, tuple(listed.values()))


def _cell(day: date, month: int, today: date, hours: Hours) -> DayCell:
    return DayCell(day, day.month != month, day == today, hours.on(day), tuple(hours.changes_on(day)))


def _beside(year: int, month: int, step: int) -> date | None:
    year, month = divmod(year * 12 + month - 1 + step, 12)
    return date(year, month + 1, 1) if FIRST_YEAR <= year <= LAST_YEAR else None
