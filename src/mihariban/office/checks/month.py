"""The month's sheet in the form clerks know: days down, items across."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.http import HttpResponse

from mihariban.base.clock import from_datetime
from mihariban.ledger.entry import Draft
from mihariban.ledger.tags import Tag
from mihariban.office.base.acting import Acting
from mihariban.office.base.action import action
from mihariban.office.base.dates import local, today
from mihariban.office.base.sheets import Sheet
from mihariban.office.base.text import T
from mihariban.office.checks import words
from mihariban.office.checks.day import CheckDay, check_days
from mihariban.office.checks.models import CheckLine, CheckSheet
from mihariban.office.checks.policy import CHECKS
from mihariban.office.sites.models import Kiosk
from mihariban.policy.era import era_date

_WEEKDAYS = tuple(T(*each) for each in (
    ("月", "Mon"), ("火", "Tue"), ("水", "Wed"), ("木", "Thu"), ("金", "Fri"), ("土", "Sat"), ("日", "Sun"),
))  # fmt: skip  # a table


_BEFORE = T("記録前", "before the records")
"""Of a day before the kiosk's first sheet: nobody forgot it."""


@dataclass(frozen=True, slots=True)
class DayRow:
    """A day. ``marks``: one for each item of the month, with * where it was corrected; ``amounts``: put in, by item."""

    day: CheckDay
    weekday: T
    state: T
    marks: list[str]
    by: str
    at: str
    confirmed: str
    remarks: str
    amounts: dict[str, int | None]


@dataclass(frozen=True, slots=True)
class MonthPage:
    """A month of a kiosk."""

    kiosk: Kiosk
    first: date
    items: list[tuple[str, T]]
    rows: list[DayRow]

    @property
    def name(self) -> T:
        """「令和8年11月」."""
        return T(era_date(self.first).rpartition("月")[0] + "月", f"{self.first:%Y-%m}")

    @property
    def earlier(self) -> str:
        """The month before, YYYY-MM."""
        return f"{self.first - timedelta(days=1):%Y-%m}"

    @property
    def later(self) -> str:
        """The month after; empty where it is to come."""
        after = (self.first + timedelta(days=31)).replace(day=1)
        return f"{after:%Y-%m}" if after <= today() else ""

    def sheet(self) -> Sheet:
        """The same as a file."""
        supplies = [(item, title) for item, title in self.items if item in words.SUPPLIES]
        head = [T("日付", "Date"), T("曜日", "Day"), T("状態", "State"), *(title for _, title in self.items)]
        head += [
            T("{title} 補充（{unit}）", "{title}: put in ({unit})").format(title=title, unit=words.SUPPLIES[item])
            for item, title in supplies
        ]
        tail = [T("点検者", "Checked by"), T("時刻", "Time"), T("確認", "Confirmed"), T("備考", "Remarks")]
        body = [
            [
                *(row.day.date, str(row.weekday), str(row.state), *row.marks),
                *(row.amounts.get(item) for item, _ in supplies),
                *(row.by, row.at, row.confirmed, row.remarks),
            ]
            for row in self.rows
        ]
        return Sheet(f"{self.kiosk.pk} {self.first:%Y-%m}", [str(each) for each in (*head, *tail)], body)

    def export(self, acting: Acting, form: str) -> HttpResponse:
        """The file, entered in the ledger.

        Raises:
            NotAllowed: the policy refuses.
        """
        with action(acting, CHECKS.may_see(acting)) as act:
            facts: dict[str, str | int] = {"register": "checks", "count": len(self.rows), "form": form}
            act.enter(Draft(Tag.REGISTER_ROWS_EXPORT, facts))
        return self.sheet().response(form, f"checks-{self.first:%Y%m}")


def month_page(kiosk: Kiosk, first: date) -> MonthPage:
    """A month, from its first day; the same few queries whatever is in it."""
    last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    days = check_days([kiosk], first, last)
    rows = CheckLine.objects.filter(sheet__kiosk=kiosk, sheet__date__range=(first, last)).order_by(
        "sheet__date", "number"
    )
    lines: dict[int, dict[str, CheckLine]] = {}
    for line in rows.prefetch_related("corrections"):
        lines.setdefault(line.sheet_id, {})[line.item] = line
    items = _items(days, lines.values())
    begun = CheckSheet.objects.filter(kiosk=kiosk).order_by("date").values_list("date", flat=True).first() or today()
    made = [_row(day, begun, items, lines.get(day.sheet.pk, {}) if day.sheet else {}) for day in days]
    return MonthPage(kiosk, first, items, made)


def _items(days: Iterable[CheckDay], sheets: Iterable[dict[str, CheckLine]]) -> list[tuple[str, T]]:
    """Every item of the month: the rule's, and those of sheets from before it changed."""
    found: dict[str, T] = {}
    for day in days:
        for item in day.items if day.hours.open else ():
            found.setdefault(item.id, T(item.title_ja, item.title_en or item.title_ja))
    for sheet in sheets:
        for line in sheet.values():
            found.setdefault(line.item, line.title)
    return list(found.items())


def _row(day: CheckDay, begun: date, items: list[tuple[str, T]], lines: dict[str, CheckLine]) -> DayRow:
    signed = day.sheet is not None and day.sheet.signed_at is not None
    shown = lines if signed else {}
    marks = [_mark(shown.get(item)) for item, _ in items]
    remarks = [
        f"{line.title}：{' '.join(str(each) for each in (line.refilled, line.remark) if each)}"
        for line in shown.values()
        if line.remark or line.amount is not None
    ]
    amounts = {item: line.amount for item, line in shown.items()}
    sheet = day.sheet
    remarks += [each for each in (sheet.remark, sheet.explanation) if each] if sheet is not None else []
    by, at, confirmed = "", "", ""
    if sheet is not None and sheet.signed_at is not None:
        by, at = (sheet.signed_by.name if sheet.signed_by else ""), f"{_local(sheet.signed_at)}"
        at += str(T("（遅れ）", " (late)")) if sheet.late else ""
    if sheet is not None and sheet.confirmed_at is not None:
        confirmed = sheet.confirmed_by.name if sheet.confirmed_by else "○"
    state = _BEFORE if day.state == "missing" and day.date < begun else day.text
    return DayRow(day, _WEEKDAYS[day.date.weekday()], state, marks, by, at, confirmed, "、".join(remarks), amounts)


def _mark(line: CheckLine | None) -> str:
    if line is None:
        return ""
    return words.MARKS[line.state] + ("*" if line.corrections.all() else "")


def _local(moment: datetime) -> str:
    return f"{local(from_datetime(moment)):%H:%M}"
