"""Downtime: how long each kiosk was out of service in the hours in which it should have served, by month and kind."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from django.db.models import Count, DateField, Q
from django.db.models.functions import TruncMonth
from django.utils import timezone

from mihariban.office.base.dates import now
from mihariban.office.faults.models import Fault, Stoppage
from mihariban.policy import DayHours

Hours = Callable[[date], DayHours]
Span = tuple[datetime, datetime]


@dataclass(slots=True)
class Month:
    """A month of a kiosk. ``minutes`` in opening hours and ``faults`` that began in it, by kind."""

    first: date
    minutes: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    faults: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    @property
    def total(self) -> int:
        """Minutes of all kinds."""
        return sum(self.minutes.values())

    @property
    def count(self) -> int:
        """Faults of all kinds."""
        return sum(self.faults.values())


def months(last: date, count: int = 12) -> list[date]:
    """First days of the ``count`` months up to that of ``last``, the oldest first."""
    number = last.year * 12 + last.month - 1
    return [date(each // 12, each % 12 + 1, 1) for each in range(number - count + 1, number + 1)]


def downtime(hours: Mapping[str, Hours], firsts: Sequence[date]) -> dict[str, list[Month]]:
    """Each of ``firsts`` (first days of months that follow each other) with its figures, by kiosk. Two queries, however
    many kiosks and faults.

    A span of two kinds at once counts for each; the same kind is not counted twice.

    Args:
        hours: opening hours on a day, by kiosk.
    """
    start, stop = _midnight(firsts[0]), _midnight(_next(firsts[-1]))
    found = {kiosk: {first: Month(first) for first in firsts} for kiosk in hours}
    for kiosk, kind, month, count in _begun(hours, start, stop):
        found[kiosk][month].faults[kind] = count
    for (kiosk, kind), spans in _stopped(hours, start, min(stop, now())).items():
        for begin, end in merged(spans):
            _count(found[kiosk], kind, begin, end, hours[kiosk])
    return {kiosk: [each[first] for first in firsts] for kiosk, each in found.items()}


def _begun(kiosks: Iterable[str], start: datetime, stop: datetime) -> Iterator[tuple[str, str, date, int]]:
    """Faults by kiosk, kind and month, counted by the database."""
    rows = Fault.objects.filter(kiosk__in=list(kiosks), since__gte=start, since__lt=stop).order_by()
    month = TruncMonth("since", tzinfo=timezone.get_default_timezone(), output_field=DateField())
    counted = rows.annotate(month=month).values_list("kiosk_id", "kind", "month").annotate(n=Count("pk"))
    yield from counted


def _stopped(kiosks: Iterable[str], start: datetime, stop: datetime) -> dict[tuple[str, str], list[Span]]:
    """Spans by kiosk and kind, cut to the period, sorted by their beginning."""
    lasting = Q(ended=None) | Q(ended__gt=start)
    rows = Stoppage.objects.filter(lasting, fault__kiosk__in=list(kiosks), began__lt=stop).order_by("began")
    spans: dict[tuple[str, str], list[Span]] = defaultdict(list)
    for kiosk, kind, began, ended in rows.values_list("fault__kiosk_id", "fault__kind", "began", "ended"):
        begin, end = max(began, start), min(ended or stop, stop)
        if begin < end:
            spans[kiosk, kind].append((begin, end))
    return spans


def merged(spans: Iterable[Span]) -> list[Span]:
    """Spans, sorted by their beginning, with those that overlap made one."""
    found: list[Span] = []
    for begin, end in spans:
        if found and begin <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((begin, end))
    return found


def _count(found: dict[date, Month], kind: str, begin: datetime, end: datetime, hours: Hours) -> None:
    day = _local(begin).date()
    while _midnight(day) < end:
        minutes = open_minutes(day, begin, end, hours)
        if minutes:
            found[day.replace(day=1)].minutes[kind] += minutes
        day += timedelta(days=1)


def open_minutes(day: date, begin: datetime, end: datetime, hours: Hours) -> int:
    """Whole minutes of ``begin`` to ``end`` that lie in the opening hours of ``day``."""
    midnight, seconds = _midnight(day), 0.0
    for window in hours(day).windows:
        first = max(begin, midnight + timedelta(minutes=window.open_minute))
        last = min(end, midnight + timedelta(minutes=window.close_minute))
        seconds += max(0.0, (last - first).total_seconds())
    return int(seconds // 60)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), timezone.get_default_timezone())


def _local(moment: datetime) -> datetime:
    return timezone.localtime(moment, timezone.get_default_timezone())


def _next(first: date) -> date:
    return date(first.year + first.month // 12, first.month % 12 + 1, 1)
