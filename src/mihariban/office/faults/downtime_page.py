"""The page of downtime: a table and a drawing of bars per kiosk, made here, with the figures beside them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from django.http import HttpResponse

from mihariban.ledger.entry import Draft
from mihariban.ledger.tags import Tag
from mihariban.office.base.acting import Acting
from mihariban.office.base.action import action
from mihariban.office.base.dates import today
from mihariban.office.base.sheets import Sheet
from mihariban.office.base.text import T
from mihariban.office.days.hours import hours_between
from mihariban.office.faults import words
from mihariban.office.faults.figures import Hours, Month, downtime, months
from mihariban.office.faults.policy import FAULTS
from mihariban.office.sites.models import Kiosk

LENGTHS = {"3": T("3 か月", "3 months"), "6": T("6 か月", "6 months"), "12": T("12 か月", "12 months")}
USUAL = 6
"""Half a year shows a trend, and the page costs the same after five years as after one."""
HEIGHT, WIDTH, STEP = 160, 720, 56
"""Of the drawing, in its own units: the plot's height, its width, from bar to bar."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a bar: one kind."""

    kind: str
    y: float
    height: float


@dataclass(frozen=True, slots=True)
class Bar:
    """A month's bar. ``x``: its left edge; ``top``: where its figure is written."""

    month: date
    x: int
    top: float
    total: str
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class KioskMonths:
    """A kiosk's months, with its drawing."""

    kiosk: Kiosk
    months: list[Month]

    @property
    def rows(self) -> list[tuple[date, list[str], str, int]]:
        """Month, minutes by kind as text, all of them, faults that began."""
        return [
            (
                each.first,
                [clock_text(each.minutes.get(kind, 0)) for kind in words.KINDS],
                clock_text(each.total),
                each.count,
            )
            for each in self.months
        ]

    @property
    def bars(self) -> list[Bar]:
        """The drawing."""
        most = max([each.total for each in self.months] + [60])
        return [_bar(each, number, HEIGHT / most) for number, each in enumerate(self.months)]

    @property
    def total(self) -> str:
        """Of all months."""
        return clock_text(sum(each.total for each in self.months))

    @property
    def count(self) -> int:
        """Faults of all months."""
        return sum(each.count for each in self.months)


@dataclass(frozen=True, slots=True)
class DowntimePage:
    """The months of every kiosk."""

    firsts: list[date]
    kiosks: list[KioskMonths]
    earlier: str
    later: str

    @property
    def length(self) -> str:
        """Of ``LENGTHS``."""
        return str(len(self.firsts))

    def sheet(self) -> Sheet:
        """The table as a file: minutes."""
        head = [
            str(each)
            for each in (
                T("機械", "Machine"),
                T("月", "Month"),
                *words.KINDS.values(),
                T("計（分）", "Total (min)"),
                T("件数", "Faults"),
            )
        ]
        body = [
            [
                str(each.kiosk),
                month.first,
                *[month.minutes.get(kind, 0) for kind in words.KINDS],
                month.total,
                month.count,
            ]
            for each in self.kiosks
            for month in each.months
        ]
        return Sheet(str(T("停止時間", "Downtime")), head, body)

    def export(self, acting: Acting, form: str, name: str) -> HttpResponse:
        """The file, entered in the ledger.

        Raises:
            NotAllowed: the policy refuses.
        """
        made = self.sheet()
        with action(acting, FAULTS.may_see(acting)) as act:
            facts: dict[str, str | int] = {"register": "downtime", "count": len(made.rows), "form": form}
            act.enter(Draft(Tag.REGISTER_ROWS_EXPORT, facts))
        return made.response(form, name)


def downtime_page(until: str = "", count: str = "") -> DowntimePage:
    """So many months up to ``until`` (YYYY-MM); six, up to this month, where nothing that can be shown was asked."""
    last, length = _month(until), int(count) if count in LENGTHS else USUAL
    firsts = months(last, length)
    end = _added(firsts[-1], 1) - timedelta(days=1)
    kiosks = list(Kiosk.objects.select_related("site").order_by("pk"))
    found = downtime({each.pk: hours for each, hours in _hours(kiosks, firsts[0], end)}, firsts)
    this = today().replace(day=1)
    return DowntimePage(
        firsts,
        [KioskMonths(each, found[each.pk]) for each in kiosks],
        f"{_added(last, -length):%Y-%m}",
        f"{min(_added(last, length), this):%Y-%m}" if last < this else "",
    )


def _hours(kiosks: list[Kiosk], first: date, last: date) -> Iterator[tuple[Kiosk, Hours]]:
    """The hours for each kiosk, asked once for each site and worked out once for each day."""
    sites: dict[str, Hours] = {}
    for each in kiosks:
        if each.site_id not in sites:
            sites[each.site_id] = cache(hours_between(first, last, each.site).on)
        yield each, sites[each.site_id]


def clock_text(minutes: int) -> str:
    """「3時間05分」 as 3:05."""
    return f"{minutes // 60}:{minutes % 60:02}"


def _bar(month: Month, number: int, scale: float) -> Bar:
    y, pieces = float(HEIGHT), []
    for kind in words.KINDS:
        height = month.minutes.get(kind, 0) * scale
        if height:
            y -= height
            pieces.append(Piece(kind, round(y, 1), round(height, 1)))
    return Bar(month.first, 24 + number * STEP, round(y - 6, 1), clock_text(month.total), tuple(pieces))


def _added(first: date, count: int) -> date:
    """The first day so many months later, or earlier."""
    number = first.year * 12 + first.month - 1 + count
    return date(number // 12, number % 12 + 1, 1)


def _month(text: str) -> date:
    try:
        found = date.fromisoformat(f"{text}-01")
    except ValueError:
        return today().replace(day=1)
    return found if 2000 <= found.year <= today().year else today().replace(day=1)
