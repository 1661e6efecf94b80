"""The menu on a tablet and a telephone: one row, everything in it within reach of finger and keyboard."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from mihariban.office.base.acting import Acting
from tests.support.office_server import accessible, log_in, valid

if TYPE_CHECKING:
    from playwright.sync_api import Page

_ROWS = "all => new Set(all.map(each => Math.round(each.getBoundingClientRect().top))).size"
# Scrolling goes by whole points, words are as wide as they are.
_SEEN = "each => { const at = each.getBoundingClientRect(); return at.left > -1 && at.right < innerWidth + 1; }"
_WIDER = "() => document.documentElement.scrollWidth > innerWidth"


@pytest.mark.parametrize("width", [1280, 768, 390])
@pytest.mark.parametrize("language", ["ja", "en"])
def test_the_menu_is_one_row(office_page: Page, someone: Callable[..., Acting], width: int, language: str) -> None:
    """The page that one is on is in sight, and the keyboard reaches the first and the last entry."""
    page = office_page
    page.set_viewport_size({"width": width, "height": 900})
    log_in(page, someone("manager"))
    page.goto("/people/")
    if language == "en":
        page.get_by_role("button", name="English").click()
        page.wait_for_load_state("load")
    page.goto("/sites/")  # far to the right
    links = page.locator(".m-nav a")
    assert links.count() > 8 and links.evaluate_all(_ROWS) == 1
    assert page.locator(".m-nav [aria-current]").evaluate(_SEEN)
    assert not page.evaluate(_WIDER)
    accessible(page)
    valid(page.content())
    links.first.focus()
    assert links.first.evaluate(_SEEN)
    for _ in range(links.count() - 1):
        page.keyboard.press("Tab")
    assert links.last.evaluate("each => each === document.activeElement") and links.last.evaluate(_SEEN)
