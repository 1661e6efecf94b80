"""Pages of days and of the rule in a real browser: axe and tidy find nothing, keys are enough, nothing is cut at 200 %."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from mihariban.office.base.acting import Acting
from mihariban.office.rule.actions.propose_version import propose_version
from tests.office.days.changes import closure, enter
from tests.office.rule.texts import second
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


def test_pages_of_days(office_page: Page, someone: Someone) -> None:
    """Month, day, list, a change at each stage of being written, its own page."""
    acting = someone("manager")
    change = enter(closure(date(2026, 11, 26), windows=(("12:00", "24:00"),), reason="空調の点検" * 30), acting)
    wish = enter(closure(date(2026, 11, 30)), someone("operator", name="見本 花子"))
    log_in(office_page, acting)
    for name, path in (
        ("month", "/days/2026/11/"),
        ("day", "/days/2026-11-26/"),
        ("changes", "/days/changes/"),
        ("changes-print", "/days/changes/?as=print"),
        ("change", f"/days/changes/{change.id}/"),
        ("wish", f"/days/changes/{wish.id}/"),
        ("missing", "/days/changes/none/"),
    ):
        office_page.goto(path)
        _good(office_page, f"days-{name}")


def test_a_day_is_closed_by_keys_alone(office_page: Page, someone: Someone) -> None:
    """From the month to the decision."""
    log_in(office_page, someone("manager"))
    office_page.goto("/days/")
    office_page.get_by_role("link", name="令和8年11月26日").focus()
    office_page.keyboard.press("Enter")
    office_page.get_by_role("link", name="この日を休止する").focus()
    office_page.keyboard.press("Enter")
    office_page.wait_for_url("**/changes/new/**")
    _good(office_page, "days-new")
    office_page.get_by_label("理由", exact=False).first.fill("空調の点検")
    office_page.get_by_role("button", name="どう変わるか確かめる").press("Enter")
    office_page.get_by_text("入力を直してください").wait_for()
    _good(office_page, "days-new-wrong")
    office_page.get_by_label("文書番号").fill("市窓 7")
    office_page.get_by_role("button", name="どう変わるか確かめる").press("Enter")
    office_page.get_by_text("1 日の稼働時間が変わります").wait_for()
    _good(office_page, "days-new-preview")
    office_page.get_by_role("button", name="決定する").press("Enter")
    office_page.get_by_text("決定しました").wait_for()
    _good(office_page, "days-done")
    office_page.goto("/days/")
    assert office_page.locator("td", has_text="変更").count() == 1


def test_the_month_at_twice_the_size(office_page: Page, someone: Someone) -> None:
    """200 % zoom is half the width: the page itself does not scroll sideways."""
    log_in(office_page, someone("operator"))
    office_page.set_viewport_size({"width": 640, "height": 450})
    for path in ("/days/", "/days/changes/new/", "/rule/"):
        office_page.goto(path)
        assert office_page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
        accessible(office_page)


def test_pages_of_the_rule(office_page: Page, someone: Someone) -> None:
    """In force, on a day, all versions, a proposal at each stage."""
    manager = someone("manager")
    row = propose_version(second(applies_to_existing="shorten"), acting=manager, why="保存を短くする")
    log_in(office_page, manager)
    for name, path in (
        ("now", "/rule/"),
        ("on", "/rule/on/?date=2026-11-23"),
        ("on-none", "/rule/on/?date=2010-01-01"),
        ("versions", "/rule/versions/"),
        ("version", f"/rule/versions/{row.pk}/"),
        ("propose", "/rule/propose/text/"),
    ):
        office_page.goto(path)
        _good(office_page, f"rule-{name}")
    office_page.get_by_label("要綱のデータ").fill(second().replace("amount = 1440", 'amount = "long"'))
    office_page.get_by_role("button", name="何が変わるか確かめる").click()
    office_page.get_by_text("行目").first.wait_for()
    _good(office_page, "rule-propose-wrong")
    office_page.get_by_label("要綱のデータ").fill(second(hours=2880))
    office_page.get_by_role("button", name="何が変わるか確かめる").click()
    office_page.get_by_role("heading", name="今ある映像への影響").wait_for()
    _good(office_page, "rule-propose-seen")
