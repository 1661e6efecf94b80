"""Registers on paper, as Chromium prints them: A4, laid across where there are many columns, nothing cut."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from django.urls import resolve

from mihariban.office.base.acting import Acting
from mihariban.office.base.dates import now
from mihariban.office.base.register import WIDE, Cell
from mihariban.office.found.models import Thing
from mihariban.office.keyledger.models import Key, KeyUse
from mihariban.office.reports.collected import collected
from tests.support.office_server import log_in

if TYPE_CHECKING:
    from playwright.sync_api import Page

LONG = "録画装置のケースの鍵が固くて回らず、" + "x" * 200
ACROSS, UPRIGHT = (842, 595), (595, 842)
"""A4 in points."""
WIDTHS = {ACROSS: 1046, UPRIGHT: 702}
"""Of what lies between the margins, in pixels of CSS."""
_MEDIA_BOX = re.compile(rb"/MediaBox\s*\[0 0 ([\d.]+) ([\d.]+)\]")
_RIGHT = "() => Math.max(...[...document.querySelectorAll('.m-sheet, .m-sheet *')].map(e => e.getBoundingClientRect().right))"


@pytest.fixture
def manager(someone: Callable[..., Acting]) -> Acting:
    """With sixty rows of the two registers that have the most columns, filled to the brim."""
    acting = someone("manager", name="例 " + "長" * 98)
    assert acting.user is not None
    person, began = acting.user.person, now() - timedelta(days=90)
    for number in range(60):
        _rows(number, began + timedelta(days=number), person)
    return acting


def _rows(number: int, at: datetime, person: object) -> None:
    key = Key.objects.create(label="鍵" * 60, opens="箱", hangs="庫", since=at)
    KeyUse.objects.create(
        key=key, holder=person, role="operator", purpose="check", companion="長" * 100, out_at=at, in_at=at,
        opened=True, seal="S" * 40, remark=LONG, entered_by=person, confirmed_by=person, confirmed_at=at,
    )  # fmt: skip
    Thing.objects.create(
        fiscal=8, n=number, kind="change", found_at=at, finder=person, what="長" * 200, yen=99_999_999, kept_at="W" * 200,
        state="destroyed", closed_at=at, closed_by=person, how=LONG, witness=person, remark=LONG, entered_at=at,
    )  # fmt: skip


def _sizes(pdf: bytes) -> list[tuple[int, int]]:
    return [(round(float(width)), round(float(height))) for width, height in _MEDIA_BOX.findall(pdf)]


def test_every_register_fits_its_paper(office_page: Page, manager: Acting) -> None:
    """Each page lies the same way; the head is repeated; no cell reaches over the margin."""
    log_in(office_page, manager)
    office_page.emulate_media(media="print")
    pages = {}
    for each in collected(manager, {}):
        register = resolve(each.address).func.view_class  # type: ignore[attr-defined]  # a class-based view
        columns = [column for column in register.columns if column.printed]
        paper = ACROSS if len(columns) >= WIDE else UPRIGHT
        office_page.set_viewport_size({"width": WIDTHS[paper], "height": 700})
        office_page.goto(each.print)
        assert office_page.evaluate(_RIGHT) <= WIDTHS[paper] + 1, each.address
        head = office_page.locator(".m-sheet > .m-table thead")
        assert head.evaluate("e => getComputedStyle(e).display") == "table-header-group"
        sizes = _sizes(office_page.pdf(prefer_css_page_size=True))
        assert set(sizes) == {paper}, each.address
        pages[register.name] = len(sizes)
    assert pages["key-uses"] > 3 and pages["things"] > 3 and len(pages) >= 17


def test_the_check_sheets_of_a_month_are_one_page(office_page: Page, manager: Acting) -> None:
    """Laid across, thirty-one days."""
    from mihariban.office.sites.models import Kiosk, Site

    Kiosk.objects.create(id="k1", site=Site.objects.create(id="s", policy_site="honchosha-1f"), name="1号機")
    log_in(office_page, manager)
    office_page.goto("/checks/month/?month=2026-10")
    assert _sizes(office_page.pdf(prefer_css_page_size=True)) == [ACROSS]


def test_figures_are_printed_with_their_tables(office_page: Page, manager: Acting) -> None:
    """They are folded on the screen."""
    from mihariban.office.sites.models import RecorderUnit, SeenVisit, Site

    recorder = RecorderUnit.objects.create(id="r", site=Site.objects.create(id="s"))
    day = now().date()
    SeenVisit.objects.create(recorder=recorder, camera="cam1", visit="v", day=day, hour=9, started=now(), state="kept")
    log_in(office_page, manager)
    office_page.goto("/reports/figures/")
    assert not office_page.locator("#main table").first.is_visible()
    office_page.emulate_media(media="print")
    assert office_page.locator("#main table").first.is_visible()


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("12:00", '<td class="m-keep"><span class="m-keep">12:00</span></td>'),
        ("<b>", '<td class="m-keep">&lt;b&gt;</td>'),
        (
            f"令和8年11月23日（{date(2026, 11, 23)}） 08:30",
            '<td><span class="m-keep">令和8年11月23日</span><span class="m-keep">（2026-11-23）</span> '
            '<span class="m-keep">08:30</span></td>',
        ),
        ("録画装置の動き", "<td>録画装置の動き</td>"),
    ],
)
def test_short_words_and_dates_are_not_broken(text: str, html: str) -> None:
    """Nor is anything taken for markup."""
    assert Cell(text, number=False, link="", tag=None).printed == html
