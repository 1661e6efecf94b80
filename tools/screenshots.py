"""``python -m tools.screenshots [--ready FILE]``: a picture of every page of the office into docs/images/office.

The pages are those of the demo: made anew, unless FILE names one that is running. Nothing leaves the machine.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import django
from playwright.sync_api import Browser, Page, sync_playwright

from tools.palette import with_palette

PICTURES = Path(__file__).parent.parent / "docs" / "images" / "office"
CHROMIUM = "/usr/bin/chromium"
_ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--force-color-profile=srgb", "--hide-scrollbars", "--lang=ja-JP",
]  # fmt: skip
_PATIENCE_S = 900.0
_SKIPPED = re.compile(
    r"^/(static|account/(logout|password/reset|2fa/totp|reauthenticate))|\.(svg|png|pdf|toml|csv|xlsx)(\?|$)|[?&]as="
)
DESK, TABLET, TELEPHONE = (1280, 900), (820, 1180), (390, 844)
HIGHEST = 2200
"""Points of height; a page that is longer goes on alike."""


@contextmanager
def demo() -> Iterator[dict[str, Any]]:
    """A demo of our own, as ``ready.json`` tells of it."""
    with tempfile.TemporaryDirectory(prefix="mihariban-pictures-") as folder:
        ready = Path(folder) / "ready.json"
        command = [sys.executable, "-m", "mihariban.cli.main", "demo", "--dir", f"{folder}/site", "--ready", str(ready)]
        process = subprocess.Popen([*command, "--port", "0"], stdout=subprocess.DEVNULL)  # noqa: S603  # our own demo
        try:
            end = time.monotonic() + _PATIENCE_S
            while not ready.exists():
                if process.poll() is not None or time.monotonic() > end:
                    sys.exit("screenshots: the demo did not come up")
                time.sleep(0.5)
            time.sleep(8)  # the office hears of its recorder every five seconds
            yield json.loads(ready.read_text(encoding="utf-8"))
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(60)


class Camera:
    """Takes pictures in one session.

    Args:
        browser: the browser.
        url: of the office.
        size: of the window.
    """

    def __init__(self, browser: Browser, url: str, size: tuple[int, int] = DESK) -> None:
        context = browser.new_context(
            base_url=url,
            ignore_https_errors=True,
            locale="ja-JP",
            timezone_id="Asia/Tokyo",
            viewport={"width": size[0], "height": size[1]},
        )
        self.url, self.page = url, context.new_page()
        self._width, self._height = size

    def log_in(self, account: dict[str, Any]) -> None:
        """By the login page."""
        self.page.goto("/account/login/")
        self.page.get_by_label("ユーザー名").fill(account["username"])
        self.page.locator("input[type=password]").fill(account["password"])
        self.page.locator("main form button[type=submit]").first.click()
        self.page.wait_for_load_state("networkidle")

    def take(self, name: str, address: str) -> list[str]:
        """Picture of a page; returns where its links lead to."""
        self.page.goto(address)
        self.page.wait_for_load_state("networkidle")
        height = min(HIGHEST, self.page.evaluate("() => document.documentElement.scrollHeight"))
        self.page.set_viewport_size({"width": self._width, "height": max(self._height, height)})
        (PICTURES / f"{name}.png").write_bytes(with_palette(self.page.screenshot()))
        self.page.set_viewport_size({"width": self._width, "height": self._height})
        return links(self.page, self.url)


def links(page: Page, url: str) -> list[str]:
    """Addresses of our own that a page leads to."""
    found = page.eval_on_selector_all("a[href]:not([download])", "all => all.map(each => each.getAttribute('href'))")
    joined = [urlsplit(urljoin(page.url, each)) for each in found]
    host = urlsplit(url).netloc
    return [each.path + (f"?{each.query}" if each.query else "") for each in joined if each.netloc == host]


def name_of(address: str) -> str:
    """A picture's name: ``people-person`` for any person; empty for what is no page of ours."""
    from django.urls import Resolver404, resolve

    try:
        view = resolve(urlsplit(address).path).view_name
    except Resolver404:
        return ""
    return re.sub(r"[^a-z]+", "-", view.lower()).strip("-")


def walk(camera: Camera, taken: set[str]) -> None:
    """One picture of each view that this person comes to."""
    waiting = ["/today/", "/wizard/"]
    seen = {"/", *waiting}
    while waiting:
        address = waiting.pop(0)
        name = name_of(address)
        if not name or name in taken:
            continue
        taken.add(name)
        print(f"{name}.png  {address}", flush=True)
        for link in camera.take(name, address):
            if link not in seen and not _SKIPPED.search(link):
                seen.add(link)
                waiting.append(link)


def shoot(told: dict[str, Any]) -> None:
    """All pictures."""
    url, accounts = told["addresses"]["office"], {each["username"]: each for each in told["accounts"]}
    PICTURES.mkdir(parents=True, exist_ok=True)
    for old in PICTURES.glob("*.png"):
        old.unlink()
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=_ARGUMENTS)
        Camera(browser, url).take("account-login", "/account/login/")
        Camera(browser, url, TELEPHONE).take("public-telephone", "/notices/public/")
        taken = {"home", "account-login", "account-logout"}
        for username in ("manager", "hanako", "it"):
            camera = Camera(browser, url)
            camera.log_in(accounts[username])
            walk(camera, taken)
        tablet = Camera(browser, url, TABLET)
        tablet.log_in(accounts["hanako"])
        check = [link for link in tablet.take("checks-today-tablet", "/checks/") if name_of(link) == "checks-sheet"]
        if check:
            tablet.take("checks-sheet-tablet", check[0])
        browser.close()


def main() -> None:
    """Take the pictures."""
    parser = argparse.ArgumentParser(prog="tools.screenshots", description=__doc__)
    parser.add_argument("--ready", type=Path, help="ready.json of a demo that is running")
    chosen = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mihariban.office.web.plain")
    django.setup()
    if chosen.ready is not None:
        shoot(json.loads(chosen.ready.read_text(encoding="utf-8")))
        return
    with demo() as told:
        shoot(told)


if __name__ == "__main__":
    main()
