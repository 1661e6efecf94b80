"""The way in: password, one-time code, recovery code, passkey; lock-out; through the real server and browser."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time

from mihariban.office.base.acting import Acting
from tests.support.office_server import accessible, log_in, valid
from tests.support.office_web import PASSWORD

if TYPE_CHECKING:
    from playwright.sync_api import Page

Someone = Callable[..., Acting]


def code_of(secret: str) -> str:
    """The present one-time code."""
    return str(format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time()))))


def _enter(page: Page, name: str, password: str = PASSWORD) -> None:
    page.goto("/account/login/")
    page.get_by_label("ユーザー名").fill(name)
    page.locator("input[type=password]").fill(password)
    page.locator("main form button[type=submit]").first.click()


def _is_in(page: Page) -> None:
    page.locator(".m-header__who").get_by_text("見本 太郎").wait_for()


def _confirm(page: Page, path: str) -> None:
    """Go where the password is asked for once more."""
    page.goto(path)
    page.wait_for_url("**/account/reauthenticate/**")
    accessible(page)
    valid(page.content())
    page.locator("input[type=password]").fill(PASSWORD)
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url(f"**{path}")


def test_in_with_a_password_and_out_again(office_page: Page, someone: Someone) -> None:
    """Who acts is shown; after log-out the way back shows nothing."""
    acting = someone("operator")
    assert acting.user is not None
    office_page.goto("/")
    accessible(office_page)
    valid(office_page.content())
    _enter(office_page, acting.user.username)
    _is_in(office_page)
    accessible(office_page)
    valid(office_page.content())
    office_page.get_by_role("button", name="ログアウト").click()
    office_page.wait_for_url("**/account/login/")
    office_page.go_back()
    office_page.wait_for_url("**/account/login/**")


def test_a_wrong_password_is_told_beside_the_form_and_then_locked(office_page: Page, someone: Someone) -> None:
    """The name stays; after five failures even the right password waits."""
    acting = someone("operator")
    assert acting.user is not None
    _enter(office_page, acting.user.username, "wrong")
    office_page.get_by_role("alert").wait_for()
    assert office_page.get_by_label("ユーザー名").input_value() == acting.user.username
    accessible(office_page)
    valid(office_page.content())
    for _ in range(4):
        _enter(office_page, acting.user.username, "wrong")
        office_page.locator(".m-alert--error:visible").wait_for()
    _enter(office_page, acting.user.username)
    office_page.get_by_role("heading", name="ログインを止めました").wait_for()
    accessible(office_page)
    valid(office_page.content())
    office_page.goto("/")
    assert "/account/login/" in office_page.url


def test_a_one_time_code_is_set_up_and_asked_for(office_page: Page, someone: Someone) -> None:
    """And a recovery code once, where the phone is lost."""
    acting = someone("manager")
    assert acting.user is not None
    _enter(office_page, acting.user.username)
    for path in ("/account/2fa/", "/account/password/change/"):
        office_page.goto(path)
        accessible(office_page)
        valid(office_page.content())
    _confirm(office_page, "/account/2fa/totp/activate/")
    accessible(office_page)
    valid(office_page.content())
    secret = office_page.locator("#authenticator_secret").input_value()
    office_page.locator("input[name=code]").fill(code_of(secret))
    office_page.locator("main form button[type=submit]").first.click()
    office_page.wait_for_url(re.compile("/account/2fa/(recovery-codes/)?$"))
    office_page.goto("/account/2fa/recovery-codes/")
    accessible(office_page)
    valid(office_page.content())
    codes = re.findall(r"\b[0-9a-f]{8}\b", office_page.locator("textarea").input_value())
    assert len(codes) == 10
    for _ in range(2):
        office_page.get_by_role("button", name="ログアウト").click()
        _enter(office_page, acting.user.username)
        office_page.wait_for_url("**/account/2fa/authenticate/**")
        accessible(office_page)
        valid(office_page.content())
        office_page.goto("/")  # not in yet
        assert "/account/2fa/authenticate/" in office_page.url
        office_page.locator("input[name=code]").fill(codes.pop())
        office_page.locator("main form button[type=submit]").first.click()
        _is_in(office_page)


def test_a_passkey_is_added_and_opens_the_office(office_page: Page, someone: Someone) -> None:
    """With Chromium's virtual authenticator."""
    acting = someone("manager")
    assert acting.user is not None
    devtools = office_page.context.new_cdp_session(office_page)
    devtools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
        "isUserVerified": True, "automaticPresenceSimulation": True,
    }  # fmt: skip
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    _enter(office_page, acting.user.username)
    _confirm(office_page, "/account/2fa/webauthn/add/")
    accessible(office_page)
    valid(office_page.content())
    office_page.locator("input[name=name]").fill("窓口のタブレット")
    office_page.locator("input[name=passwordless]").check()
    office_page.locator("#mfa_webauthn_add").click()
    office_page.wait_for_url(re.compile("/account/2fa/(recovery-codes/|webauthn/)?$"))
    office_page.goto("/account/2fa/webauthn/")
    office_page.get_by_role("cell", name="窓口のタブレット", exact=True).wait_for()
    accessible(office_page)
    valid(office_page.content())
    office_page.get_by_role("button", name="ログアウト").click()
    office_page.wait_for_url("**/account/login/")
    office_page.locator("#passkey_login").click()
    _is_in(office_page)


@pytest.mark.parametrize("path", ["/nothing-here/", "/account/signup/", "/account/email/"])
def test_pages_that_are_not_there(office_page: Page, someone: Someone, path: str) -> None:
    """404 says what to do; signing up and mail addresses lead to where one can go."""
    log_in(office_page, someone("operator"))
    response = office_page.goto(path)
    assert response is not None and response.status in (200, 404)
    accessible(office_page)
    valid(office_page.content())


def test_both_languages(office_page: Page, someone: Someone) -> None:
    """The choice stays on this machine."""
    log_in(office_page, someone("manager"))
    office_page.goto("/account/2fa/")
    office_page.get_by_role("button", name="English").click()
    office_page.get_by_role("button", name="Log out").wait_for()
    assert office_page.locator("html").get_attribute("lang") == "en"
    accessible(office_page)
    valid(office_page.content())
