"""What is open when: the rule's table, holidays, year-end and the approved changes, for every page and check.

Ask ``Hours`` once for many days: it reads rule and changes once.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Q

from mihariban.base.clock import from_datetime
from mihariban.office.base import dates
from mihariban.office.base.rule import rule_book
from mihariban.office.days.models import CalendarChange
from mihariban.office.sites.models import Site
from mihariban.policy import CalendarEntry, DayHours, PolicyBook, Window, day_hours
from mihariban.policy.errors import NoPolicyInForce
from mihariban.policy.sections.operation import WEEKDAYS

LOOK_AHEAD = 400
"""Days in which the next open day is sought: longer than any closure of a year."""


@dataclass(frozen=True, slots=True)
class Hours:
    """The hours of one site between two days.

    Attributes:
        book: the versions of the rule.
        place: site of the rule; None where the rule names none, or for the rule's own table.
        decided: the changes with effect and what they say, by the order of their decision.
        extra: entries beside them, for a preview.
    """

    book: PolicyBook
    place: str | None
    decided: tuple[tuple[CalendarChange, CalendarEntry], ...]
    extra: tuple[CalendarEntry, ...] = ()

    def on(self, day: date) -> DayHours:
        """The hours of one local date.

        Raises:
            HolidaysUnknown: its year's holidays are not known.
            UnknownSite: the rule names no such site.
        """
        try:
            policy = self.book.in_force(day).policy
        except NoPolicyInForce:
            weekday = WEEKDAYS[day.weekday()]
            return DayHours(day, False, (), weekday, "この日に効力のある要綱がない", "no rule is in force")
        return day_hours(policy, day, (*self._entries(day), *self.extra), self.place)

    def changes_on(self, day: date) -> list[CalendarChange]:
        """The changes with effect on a day, or that move a holiday from or to it."""
        return [change for change, _ in self.decided if _touches(change, day)]

    def next_open_day(self, after: date) -> DayHours | None:
        """The first open day after a date; None within the next 400 days."""
        days = (self.on(after + timedelta(days=ahead)) for ahead in range(1, LOOK_AHEAD))
        return next((each for each in days if each.open), None)

    def window_at(self, moment: datetime) -> Window | None:
        """The open span around a moment; None where it is closed."""
        local = dates.local(from_datetime(moment))
        minute = local.hour * 60 + local.minute
        windows = self.on(local.date()).windows
        return next((each for each in windows if each.open_minute <= minute < each.close_minute), None)

    def with_entry(self, entry: CalendarEntry) -> Hours:
        """The same with one entry more."""
        return Hours(self.book, self.place, self.decided, (*self.extra, entry))

    def _entries(self, day: date) -> list[CalendarEntry]:
        """Those that speak of the day, because a year of changes is asked for many days; a moved holiday touches two
        days, and a withdrawn change only those where it had effect."""
        return [entry for change, entry in self.decided if _speaks_of(change, day) and _has_effect(change, day)]


def hours_between(first: date, last: date, site: Site | None = None) -> Hours:
    """The hours of a site for the days ``first`` to ``last``, both included. The same few queries, however many days.

    Args:
        site: None for the only site, or the rule's own table where there are several.
    """
    site = site or only_site()
    when = Q(last_day__gte=first, first_day__lte=last) | Q(moved_to__range=(first, last))
    where = Q(site=None) if site is None else Q(site=None) | Q(site=site)
    found = CalendarChange.objects.filter(when, where, state__in=("approved", "withdrawn"), decided_at__isnull=False)
    found = found.select_related("site").order_by("decided_at", "id")
    decided = tuple((each, each.entry()) for each in found if each.last_effective() is not None)
    return Hours(rule_book(), place_of(site), decided)


def only_site() -> Site | None:
    """The site, where the office has one alone."""
    found = list(Site.objects.order_by("id")[:2])
    return found[0] if len(found) == 1 else None


def place_of(site: Site | None) -> str | None:
    """The site of the rule to which a site of the office belongs."""
    return (site.policy_site or None) if site is not None else None


def hours_on(day: date, site: Site | None = None) -> DayHours:
    """The hours of one local date.

    Raises:
        HolidaysUnknown, UnknownSite: see ``Hours.on``.
    """
    return hours_between(day, day, site).on(day)


def next_open_day(after: date, site: Site | None = None) -> DayHours | None:
    """The first open day after a date; None within the next 400 days."""
    return hours_between(after, after + timedelta(days=LOOK_AHEAD), site).next_open_day(after)


def is_open(now: datetime | None = None, site: Site | None = None) -> bool:
    """Whether the kiosks of a site are open at a moment; now where none is given."""
    moment = now or dates.now()
    day = dates.day_of(moment)
    return hours_between(day, day, site).window_at(moment) is not None


def _speaks_of(change: CalendarChange, day: date) -> bool:
    return change.first_day <= day <= change.last_day or change.moved_to == day


def _has_effect(change: CalendarChange, day: date) -> bool:
    last = change.last_effective()
    return last is not None and (day <= last or change.state == "approved")


def _touches(change: CalendarChange, day: date) -> bool:
    last = change.last_effective()
    return last is not None and (change.first_day <= day <= last or change.moved_to == day)
