"""The frame: behind login, in two languages, refused with sentences."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from django.contrib.staticfiles import finders
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from mihariban.base.clock import MINUTE, TurnedClock
from mihariban.office.base.acting import Acting


def test_home_is_behind_login(someone: Callable[..., Acting], client: Client) -> None:
    """And says who acts once somebody is logged in. An office without accounts leads to its set-up instead."""
    assert client.get("/", secure=True)["Location"] == "/wizard/begin/"
    someone("it")
    response = client.get("/", secure=True)
    assert (response.status_code, response["Location"]) == (302, "/account/login/?next=/")


def test_who_acts_is_shown(someone: Callable[..., Acting], client: Client) -> None:
    """Name and roles, in both languages; no cache keeps it."""
    acting = someone("manager")
    client.force_login(acting.user)
    page = client.get("/", secure=True, follow=True)
    assert "見本 太郎" in page.content.decode()
    assert "管理者" in page.content.decode()
    assert page["Cache-Control"] == "no-store"
    client.post("/language/", {"language": "en", "next": "/"}, secure=True)
    assert "manager" in client.get("/", secure=True, follow=True).content.decode()


def test_a_session_ends_after_idling(someone: Callable[..., Acting], client: Client, office_clock: TurnedClock) -> None:
    """Fifteen minutes without a click; a click in between begins them anew."""
    client.force_login(someone("operator").user)
    assert client.get("/", secure=True, follow=True).status_code == 200
    office_clock.turn(14 * MINUTE)
    assert client.get("/", secure=True, follow=True).redirect_chain in ([], [("/today/", 302)])
    office_clock.turn(16 * MINUTE)
    assert client.get("/", secure=True)["Location"].startswith("/account/login/")


@pytest.mark.parametrize(("path", "status"), [("/nothing/", 404), ("/account/login/", 200), ("/healthz", 200)])
def test_pages_carry_the_policy_of_content(
    someone: Callable[..., Acting], client: Client, path: str, status: int
) -> None:
    """No inline script, no foreign host, no frame."""
    someone("it")
    response = client.get(path, secure=True)
    assert response.status_code == status
    policy = response["Content-Security-Policy"]
    assert "default-src 'self'" in policy and "unsafe" not in policy
    assert response["X-Frame-Options"] == "DENY"
    assert response["X-Content-Type-Options"] == "nosniff"


def _addresses() -> Iterator[str]:
    """Every address of ours, with its parts filled in."""

    def walk(patterns: list[URLPattern | URLResolver], before: str) -> Iterator[str]:
        for each in patterns:
            path = before + str(each.pattern)
            if isinstance(each, URLResolver):
                yield from walk(each.url_patterns, path)
            else:
                yield path

    for path in walk(get_resolver().url_patterns, "/"):
        filled = re.sub(r"<int:\w+>", "1", path)
        yield re.sub(r"<\w+:\w+>", "x", re.sub(r"<day:\w+>", "2026-11-24", filled))


def test_no_address_of_ours_answers_with_405(someone: Callable[..., Acting], client: Client) -> None:
    """Coming back from a login one may land where only a form is taken: it leads to the page above."""
    client.force_login(someone("manager").user)
    for address in {each for each in _addresses() if not each.startswith("/account/")}:
        assert client.get(address, secure=True).status_code != 405, address
    for address, page in {
        "/faults/1/gaps/": "/faults/1/", "/faults/from-finding/": "/faults/", "/wizard/equipment/": "/wizard/",
        "/wizard/plan/marks/": "/wizard/plan/", "/days/deliver/": "/days/", "/language/": "/",
        "/checks/k1/2026-11-24/toner/fault/": "/checks/k1/2026-11-24/",
    }.items():  # fmt: skip  # a table
        assert client.get(address, secure=True)["Location"] == page


def test_an_idle_session_comes_back_to_its_page(
    someone: Callable[..., Acting], client: Client, office_clock: TurnedClock
) -> None:
    """By its address, also where a form was sent; asking how long it lasts does not lengthen it."""
    client.force_login(someone("operator").user)
    client.get("/faults/new/", secure=True)
    office_clock.turn(13 * MINUTE)
    assert client.get("/session/", secure=True, headers={"X-Poll": "1"}).json() == {"left_s": 120}
    assert client.get("/session/", secure=True, headers={"X-Poll": "1"}).json() == {"left_s": 120}
    assert client.get("/session/", secure=True).json() == {"left_s": 900}
    office_clock.turn(16 * MINUTE)
    response = client.post("/faults/new/", {"what": "書いた文"}, secure=True)
    assert response["Location"] == "/account/login/?ended=1&next=%2Ffaults%2Fnew%2F"
    assert client.get("/session/", secure=True).json() == {"left_s": 0}


def test_the_icon(someone: Callable[..., Acting], client: Client) -> None:
    """Drawn by us; also where a browser asks by itself."""
    someone("operator")
    assert client.get("/favicon.ico", secure=True)["Location"] == "/static/office/favicon.svg"
    assert 'rel="icon"' in client.get("/account/login/", secure=True).content.decode()
    assert finders.find("office/favicon.svg")


@pytest.mark.parametrize("path", ["/days/9999/12/", "/days/2026/13/", "/days/1/1/", "/days/9999-01-01/"])
def test_days_that_no_calendar_shows_are_alike(someone: Callable[..., Acting], client: Client, path: str) -> None:
    """Not there, and a sentence that says which years are."""
    client.force_login(someone("operator").user)
    response = client.get(path, secure=True)
    assert response.status_code == 404 and "2000 年から 2098 年まで" in response.content.decode()


def test_a_filter_that_is_not_used_is_told(someone: Callable[..., Acting], client: Client) -> None:
    """One that the list does not know, and one with a day that there is not: in every form of the list."""
    client.force_login(someone("operator").user)
    page = client.get("/faults/?since=2027-02-29", secure=True)
    assert page.status_code == 200 and "「since=2027-02-29」というしぼりこみはこの一覧にない" in page.content.decode()
    for form in ("", "&as=csv", "&as=print"):
        page = client.get(f"/faults/?first=2027-02-29{form}", secure=True)
        assert page.status_code == 422 and "しぼりこみの条件を読めない" in page.content.decode()
    assert "というしぼりこみ" not in client.get("/faults/?first=2027-02-01&sort=-pk", secure=True).content.decode()
