"""The frame: behind login, in two languages, refused with sentences."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import Client

from mihariban.base.clock import MINUTE, TurnedClock
from mihariban.office.base.acting import Acting


def test_home_is_behind_login(office: Path, client: Client) -> None:
    """And says who acts once somebody is logged in."""
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
def test_pages_carry_the_policy_of_content(office: Path, client: Client, path: str, status: int) -> None:
    """No inline script, no foreign host, no frame."""
    response = client.get(path, secure=True)
    assert response.status_code == status
    policy = response["Content-Security-Policy"]
    assert "default-src 'self'" in policy and "unsafe" not in policy
    assert response["X-Frame-Options"] == "DENY"
    assert response["X-Content-Type-Options"] == "nosniff"
