"""What the rule asks for on a day of a kiosk, and how far the check is: for pages, alarms and today's screen."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from mihariban.office.base.dates import now, today
from mihariban.office.base.rule import rule_book
from mihariban.office.base.text import T
from mihariban.office.checks import words
from mihariban.office.checks.models import CheckSheet
from mihariban.office.days.hours import Hours, hours_between
from mihariban.office.sites.models import Kiosk
from mihariban.policy import DayHours, PolicyBook, clock_text, minutes_of
from mihariban.policy.errors import NoPolicyInForce
from mihariban.policy.sections.duties import CheckItem, DailyCheck


@dataclass(frozen=True, slots=True)
class CheckDay:
    """A kiosk on a day.

    Attributes:
        rule: what the rule in force says of the check; empty where none is in force.
        hours: of the kiosk.
        sheet: None where nobody began it.
        state: see ``words.DAYS``.
    """

    kiosk: Kiosk
    date: date
    rule: DailyCheck
    hours: DayHours
    sheet: CheckSheet | None
    state: str

    @property
    def items(self) -> tuple[CheckItem, ...]:
        """The items of the rule in force on that day."""
        return self.rule.items

    @property
    def opens(self) -> int:
        """Minute of the day at which it opens."""
        return self.hours.windows[0].open_minute

    @property
    def closes(self) -> int:
        """Minute of the day at which it closes for the day."""
        return self.hours.windows[-1].close_minute

    @property
    def due(self) -> int | None:
        """Minute of the day by which the check must be done; None: no deadline."""
        return due_minute(self.rule, self.hours)

    @property
    def due_text(self) -> str:
        """「08:30」, empty without a deadline."""
        return "" if self.due is None else clock_text(self.due)

    @property
    def hours_text(self) -> str:
        """「08:30–17:15」."""
        return "、".join("–".join(window.texts) for window in self.hours.windows)

    @property
    def text(self) -> T:
        """The state in words."""
        return words.DAYS[self.state]

    @property
    def tag(self) -> str:
        """The kind of its mark."""
        return words.DAY_TAGS.get(self.state, "plain")

    @property
    def is_alarm(self) -> bool:
        """Whether somebody must act: late, or missing without a reason."""
        return self.state in ("late", "missing")


def due_minute(rule: DailyCheck, hours: DayHours) -> int | None:
    """By when, in minutes of the day."""
    if rule.deadline == "none" or not hours.open:
        return None
    if rule.deadline == "at_time" and rule.deadline_time is not None:
        return minutes_of(rule.deadline_time)
    return hours.windows[0].open_minute


def check_day(kiosk: Kiosk, day: date) -> CheckDay:
    """A kiosk on a day, with few queries."""
    return check_days([kiosk], day, day)[0]


def check_days(kiosks: Iterable[Kiosk], first: date, last: date) -> list[CheckDay]:
    """Each kiosk on each day, by day, then kiosk; the queries grow with the number of sites alone."""
    wanted, book = list(kiosks), rule_book()
    rows = CheckSheet.objects.filter(date__range=(first, last), kiosk__in=wanted).select_related(
        "signed_by", "confirmed_by"
    )
    sheets = {(row.kiosk_id, row.date): row for row in rows}
    hours: dict[str, Hours] = {}
    for kiosk in wanted:
        if kiosk.site_id not in hours:
            hours[kiosk.site_id] = hours_between(first, last, kiosk.site)
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    return [
        _day(kiosk, day, book, hours[kiosk.site_id].on(day), sheets.get((kiosk.pk, day)))
        for day in days
        for kiosk in wanted
    ]


def checks_today() -> list[CheckDay]:
    """All kiosks today: for today's screen."""
    return check_days(Kiosk.objects.select_related("site").order_by("pk"), today(), today())


def late_checks(days: int = 7) -> list[CheckDay]:
    """Alarms: checks that are late today, and those that are missing without a reason in the ``days`` days before.

    Days before the office held its first sheet of a kiosk are passed over: it was not here yet.
    """
    last = today()
    kiosks = list(Kiosk.objects.select_related("site").order_by("pk"))
    begun = dict(
        CheckSheet.objects.filter(kiosk__in=kiosks).order_by("kiosk_id", "-date").values_list("kiosk_id", "date")
    )  # the last of each key wins: its first sheet
    found = check_days(kiosks, last - timedelta(days=days), last)
    return [
        each for each in found if each.is_alarm and (each.date == last or each.date >= begun.get(each.kiosk.pk, last))
    ]


def waiting_sheets() -> list[CheckSheet]:
    """Sheets that wait for the manager's confirmation, the oldest first."""
    rows = CheckSheet.objects.filter(signed_at__isnull=False, confirmed_at=None)
    return list(rows.select_related("kiosk", "signed_by").order_by("date", "kiosk_id")[:100])


def state_of(day: date, rule: DailyCheck, hours: DayHours, sheet: CheckSheet | None, at: datetime) -> str:
    """How far the check of a day is at a moment (aware, in the office's zone); see ``words.DAYS``."""
    if sheet is not None and sheet.signed_at is not None:
        return "signed" if sheet.confirmed_at is None else "confirmed"
    if sheet is not None and sheet.explanation:
        return "explained"
    if not hours.open:
        return "closed"
    if not rule.items:
        return "none"
    return _unsigned(day, due_minute(rule, hours), hours.windows[-1].close_minute, at)


def _unsigned(day: date, due: int | None, closes: int, at: datetime) -> str:
    if day > at.date():
        return "coming"
    minute = 1440 if day < at.date() else at.hour * 60 + at.minute
    if minute >= closes:
        return "missing" if due is not None else "none"
    return "late" if due is not None and minute >= due else "due"


def _day(kiosk: Kiosk, day: date, book: PolicyBook, hours: DayHours, sheet: CheckSheet | None) -> CheckDay:
    try:
        rule = book.in_force(day).policy.daily_check
    except NoPolicyInForce:
        rule = DailyCheck()
    return CheckDay(kiosk, day, rule, hours, sheet, state_of(day, rule, hours, sheet, now()))
