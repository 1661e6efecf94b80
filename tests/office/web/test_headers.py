"""What the real server sends with each page, and what Django's own check of a deployment says."""

from __future__ import annotations

import json
import os
import ssl
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from django.conf import settings
from django.test import Client

from mihariban.office.base.acting import Acting
from tests.support.office_server import OfficeServer
from tests.support.office_web import PASSWORD

NAME = "office.example.lg.jp"
YEAR = 31_536_000
POLICY = {
    "default-src": "'self'", "script-src": "'self'", "style-src": "'self'", "connect-src": "'self'",
    "img-src": "'self' data:", "media-src": "'self' blob:", "object-src": "'none'", "base-uri": "'none'",
    "frame-ancestors": "'none'", "form-action": "'self'",
}  # fmt: skip
ALWAYS = {
    "x-frame-options": "DENY",
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}


@pytest.fixture
def ask(
    transactional_db: None, office: Path, someone: Callable[..., Acting], office_server: OfficeServer, settings: Any
) -> Callable[..., httpx.Response]:
    """Ask the server over TLS, as a browser of the city's network that calls it by its name."""
    settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, NAME]
    someone("it", name="例 一郎")  # an office without accounts leads to its set-up
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE  # the certificate has tests of its own

    def get(path: str, host: str = NAME, **more: Any) -> httpx.Response:
        with httpx.Client(verify=context, trust_env=False) as client:
            return client.get(office_server.url + path, headers={"Host": host, **more})

    return get


def _policy(response: httpx.Response) -> dict[str, str]:
    parts = response.headers["content-security-policy"].split(";")
    return {name: rest for name, _, rest in (part.strip().partition(" ") for part in parts)}


@pytest.mark.parametrize(
    ("path", "status"),
    [("/account/login/", 200), ("/notices/public/", 200), ("/nothing/", 404), ("/", 302), ("/healthz", (200, 503))],
)
def test_every_answer_carries_them(ask: Callable[..., httpx.Response], path: str, status: Any) -> None:
    """Login, the public page, refusals, redirects."""
    response = ask(path)
    assert response.status_code in (status if isinstance(status, tuple) else (status,))
    assert {name: response.headers.get(name) for name in ALWAYS} == ALWAYS
    assert _policy(response) == POLICY and "unsafe" not in response.headers["content-security-policy"]
    assert response.headers["strict-transport-security"] == f"max-age={YEAR}"
    assert "server" not in response.headers or response.headers["server"] == "uvicorn"


def test_pages_of_somebody_logged_in_too(ask: Callable[..., httpx.Response], someone: Callable[..., Acting]) -> None:
    """And no cache keeps them; the cookie goes over TLS alone and no script reads it."""
    acting = someone("operator")
    client = Client()
    typed = {"login": acting.user.username, "password": PASSWORD}  # type: ignore[union-attr]  # an account of a test
    client.post("/account/login/", typed, secure=True)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    response = ask("/today/", Cookie=f"{cookie.key}={cookie.value}")
    assert response.status_code == 200 and response.headers["cache-control"] == "no-store"
    assert {name: response.headers.get(name) for name in ALWAYS} == ALWAYS
    assert (cookie["secure"], cookie["httponly"], cookie["samesite"]) == (True, True, "Lax")


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "[::1]"])
def test_this_machine_is_not_told_to_remember(
    ask: Callable[..., httpx.Response], office_server: OfficeServer, host: str
) -> None:
    """HSTS holds for every port of a name, and other programs answer here without TLS."""
    port = urlsplit(office_server.url).port
    for name in (host, f"{host}:{port}"):
        assert "strict-transport-security" not in ask("/account/login/", host=name).headers
    assert "strict-transport-security" in ask("/account/login/", host=f"{NAME}:{port}").headers


def test_another_name_is_refused(ask: Callable[..., httpx.Response]) -> None:
    """A name that nobody set may be an attacker's."""
    assert ask("/account/login/", host="evil.example").status_code == 400


def test_djangos_check_of_a_deployment_is_clean(office: Path) -> None:
    """Nothing is said; each exception has its reason beside it in the settings."""
    program = (
        "import django; django.setup()\n"
        "from django.core.checks import run_checks\n"
        "import json; print(json.dumps([str(each) for each in run_checks(include_deployment_checks=True) if not each.is_silenced()]))"
    )
    command = [sys.executable, "-c", program]
    ours = {name: value for name, value in os.environ.items() if name != "DJANGO_ALLOW_ASYNC_UNSAFE"}  # see conftest
    env = {**ours, "DJANGO_SETTINGS_MODULE": "mihariban.office.web.plain"}
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=env, timeout=120)
    assert json.loads(done.stdout.splitlines()[-1]) == []
    assert sorted(settings.SILENCED_SYSTEM_CHECKS) == ["security.W005", "security.W008", "security.W021"]
