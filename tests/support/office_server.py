"""The office's real server over TLS, and a real browser in front of it.

A test of pages takes ``office_page`` and, first, ``log_in(office_page, someone("operator"))``; then ``goto``, ``accessible``
and ``valid``. Every request that leaves the host and every error in the browser's console fails the test.
"""

from __future__ import annotations

import base64
import os
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization

from mihariban.base.clock import SystemClock
from mihariban.office.base.acting import Acting
from mihariban.recorder.api.tls import issue, make_ca

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

CHROMIUM = Path("/usr/bin/chromium")
AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
_QUIET = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update")

__all__ = [
    "AXE_TAGS",
    "OfficeServer",
    "accessible",
    "browser_context_args",
    "browser_type_launch_args",
    "log_in",
    "office_page",
    "office_server",
    "valid",
]


@dataclass(frozen=True, slots=True)
class OfficeServer:
    """Where the office answers. ``key``: hash of its certificate's key, for the browser."""

    url: str
    key: str


@pytest.fixture(scope="session")
def office_server(
    django_db_setup: None, _books_have_databases: None, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[OfficeServer]:
    """uvicorn with TLS in a thread, on the test database; one for all tests of a process."""
    import uvicorn

    from mihariban.office.web.asgi import Application

    folder, wall = tmp_path_factory.mktemp("tls"), SystemClock().wall()
    files = issue(
        make_ca(folder, name="test", wall=wall), folder, name="web", role="web", wall=wall, hosts=["localhost"]
    )
    listening = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(
        Application(),
        ssl_certfile=str(files.certificate),
        ssl_keyfile=str(files.key),
        log_config=None,
        access_log=False,
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, name="office", daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive(), "the server did not start"
        time.sleep(0.01)  # it tells nobody when it has begun
    yield OfficeServer(f"https://localhost:{listening.getsockname()[1]}", _key_hash(files.certificate))
    server.should_exit = True
    thread.join(20)
    listening.close()


def _key_hash(certificate: Path) -> str:
    key = x509.load_pem_x509_certificate(certificate.read_bytes()).public_key()
    form = (serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return base64.b64encode(sha256(key.public_bytes(*form)).digest()).decode()


@pytest.fixture(scope="session")
def browser_type_launch_args(office_server: OfficeServer) -> dict[str, Any]:
    """Debian's Chromium, which calls nobody, and takes our certificate for a good one (else it has no passkeys)."""
    if not CHROMIUM.exists():
        pytest.skip("no chromium on this machine: install Debian's package")
    args = [*_QUIET, "--disable-sync", f"--ignore-certificate-errors-spki-list={office_server.key}"]
    return {"executable_path": str(CHROMIUM), "args": args}


@pytest.fixture(scope="session")
def browser_context_args(office_server: OfficeServer) -> dict[str, Any]:
    """A clerk's screen."""
    return {
        "base_url": office_server.url,
        "locale": "ja-JP",
        "timezone_id": "Asia/Tokyo",
        "viewport": {"width": 1280, "height": 900},
    }


@pytest.fixture
def office_page(transactional_db: None, office: Path, context: BrowserContext, page: Page) -> Iterator[Page]:
    """A page of the office in the browser."""
    left: list[str] = []
    errors: list[str] = []
    context.on("request", lambda request: left.append(request.url) if _leaves(request.url) else None)
    context.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    context.on("weberror", lambda error: errors.append(str(error.error)))
    page.set_default_timeout(15_000)
    yield page
    assert left == [], "requests left the host"
    # A page that is refused on purpose is told in the console too.
    assert [each for each in errors if "the server responded with a status of 4" not in each] == []


def _leaves(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme in ("http", "https", "ws", "wss") and parts.hostname != "localhost"


def log_in(page: Page, acting: Acting) -> None:
    """Begin a session for ``acting`` without the login pages (these have tests of their own)."""
    from django.conf import settings
    from django.test import Client

    client = Client()
    client.force_login(acting.user)  # type: ignore[arg-type]  # an account of a test
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    base = page.evaluate("() => location.origin") if page.url.startswith("http") else _origin(page)
    page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": base, "secure": True}])


def _origin(page: Page) -> str:
    page.goto("/healthz")
    return str(page.evaluate("() => location.origin"))


def accessible(page: Page) -> None:
    """axe finds nothing on the page as it is now, by WCAG 2.2 AA."""
    from axe_playwright_python.sync_playwright import Axe

    page.wait_for_load_state("load")  # a click waits for the next page to begin, not for all of it
    found = Axe().run(page, options={"runOnly": {"type": "tag", "values": AXE_TAGS}}).response["violations"]
    told = [f"{each['id']}: {node['html']} {node['failureSummary']}" for each in found for node in each["nodes"]]
    assert told == [], f"{page.url}: {told}"


def valid(html: str) -> None:
    """tidy has nothing against the document. Told apart from it: elements it is too old to know."""
    tidy = shutil.which("tidy")
    if tidy is None:
        pytest.skip("no tidy on this machine: install Debian's package")
    command = [tidy, "-quiet", "-errors", "-utf8", "--drop-empty-elements", "no"]
    done = subprocess.run(
        command, input=html.encode(), capture_output=True, check=False, env={**os.environ, "LC_ALL": "C"}
    )
    told = [line for line in done.stderr.decode().splitlines() if not any(each in line for each in _TIDY_IS_OLD)]
    assert told == [], "\n".join(told)


_TIDY_IS_OLD = (
    'proprietary attribute "hx-',
    'proprietary attribute "aria-current"',
    'proprietary attribute "inputmode"',
)
