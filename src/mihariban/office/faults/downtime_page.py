"""The page of downtime: a table and a drawing of bars per kiosk, made here, with the figures beside them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

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
from mihariban.office.faults.figures import Month, downtime, months
from mihariban.office.faults.policy import FAULTS
from mihariban.office.sites.models import Kiosk

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
    """Twelve months of every kiosk."""

    firsts: list[date]
    kiosks: list[KioskMonths]
    earlier: str
    later: str

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


def downtime_page(until: str = "") -> DowntimePage:
    """Twelve months up to ``until`` (YYYY-MM), this month where it is none."""
    last = _month(until)
    firsts = months(last)
    end = (firsts[-1] + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    kiosks = []
    for kiosk in Kiosk.objects.select_related("site").order_by("pk"):
        hours = hours_between(firsts[0], end, kiosk.site)
        kiosks.append(KioskMonths(kiosk, downtime(kiosk.pk, firsts, hours.on)))
    later = months(_after(last), 1)[0] if last < today().replace(day=1) else None
    return DowntimePage(firsts, kiosks, f"{firsts[0] - timedelta(days=1):%Y-%m}", f"{later:%Y-%m}" if later else "")


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


def _after(first: date) -> date:
    """Eleven months on: the next page ends there, this year's end at the latest."""
    number = min(first.year * 12 + first.month + 11, today().year * 12 + today().month - 1)
    return date(number // 12, number % 12 + 1, 1)


def _month(text: str) -> date:
    try:
        found = date.fromisoformat(f"{text}-01")
    except ValueError:
        return today().replace(day=1)
    return found if 2000 <= found.year <= today().year else today().replace(day=1)
