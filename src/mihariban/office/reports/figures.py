"""Figures of visits: per hour, weekday and day; and queues: visits that follow each other within half a minute.

A queue at one machine was the reason that the city gave for a second one. Nobody is followed: two visits at one camera
are held against the clock, nothing else.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, TypeVar

from django.db.models import Count, Q, QuerySet, Sum

from mihariban.office.reports.errors import PeriodNotPossible
from mihariban.office.sites.models import CameraUnit, Kiosk
from mihariban.office.sites.seen import queued_hours, visits_on

Hour = tuple[date, int]
"""A day and an hour of it."""
K = TypeVar("K", bound=Hashable)

FOLLOWS = timedelta(seconds=30)
"""The next person stood there this soon after the last one left: there was a queue."""
MOST_DAYS = 400
"""A year and a month at once."""


@dataclass(frozen=True, slots=True)
class Period:
    """Whole days, ``last`` included, in the office's zone.

    Raises:
        PeriodNotPossible: turned round, or too long.
    """

    first: date
    last: date

    def __post_init__(self) -> None:
        if not 0 <= (self.last - self.first).days < MOST_DAYS:
            raise PeriodNotPossible(first=self.first, last=self.last, most=MOST_DAYS)

    def days(self) -> Iterator[date]:
        """Each of them."""
        return (self.first + timedelta(days=n) for n in range((self.last - self.first).days + 1))


@dataclass(slots=True)
class Figures:
    """Counts by day and hour. ``visits`` and ``queued`` by (day, hour)."""

    period: Period
    visits: Counter[Hour] = field(default_factory=Counter)
    queued: Counter[Hour] = field(default_factory=Counter)

    @property
    def total(self) -> int:
        """All visits."""
        return self.visits.total()

    @property
    def total_queued(self) -> int:
        """Those that followed another."""
        return self.queued.total()

    @property
    def share(self) -> int:
        """Queued of all, in per cent, rounded down."""
        return 100 * self.total_queued // self.total if self.total else 0

    def by_hour(self) -> list[tuple[int, int, int]]:
        """Hour, visits, queued: from the first to the last hour in which anybody came."""
        visits, queued = _fold(self.visits, _hour), _fold(self.queued, _hour)
        hours = range(min(visits, default=0), max(visits, default=-1) + 1)
        return [(hour, visits[hour], queued[hour]) for hour in hours]

    def by_weekday(self) -> list[tuple[int, int, int, int]]:
        """Weekday from Monday, 0; visits; queued; days on which anybody came."""
        visits, queued = _fold(self.visits, _weekday), _fold(self.queued, _weekday)
        days = Counter(day.weekday() for day in {day for day, _ in self.visits})
        return [(weekday, visits[weekday], queued[weekday], days[weekday]) for weekday in range(7)]

    def by_day(self) -> list[tuple[date, int, int]]:
        """Day, visits, queued: each day of the period."""
        visits, queued = _fold(self.visits, _day), _fold(self.queued, _day)
        return [(day, visits[day], queued[day]) for day in self.period.days()]

    def by_month(self) -> list[tuple[str, int, int]]:
        """Month (2026-11), visits, queued."""
        months: dict[str, list[int]] = {}
        for day, visits, queued in self.by_day():
            sums = months.setdefault(f"{day:%Y-%m}", [0, 0])
            sums[0] += visits
            sums[1] += queued
        return [(month, sums[0], sums[1]) for month, sums in months.items()]


def figures_of(period: Period, kiosk: Kiosk | None = None) -> Figures:
    """Count the visits that the recorders listed. Three queries and one pass over the visits of the period."""
    found = Figures(period)
    visits = _at(visits_on(period.first, period.last), kiosk)
    for row in visits.order_by().values("day", "hour").annotate(n=Count("pk")):
        found.visits[row["day"], row["hour"]] = row["n"]
    moments = visits.filter(started__isnull=False).order_by("recorder_id", "camera", "started")
    found.queued.update(_followed(moments.values_list("recorder_id", "camera", "started", "ended", "day", "hour")))
    shrunk = _at(queued_hours(period.first, period.last), kiosk)
    for row in shrunk.order_by().values("day", "hour").annotate(n=Sum("count")):
        found.queued[row["day"], row["hour"]] += row["n"]
    return found


_Moment = tuple[str, str, datetime, datetime | None, date, int]


def _followed(moments: Iterable[_Moment]) -> Iterator[tuple[date, int]]:
    """Day and hour of each visit that began within half a minute of the end of the one before at its camera."""
    before: _Moment | None = None
    for visit in moments:
        same = before is not None and before[:2] == visit[:2]
        if before is not None and same and before[3] is not None and visit[2] - before[3] <= FOLLOWS:
            yield visit[4], visit[5]
        before = visit


def _fold(counts: Counter[Hour], by: Callable[[Hour], K]) -> Counter[K]:
    found: Counter[K] = Counter()
    for key, n in counts.items():
        found[by(key)] += n
    return found


def _hour(key: Hour) -> int:
    return key[1]


def _day(key: Hour) -> date:
    return key[0]


def _weekday(key: Hour) -> int:
    return key[0].weekday()


def _at(rows: QuerySet[Any], kiosk: Kiosk | None) -> QuerySet[Any]:
    """Those of the kiosk's cameras; all where none was chosen."""
    if kiosk is None:
        return rows
    wanted = Q(pk__in=())
    for recorder, camera in CameraUnit.objects.filter(kiosk=kiosk).values_list("recorder_id", "camera"):
        wanted |= Q(recorder_id=recorder, camera=camera)
    return rows.filter(wanted)
