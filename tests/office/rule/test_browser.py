"""The rule by fields in a browser: axe and tidy at each stage, keys enough, nothing cut on a narrow screen."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from playwright.sync_api import expect

from mihariban.office.base.acting import Acting
from mihariban.office.rule.models import RuleVersion
from tests.support.office_server import accessible, log_in, valid

if TYPE_CHECKING:
    from playwright.sync_api import Page

Someone = Callable[..., Acting]
LOOK = os.environ.get("MIHARIBAN_LOOK")
"""A folder where pictures of the pages go, for a person to look at."""


def _good(page: Page, name: str) -> None:
    accessible(page)
    valid(page.content())
    if LOOK:
        page.screenshot(path=Path(LOOK) / f"{name}.png", full_page=True)


def test_a_version_is_proposed_by_fields(office_page: Page, someone: Someone) -> None:
    """From the rule in force to the proposal: a mistake, what changes, proposed; the articles are at hand."""
    page = office_page
    log_in(page, someone("manager"))
    page.goto("/rule/")
    _good(page, "now")
    page.get_by_role("navigation", name="目次").get_by_role("link", name="保存と消去").click()
    page.get_by_role("link", name="改正を申し出る").click()
    _good(page, "fields")
    page.get_by_label("施行日").fill("2026-12-01")
    page.get_by_label("木 終わり", exact=True).fill("7:00")
    page.get_by_role("button", name="何が変わるか確かめる").click()
    expect(page.get_by_text("終わりは始まりより後にします").first).to_be_visible()
    _good(page, "wrong")
    page.get_by_role("alert").get_by_role("link", name="木 終わり").click()
    expect(page.get_by_label("木 終わり", exact=True)).to_be_in_viewport()
    page.get_by_label("木 終わり", exact=True).fill("20:00")
    page.get_by_label("保存期間の数").fill("1440")
    page.get_by_text("条文を見る・改める: 第10条").click()
    words = page.get_by_label("第10条 不正防止対策")
    words.fill(words.input_value().replace("5,760", "1,440"))
    page.get_by_label("改正の理由").fill("短くする")
    page.get_by_role("button", name="何が変わるか確かめる").click()
    expect(page.get_by_role("heading", name="今ある映像への影響")).to_be_visible()
    expect(page.get_by_label("改正の理由")).to_have_value("短くする")
    _good(page, "seen")
    page.get_by_role("button", name="申し出る", exact=True).click()
    expect(page.get_by_text("申し出ました")).to_be_visible()
    text = RuleVersion.objects.get(version=2).text
    assert "amount = 1440" in text and "1,440時間、レコーダー" in text and 'close = "20:00"' in text


def test_keys_alone_and_a_narrow_screen_in_english(office_page: Page, someone: Someone) -> None:
    """From field to field by the tab key; a part of the page by its link; nothing to scroll sideways."""
    page = office_page
    log_in(page, someone("operator"))
    page.goto("/rule/propose/")
    page.get_by_role("link", name="保存", exact=True).focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_label("保存期間の数")).to_be_focused()
    page.keyboard.type("9")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_be_visible()  # the date is missing
    assert page.get_by_label("保存期間の数").input_value() == "9"
    page.get_by_role("button", name="English").click()
    for width in (1280, 384):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        _good(page, f"fields-english-{width}")
