"""The city's single sign-on: a real provider over TLS in a process of its own, the office's real server, a real browser."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from allauth.socialaccount.models import SocialAccount
from django.test import Client

from mihariban.ledger.entry import read_leaf
from mihariban.office.base.acting import Acting
from mihariban.office.base.errors import NotAllowed
from mihariban.office.base.ledger import ledger
from mihariban.office.people.actions import close_account, link_account
from mihariban.office.people.errors import LinkTaken
from mihariban.office.people.models import User
from mihariban.office.web.config import OfficeConfig, Oidc
from mihariban.office.web.settings import settings_for
from tests.office.web.test_login import code_of
from tests.support.office_server import accessible, log_in, valid
from tests.support.office_web import PASSWORD
from tests.support.oidc_provider import CLIENT, SECRET, Provider, provider

if TYPE_CHECKING:
    from playwright.sync_api import Page

Make = Callable[..., Acting]
BUTTON = "市の認証でログイン"
MAIL = "taro@city.example.lg.jp"
PEOPLE: dict[str, dict[str, Any]] = {
    "taro": {"sub": "S-001", "email": MAIL, "email_verified": True, "preferred_username": "user1"},
    "unsure": {"sub": "S-002", "email": MAIL, "email_verified": False},
    "heir": {"sub": "S-003", "email": MAIL, "email_verified": True},
    "liar": {"sub": "S-001", "_issuer": "https://evil.example"},
    "mixed": {"sub": "S-009", "_sub": "S-001"},
}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    """The clerk's machine trusts the city's CA."""
    return {**browser_context_args, "ignore_https_errors": True}


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Provider]:
    """One provider for all tests of this file."""
    with provider(tmp_path_factory.mktemp("idp"), PEOPLE) as made:
        yield made


def _use(settings: Any, folder: Path, found: Provider, **more: Any) -> None:
    (folder / "secret").write_text(more.pop("secret", SECRET), encoding="utf-8")
    facts = {"server": found.issuer, "ca_file": found.ca, **more}
    oidc = Oidc(name="市の認証", client_id=CLIENT, secret_file=folder / "secret", **facts)
    made = settings_for(folder / "office", OfficeConfig(oidc=oidc))
    settings.OFFICE_CONFIG = made["OFFICE_CONFIG"]
    settings.SOCIALACCOUNT_PROVIDERS = made["SOCIALACCOUNT_PROVIDERS"]


@pytest.fixture
def sso(running: Provider, settings: Any, tmp_path: Path) -> Provider:
    """The office is set to use it."""
    _use(settings, tmp_path, running)
    return running


@pytest.fixture(autouse=True)
def _from_here(office: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Entries stay, also those of tests before this one."""
    monkeypatch.setattr(sys.modules[__name__], "_first", ledger().store.size())


_first = 0


def _told() -> list[tuple[str, Any]]:
    store = ledger().store
    found = [read_leaf(leaf) for leaf in store.leaves(0, store.size())]
    return [
        (each["tag"], each["object"].get("how") or each["object"].get("by") or each["object"].get("cause"))
        for each in found[_first:]
        if each["tag"].startswith(("session:", "account:link"))
    ]


def _try(page: Page, name: str) -> None:
    page.goto("/account/login/?next=/people/deputy/")
    page.get_by_role("link", name=BUTTON).click()
    page.get_by_label("市の職員番号").fill(name)
    page.get_by_role("button", name="入る").click()


def _refused(page: Page, sentence: str) -> None:
    page.get_by_text(sentence).wait_for()
    accessible(page)
    valid(page.content())
    page.goto("/today/")
    assert "/account/login/" in page.url


@pytest.fixture
def clerk(office_page: Page, someone: Make) -> Acting:
    """Somebody whose address IT staff linked."""
    made = someone("operator")
    assert made.user is not None
    link_account(made.user, subject="", email=MAIL, acting=someone("it", name="例 一郎"))
    return made


def test_who_was_linked_comes_in(sso: Provider, clerk: Acting, office_page: Page) -> None:
    """The address counts once; from then on the subject, and the person keeps the roles, no more and no less."""
    for _ in range(2):
        _try(office_page, "taro")
        office_page.wait_for_url("**/people/deputy/")
        office_page.locator(".m-header__who").get_by_text("見本 太郎").wait_for()
        office_page.goto("/people/posts/new/")
        office_page.get_by_text("できます").first.wait_for()  # only the manager can: roles come from the office
        office_page.get_by_role("button", name="ログアウト").click()
        office_page.wait_for_url("**/account/login/**")
    assert clerk.user is not None
    assert User.objects.get(pk=clerk.user.pk).subject == "S-001"
    begin, end = ("session:person:begin", "single_sign_on"), ("session:person:end", "logout")
    first = [("account:link:set", "email"), ("account:link:set", "first_login")]
    assert _told() == [*first, begin, end, begin, end]
    assert sso.asked[-1]["prompt"] == "login"
    assert not SocialAccount.objects.exists()  # nothing of what the provider knows is kept


def test_the_next_owner_of_an_address_is_somebody_else(sso: Provider, clerk: Acting, office_page: Page) -> None:
    """Addresses are given away again; subjects are not."""
    _try(office_page, "taro")
    office_page.wait_for_url("**/people/deputy/")
    office_page.get_by_role("button", name="ログアウト").click()
    office_page.wait_for_url("**/account/login/**")
    _try(office_page, "heir")
    _refused(office_page, "アカウントに結び付けられていません")


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("unsure", "アカウントに結び付けられていません"),
        ("liar", "返事を確かめられなかった"),
        ("mixed", "返事を確かめられなかった"),
    ],
)
def test_who_is_not_sure_stays_out(sso: Provider, clerk: Acting, office_page: Page, name: str, sentence: str) -> None:
    """An address nobody vouches for, another issuer, two persons in one answer; a subject that was linked does not help."""
    assert clerk.user is not None
    if name != "unsure":
        User.objects.filter(pk=clerk.user.pk).update(subject="S-001")
    _try(office_page, name)
    _refused(office_page, sentence)
    assert _told()[-1] == ("session:person:refuse", "single_sign_on")


def test_the_same_name_is_not_enough(sso: Provider, office_page: Page, someone: Make) -> None:
    """Nobody linked ``user1``, however it is called there; and no account is made."""
    user = someone("manager").user
    assert user is not None
    User.objects.filter(pk=user.pk).update(username="user1")
    _try(office_page, "taro")
    _refused(office_page, "アカウントに結び付けられていません")
    assert User.objects.count() == 1


def test_a_one_time_code_is_asked_for_all_the_same(sso: Provider, clerk: Acting, office_page: Page) -> None:
    """Who registered one here gives it here, whoever vouched for the password."""
    secret = generate_totp_secret()
    TOTP.activate(clerk.user, secret)
    _try(office_page, "taro")
    office_page.wait_for_url("**/account/2fa/authenticate/**")
    office_page.locator("input[name=code]").fill(code_of(secret))
    office_page.locator("main form button[type=submit]").first.click()
    office_page.wait_for_url("**/people/deputy/")
    assert _told()[-1] == ("session:person:begin", "single_sign_on+totp")


def test_a_closed_account_stays_closed(sso: Provider, clerk: Acting, office_page: Page, someone: Make) -> None:
    """Whatever the provider says."""
    someone("manager", name="例 二郎")
    assert clerk.user is not None
    close_account(clerk.user, acting=someone("it", name="例 三郎"))
    _try(office_page, "taro")
    _refused(office_page, "アカウントに結び付けられていません")


def test_who_presses_cancel_there_is_back(sso: Provider, clerk: Acting, office_page: Page) -> None:
    """At the login page, without an error."""
    office_page.goto("/account/login/")
    accessible(office_page)
    valid(office_page.content())
    office_page.get_by_role("link", name=BUTTON).click()
    office_page.get_by_role("button", name="やめる").click()
    office_page.wait_for_url("**/account/login/")
    assert _told() == [("account:link:set", "email")]


def test_a_wrong_secret_is_told(
    running: Provider, settings: Any, tmp_path: Path, clerk: Acting, office_page: Page
) -> None:
    """In words for a clerk; the time is for IT."""
    _use(settings, tmp_path, running, secret="wrong")
    _try(office_page, "taro")
    _refused(office_page, "返事を確かめられなかった")


def test_another_issuer_than_was_set_is_refused(
    running: Provider, settings: Any, tmp_path: Path, clerk: Acting, office_page: Page
) -> None:
    """The provider calls itself by another name than the setting."""
    _use(settings, tmp_path, running, server=running.issuer + "/.well-known/openid-configuration")
    _try(office_page, "taro")
    _refused(office_page, "返事を確かめられなかった")


def test_a_certificate_of_another_ca_is_no_provider(
    running: Provider, settings: Any, tmp_path: Path, clerk: Acting, office_page: Page
) -> None:
    """Told as away."""
    _use(settings, tmp_path, running, ca_file=None)
    office_page.goto("/account/login/")
    office_page.get_by_role("link", name=BUTTON).click()
    _refused(office_page, "返事がありません")


def test_the_office_works_without_the_provider(settings: Any, tmp_path: Path, clerk: Acting, office_page: Page) -> None:
    """It is away: a sentence, and the password opens the office."""
    (tmp_path / "idp").mkdir()
    with provider(tmp_path / "idp", PEOPLE) as made:
        _use(settings, tmp_path, made)
    office_page.goto("/account/login/")
    office_page.get_by_role("link", name=BUTTON).click()
    _refused(office_page, "返事がありません")
    assert clerk.user is not None
    office_page.get_by_label("ユーザー名").fill(clerk.user.username)
    office_page.locator("input[type=password]").fill(PASSWORD)
    office_page.locator("main form button[type=submit]").first.click()
    office_page.locator(".m-header__who").get_by_text("見本 太郎").wait_for()


def test_it_staff_links_on_the_persons_page(sso: Provider, office_page: Page, someone: Make) -> None:
    """And takes it away again; what is no address is told beside the field."""
    person = someone("operator").user.person  # type: ignore[union-attr]  # an account of a test
    log_in(office_page, someone("it", name="例 一郎"))
    office_page.goto(f"/people/{person.pk}/")
    accessible(office_page)
    office_page.get_by_role("link", name="シングルサインオンに結び付ける").click()
    office_page.get_by_label("識別子（sub）").fill(" S-001 ")
    office_page.get_by_role("button", name="保存する").click()
    office_page.get_by_text("S-001", exact=True).wait_for()
    accessible(office_page)
    valid(office_page.content())
    assert User.objects.get(person=person).subject == "S-001"


def test_links(sso: Provider, someone: Make, client: Client) -> None:
    """One person there is one account here; who may not, and one's own, are refused; without the setting there is no button."""
    it, one, two = someone("it"), someone("operator", name="例 一郎").user, someone("operator", name="例 二郎").user
    assert one is not None and two is not None and it.user is not None
    link_account(one, subject="S-001", email=MAIL, acting=it)
    for subject, email in (("S-001", ""), ("", MAIL.upper())):
        with pytest.raises(LinkTaken):
            link_account(two, subject=subject, email=email, acting=it)
    for acting, user in ((it, it.user), (Acting.of(one), two)):
        with pytest.raises(NotAllowed):
            link_account(user, subject="S-9", email="", acting=acting)
    link_account(one, subject="", email="", acting=it)
    link_account(two, subject="S-001", email="", acting=it)
    assert [by for tag, by in _told() if tag == "account:link:set"] == ["subject", "none", "subject"]
    page = client.get("/account/login/", secure=True).content.decode()
    assert re.search(r'href="/account/oidc/city/login/[^"]*"', page)


def test_without_the_setting_there_is_no_button(office: Path, client: Client) -> None:
    """And its addresses lead nowhere."""
    assert "oidc" not in client.get("/account/login/", secure=True).content.decode()
    assert client.get("/account/oidc/city/login/", secure=True).status_code == 404


def test_it_begins_on_our_own_page_alone(sso: Provider, someone: Make, client: Client) -> None:
    """Another site cannot press it; nobody links an account to oneself; what stands in the address is not handed on."""
    path = "/account/oidc/city/login/"
    for site in ("cross-site", "same-site", "none"):
        assert client.get(path, secure=True, headers={"sec-fetch-site": site})["Location"] == "/account/login/"
    led = client.get(f"{path}?process=connect&auth_params=prompt%3Dnone&scope=x&next=/days/", secure=True)["Location"]
    assert led.startswith(f"{sso.issuer}/authorize?")
    asked = dict(parse_qsl(urlsplit(led).query))
    asked["scope"] = " ".join(sorted(asked["scope"].split()))
    assert (asked["prompt"], asked["scope"], asked["code_challenge_method"]) == (
        "login",
        "email openid profile",
        "S256",
    )
    assert {each[0]["process"] for each in client.session["socialaccount_states"].values()} == {"login"}
    client.force_login(someone("operator").user)
    assert client.get(path, secure=True)["Location"] == "/account/login/"
    assert client.get("/account/oidc/city/login/callback/?code=x&state=y", secure=True).status_code == 403
