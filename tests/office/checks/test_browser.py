"""The morning check in a browser on a tablet's screen: every page and state with axe and tidy, keys, large targets."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from mihariban.base.clock import DAY, HOUR, TurnedClock
from mihariban.office.base.acting import Acting
from mihariban.office.base.dates import now, today
from mihariban.office.checks.actions.fill_sheet import Answer, sign_sheet
from mihariban.office.checks.day import check_day
from mihariban.office.checks.models import CheckSheet
from mihariban.office.sites.models import Kiosk, RecorderUnit, SeenStatus
from tests.support.office_server import accessible, log_in, valid

Someone = Callable[..., Acting]
Answers = Callable[..., dict[str, Answer]]
PATH = "/checks/k2/2026-11-24/"


@pytest.fixture
def tablet(office_page: Page, kiosk: Kiosk, someone: Someone) -> Page:
    """A tablet in front of the machine, an operator logged in, a recorder that answers."""
    told = {"cameras": [{"id": "cam1", "state": "ok"}]}
    recorder = RecorderUnit.objects.get()
    SeenStatus.objects.create(
        recorder=recorder, at=now(), tried=now(), reachable=True, since=now(), state="ok", json=told
    )
    office_page.set_viewport_size({"width": 768, "height": 1024})
    log_in(office_page, someone("operator"))
    return office_page


def _good(page: Page) -> None:
    accessible(page)
    valid(page.content())


def test_a_morning_with_the_finger(tablet: Page) -> None:
    """From the list to the signed sheet; one item fails and becomes a fault."""
    tablet.goto("/checks/")
    _good(tablet)
    tablet.get_by_role("link", name="点検を始める 2号機").click()
    _good(tablet)
    toner = tablet.get_by_role("group", name="トナー")
    toner.get_by_text("否", exact=True).click()
    tablet.get_by_role("button", name="残りはすべて「良」").click()
    expect(toner.get_by_role("radio", name="否")).to_be_checked()
    tablet.get_by_role("button", name="点検を終えて署名する").click()
    expect(toner.get_by_text("どうだったか")).to_be_visible()
    _good(tablet)
    toner.get_by_label("備考").fill("黒が空")
    tablet.get_by_role("button", name="点検を終えて署名する").click()
    expect(tablet.get_by_text("署名しました")).to_be_visible()
    _good(tablet)
    tablet.get_by_role("button", name="故障を届け出る").click()
    expect(tablet.get_by_role("heading", name="次にすること")).to_be_visible()


def test_targets_are_large_and_one_column(tablet: Page) -> None:
    """At least 48 px high for a finger; nothing to scroll sideways, at 200 % zoom too."""
    tablet.goto(PATH)
    for width in (768, 384):
        tablet.set_viewport_size({"width": width, "height": 1024})
        for box in [each.bounding_box() for each in tablet.locator(".c-choice, .c-form .c-actions button").all()]:
            assert box is not None and box["height"] >= 48 and box["width"] >= 48
        assert tablet.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_keys_confirm_what_is_fine_in_few_presses(tablet: Page) -> None:
    """Enter marks the next item ok, a digit its item, again not ok; Enter in a remark sends nothing."""
    tablet.goto(PATH)
    tablet.locator("main").focus()
    for _ in range(7):  # the camera's item is filled in by the system
        tablet.keyboard.press("Enter")
    assert tablet.locator('input[value="ok"]:checked').count() == 8
    tablet.keyboard.press("4")
    expect(tablet.get_by_role("group", name="トナー").get_by_role("radio", name="否")).to_be_checked()
    tablet.get_by_role("group", name="トナー").get_by_label("備考").fill("補充")
    tablet.keyboard.press("Enter")
    assert CheckSheet.objects.count() == 0
    tablet.get_by_role("group", name="トナー").get_by_role("radio", name="否").focus()
    tablet.keyboard.press("4")
    tablet.keyboard.press("Enter")
    expect(tablet.get_by_role("button", name="点検を終えて署名する")).to_be_focused()
    tablet.keyboard.press("Enter")
    expect(tablet.get_by_text("署名しました")).to_be_visible()
    assert CheckSheet.objects.get().signed_at is not None


@pytest.mark.parametrize("javascript", [True, False], ids=["", "no-javascript"])
def test_a_remark_opens_where_something_is_not_ok(tablet: Page, javascript: bool) -> None:
    """Folded on a good item, open on one that is not ok, always where something is written; reachable by its tick."""
    if not javascript:
        tablet.route("**/*.js", lambda route: route.fulfill(body="", content_type="text/javascript"))
    tablet.goto(PATH)
    toner = tablet.get_by_role("group", name="トナー")
    remark = toner.get_by_label("備考")
    expect(remark).to_be_hidden()
    toner.get_by_text("良", exact=True).click()
    expect(remark).to_be_hidden()
    toner.get_by_text("否", exact=True).click()
    expect(remark).to_be_visible()
    remark.fill("黒が空")
    toner.get_by_text("良", exact=True).click()
    expect(remark).to_be_visible()
    remark.fill("")
    expect(remark).to_be_visible()  # still being written
    toner.get_by_text("良", exact=True).click()
    expect(remark).to_be_hidden()
    tick = toner.get_by_role("checkbox", name="気づいたことを書く")
    tick.focus()
    tablet.keyboard.press("Space")
    expect(remark).to_be_visible()
    _good(tablet)
    remark.fill("残り少ない")
    tablet.get_by_role("button", name="途中まで保存する").click()
    expect(tablet.get_by_role("group", name="トナー").get_by_label("備考")).to_have_value("残り少ない")
    expect(tablet.get_by_role("group", name="トナー").get_by_label("備考")).to_be_visible()


def test_the_managers_pages(
    office_page: Page, kiosk: Kiosk, someone: Someone, fine: Answers, office_clock: TurnedClock
) -> None:
    """Waiting, confirmed, corrected, missing, explained, the month, a closed day; both languages."""
    operator, manager = someone("operator"), someone("manager", name="例 一郎")
    sign_sheet(check_day(kiosk, today()), fine(toner="空"), acting=operator, stamp=0)
    office_clock.turn(DAY + HOUR)
    log_in(office_page, manager)
    office_page.goto("/checks/")
    _good(office_page)
    office_page.goto(PATH)
    _good(office_page)
    office_page.get_by_role("link", name="訂正 トナー").click()
    _good(office_page)
    office_page.get_by_label("備考").fill("補充した")
    office_page.get_by_role("radio", name="良").check()
    office_page.get_by_role("button", name="訂正する").click()
    _good(office_page)
    office_page.get_by_label("訂正の理由").fill("補充したため")
    office_page.get_by_role("button", name="訂正する").click()
    office_page.get_by_role("button", name="点検表を確認した").click()
    expect(office_page.get_by_text("確認しました")).to_be_visible()
    _good(office_page)
    for path in (
        "/checks/month/?kiosk=k2",
        "/checks/k1/2026-11-23/",
        "/checks/k1/2026-11-24/",
        "/checks/k1/2026-11-25/",
    ):
        office_page.goto(path)
        _good(office_page)
    office_page.get_by_role("button", name="English").click()
    _good(office_page)


def test_without_a_kiosk_the_pages_say_where_to_begin(office_page: Page, someone: Someone) -> None:
    """Empty states."""
    log_in(office_page, someone("manager"))
    for path in ("/checks/", "/checks/month/"):
        office_page.goto(path)
        expect(office_page.get_by_text("設置場所の登録から")).to_be_visible()
        _good(office_page)
