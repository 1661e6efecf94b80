"""In the browser: what is typed outlives the session, a refusal and a text that is too long; a warning comes before the end."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from mihariban.base.clock import MINUTE, TurnedClock
from mihariban.office.base.acting import Acting
from mihariban.office.faults.models import Fault
from mihariban.office.sites.models import Kiosk, Site
from tests.support.office_server import accessible, log_in, valid

if TYPE_CHECKING:
    from playwright.sync_api import Page

Someone = Callable[..., Acting]
TEXT = "紙づまり。葛\U000e0100飾区の紙（見本の文）"
DRAFTS = "() => Object.keys(sessionStorage).filter((key) => key.startsWith('draft ')).length"
PASTE = """(text) => {
  const data = new DataTransfer();
  data.setData("text/plain", text);
  document.activeElement.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true }));
}"""


@pytest.fixture
def clerk(office_page: Page, someone: Someone) -> Acting:
    """A machine that can break, and somebody logged in."""
    site = Site.objects.create(id="honchosha", name="本庁舎", policy_site="honchosha-1f")
    Kiosk.objects.create(id="k1", site=site, name="1号機", place="本庁舎1階")
    acting = someone("operator")
    log_in(office_page, acting)
    return acting


def _type(page: Page) -> None:
    page.goto("/faults/new/")
    page.locator("[name=what]").fill(TEXT)
    page.locator("[name=kind][value=printer], [name=kind]").last.check()


def _is_back(page: Page) -> None:
    page.get_by_text("前に入力していた内容を戻しました").wait_for()
    assert page.locator("[name=what]").input_value() == TEXT
    assert page.locator("[name=kind]").last.is_checked()


def test_a_session_that_ended_while_a_form_was_filled(
    office_page: Page, clerk: Acting, office_clock: TurnedClock
) -> None:
    """Sent, led to the login, logged in: the form is as it was; saved, its draft is gone."""
    _type(office_page)
    office_clock.turn(16 * MINUTE)
    office_page.get_by_role("button", name="届け出る").click()
    office_page.wait_for_url(re.compile(r"/account/login/\?ended=1&next=%2Ffaults%2Fnew%2F"))
    assert TEXT not in office_page.content() and Fault.objects.count() == 0
    log_in(office_page, clerk)
    office_page.goto("/faults/new/")
    _is_back(office_page)
    accessible(office_page)
    valid(office_page.content())
    office_page.locator("[name=kiosk]").select_option("k1")
    office_page.get_by_role("button", name="届け出る").click()
    office_page.wait_for_url(re.compile(r"/faults/\d+/"))
    assert Fault.objects.get().what.startswith("紙づまり")
    assert office_page.evaluate(DRAFTS) == 0
    office_page.goto("/faults/new/")
    assert office_page.locator("[name=what]").input_value() == ""


def test_nobody_else_sees_a_draft(office_page: Page, clerk: Acting, someone: Someone) -> None:
    """Another account finds none, and the browser has none any more; nor after a log-out."""
    _type(office_page)
    office_page.goto("/faults/")
    assert office_page.evaluate(DRAFTS) == 1
    log_in(office_page, someone("operator", name="例 次郎"))
    office_page.goto("/faults/new/")
    assert office_page.locator("[name=what]").input_value() == ""
    assert office_page.evaluate(DRAFTS) == 0
    _type(office_page)
    office_page.get_by_role("button", name="ログアウト").click()
    office_page.wait_for_url("**/account/login/**")
    assert office_page.evaluate(DRAFTS) == 0


def test_a_draft_can_be_discarded_and_a_form_left_on_purpose(office_page: Page, clerk: Acting) -> None:
    """By its button, and by the link that cancels."""
    _type(office_page)
    office_page.goto("/faults/new/")
    _is_back(office_page)
    office_page.get_by_role("button", name="戻した内容を消す").click()
    assert office_page.locator("[name=what]").input_value() == ""
    _type(office_page)
    office_page.get_by_role("link", name="やめる").click()
    office_page.wait_for_url("**/faults/")
    office_page.goto("/faults/new/")
    assert office_page.locator("[name=what]").input_value() == ""


def test_passwords_and_codes_are_never_kept(office_page: Page, clerk: Acting) -> None:
    """Nor anything else on the pages about logging in."""
    office_page.goto("/account/password/change/")
    for field in office_page.locator("main input[type=password]").all():
        field.fill("秘密のことば 12")
    office_page.goto("/faults/")
    assert office_page.evaluate(DRAFTS) == 0
    assert "秘密" not in office_page.evaluate("() => JSON.stringify(sessionStorage) + JSON.stringify(localStorage)")


def test_a_text_that_is_too_long_for_the_office(office_page: Page, clerk: Acting) -> None:
    """Pasted it is cut, and that is told; sent all the same, our page answers and the way back has the text."""
    office_page.goto("/faults/new/")
    office_page.locator("[name=what]").focus()
    office_page.evaluate(PASTE, "長" * 1_000_000)
    office_page.get_by_text("2000 文字までです").wait_for()
    office_page.evaluate("""() => {
        const field = document.querySelector("[name=what]");
        field.removeAttribute("maxlength");
        field.value = "長".repeat(2300000);
        field.dispatchEvent(new Event("input", { bubbles: true }));
    }""")
    office_page.locator("main form [type=submit]").click()  # its role would be sought through all of the text
    office_page.get_by_text("前の画面に戻ると、入力した文が残っています").wait_for()
    office_page.go_back()
    office_page.get_by_text("前に入力していた内容を戻しました").wait_for()
    assert office_page.evaluate("() => document.querySelector('[name=what]').value.length") == 2_300_000


def test_a_warning_comes_before_the_end(office_page: Page, clerk: Acting, office_clock: TurnedClock) -> None:
    """By keyboard, announced, and to go on keeps the session; left alone, the login comes and then the text."""
    page = office_page
    page.clock.install()
    _type(page)
    office_clock.turn(13 * MINUTE)
    page.clock.fast_forward("13:00")
    dialog = page.get_by_role("alertdialog", name="まもなくログアウトします")
    dialog.wait_for()
    assert page.evaluate("() => document.activeElement.textContent") == "続ける"
    assert "まもなくログアウト" in page.title()
    accessible(page)
    page.keyboard.press("Enter")
    dialog.wait_for(state="hidden")
    assert page.locator("[name=what]").input_value() == TEXT
    office_clock.turn(10 * MINUTE)
    left = "async () => (await (await fetch('/session/', { headers: { 'X-Poll': '1' } })).json()).left_s"
    assert page.evaluate(left) == 300
    office_clock.turn(6 * MINUTE)
    page.clock.fast_forward("16:00")
    page.wait_for_url(re.compile("/account/login/.*ended=1.*next=%2Ffaults%2Fnew%2F"))
    log_in(page, clerk)
    page.goto("/faults/new/")
    _is_back(page)
