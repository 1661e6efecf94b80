"""A whole morning in the browser, from the login with a one-time code to the log-out, and what the ledger says of it.

Nothing is taken from the database by the test but what it checks at the end. On PostgreSQL the same file runs in a process of its
own: the last test.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.db import connection

from mihariban.base.clock import MINUTE
from mihariban.ledger.entry import read_leaf
from mihariban.ledger.tags import Tag
from mihariban.ledger.verify import verify
from mihariban.office.base.acting import Acting
from mihariban.office.base.dates import today
from mihariban.office.base.ledger import book
from mihariban.office.keyledger.sample import make_keys
from mihariban.office.people.sample import PASSWORD
from mihariban.office.people.sample import make_sample as people
from mihariban.office.sites.listen import listen
from mihariban.office.sites.sample import make_sample as kiosks
from mihariban.office.web.config import DATABASE_VARIABLE
from mihariban.office.web.logs import log_as_lines
from tests.office.web.test_login import code_of
from tests.support.office_recorder import HeardRecorder, heard, recorded_site
from tests.support.office_server import accessible, valid
from tests.support.sites import moment

if TYPE_CHECKING:
    from playwright.sync_api import Page

__all__ = ["heard", "recorded_site"]

MORNING = "2026-11-25 08:12:00"
REMARK, WHY = "黒トナーがもうない（見本の文）", "停電のため（見本の文）"
NAMES = ("見本 太郎", "見本 花子", "例 一郎")


@pytest.fixture
def staff(heard: HeardRecorder) -> dict[str, Acting]:
    """People, kiosk, keys and a recorder; a Wednesday before opening."""
    heard.clock.turn_to(moment(MORNING))
    acting = people(today())
    kiosks(acting["manager"], heard.unit.site)
    make_keys(acting["manager"], heard.unit)
    heard.recorder.tick()
    listen(heard.unit)
    return acting


@pytest.fixture
def logged(capfd: pytest.CaptureFixture[str]) -> Iterator[list[str]]:
    """The server's own logs of the test; filled when it is over."""
    import logging

    import structlog

    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    log_as_lines()
    found: list[str] = []
    yield found
    root.handlers, root.level = before, level
    structlog.reset_defaults()


class Clerk:
    """Somebody at a screen. ``steps``: how often something was pressed."""

    def __init__(self, page: Page) -> None:
        self.page, self.steps = page, 0

    def press(self, role: str, name: str | re.Pattern[str]) -> None:
        """Press a link or button, and look at the page that comes."""
        self.page.get_by_role(role, name=name).first.click()  # type: ignore[arg-type]  # link or button
        self.page.wait_for_load_state("load")
        self.steps += 1
        accessible(self.page)
        valid(self.page.content())

    def log_in(self, username: str, secret: str) -> None:
        """Password, then the one-time code."""
        self.page.goto("/")
        self.page.get_by_label("ユーザー名").fill(username)
        self.page.locator("input[type=password]").fill(PASSWORD)
        self.page.locator("main form button[type=submit]").first.click()
        self.page.locator("input[name=code]").fill(code_of(secret))
        self.page.locator("main form button[type=submit]").first.click()
        self.page.wait_for_url("**/today/")

    def log_out(self) -> None:
        """And the way back shows nothing."""
        self.page.get_by_role("button", name="ログアウト").click()
        self.page.wait_for_url("**/account/login/**")
        self.page.go_back()
        self.page.wait_for_url("**/account/login/**")


def _one_time_codes(acting: Acting) -> str:
    secret = generate_totp_secret()
    TOTP.activate(acting.user, secret)
    return str(secret)


def _check(clerk: Clerk) -> None:
    """The morning check; the toner fails and becomes a fault with one press."""
    page = clerk.page
    clerk.press("link", re.compile("1号機 の朝の点検"))
    toner = page.get_by_role("group", name="トナー")
    toner.get_by_text("否", exact=True).click()
    toner.get_by_label("備考").fill(REMARK)
    clerk.press("button", re.compile("保存して故障を届け出る トナー"))
    page.get_by_role("heading", name="次にすること").wait_for()
    page.goto("/checks/")
    clerk.press("link", re.compile("点検"))
    if "/checks/test-kiosk/" not in page.url:
        clerk.press("link", re.compile("1号機"))
    clerk.press("button", "残りはすべて「良」")
    # The ring of the test is small, which the recorder says; what fails wants a word.
    page.get_by_role("group", name=re.compile("監視カメラ")).get_by_label("備考").fill("録画は動いている")
    clerk.press("button", "点検を終えて署名する")
    page.get_by_text("点検を終え、署名しました。").wait_for()


def _key(clerk: Clerk, heard: HeardRecorder) -> None:
    """Out and in again."""
    clerk.press("link", "鍵")
    clerk.press("link", "持ち出す ケース鍵 1")
    clerk.press("button", re.compile("点検"))
    heard.clock.turn(6 * MINUTE)
    clerk.press("link", "鍵")
    clerk.press("link", "戻す ケース鍵 1")
    clerk.press("button", re.compile("^ケースを開けた|^開けた|開けて"))


def _close_a_day(clerk: Clerk, day: str) -> None:
    page = clerk.page
    page.goto("/days/changes/new/")
    page.get_by_label("何をしますか").select_option("closure")
    page.get_by_label("最初の日").fill(day)
    page.get_by_label("理由", exact=False).first.fill(WHY)
    page.get_by_label("決定する職").fill("市長")
    page.get_by_label("文書番号").fill("見本 第9号")
    clerk.press("button", "どう変わるか確かめる")
    clerk.press("button", "決定する")


def test_a_whole_morning(
    office_page: Page,
    staff: dict[str, Acting],
    heard: HeardRecorder,
    logged: list[str],
    capfd: pytest.CaptureFixture[str],
) -> None:
    """Operator, then manager; afterwards the ledger verifies, names nobody, and the logs say nothing of what was typed."""
    secrets = {name: _one_time_codes(staff[name]) for name in ("hanako", "manager")}
    clerk = Clerk(office_page)
    clerk.log_in("hanako", secrets["hanako"])
    accessible(office_page)
    _check(clerk)
    assert clerk.steps <= 6, "the morning check takes more than six presses"
    _key(clerk, heard)
    clerk.log_out()
    clerk.log_in("manager", secrets["manager"])
    _close_a_day(clerk, "2026-11-26")
    office_page.goto("/notices/public/")
    office_page.get_by_text(WHY).first.wait_for()
    accessible(office_page)
    valid(office_page.content())
    office_page.goto("/today/")
    clerk.log_out()
    _look_at_the_ledger()
    told = "".join(capfd.readouterr())
    assert not [name for name in (*NAMES, REMARK, WHY, "見本の文", PASSWORD) if name in told]


def _look_at_the_ledger() -> None:
    """As an outsider does; and a tampered entry would be found."""
    office = book()
    office.publish([])
    verdict = verify(office.folder / "ledger", contents=True)
    store = office.ledger.store
    leaves = store.leaves(0, store.size())
    assert verdict.checkpoint.size == len(leaves)
    tags = {read_leaf(leaf)["tag"] for leaf in leaves}
    wanted = (
        Tag.CHECK_SHEET_SIGN,
        Tag.FAULT_CASE_OPEN,
        Tag.CASEKEY_USE_TAKE,
        Tag.CASEKEY_USE_RETURN,
        Tag.CALENDAR_CHANGE_APPROVE,
    )
    assert {str(tag) for tag in wanted} <= tags
    everything = b"".join(leaves).decode()
    assert not [name for name in (*NAMES, REMARK, WHY) if name in everything]
    _still_whole(office.folder / "ledger")


def _still_whole(folder: Path) -> None:
    bundle = max(
        (folder / "tile" / "entries").rglob("*"), key=lambda path: path.stat().st_size if path.is_file() else 0
    )
    raw = bytearray(bundle.read_bytes())
    raw[len(raw) // 2] ^= 1
    bundle.write_bytes(raw)
    with pytest.raises(Exception, match="MH4"):
        verify(folder, contents=True)


def test_the_same_on_postgresql(postgres: str) -> None:
    """In a process of its own: which database an office uses is settled when it is set up."""
    if connection.vendor == "postgresql":
        pytest.skip("this is that process")
    command = [sys.executable, "-m", "pytest", __file__, "-q", "-x", "-k", "whole_morning", "-p", "no:cacheprovider"]
    done = subprocess.run(
        command,
        check=False,
        capture_output=True,
        text=True,
        env={**os.environ, DATABASE_VARIABLE: postgres},
        timeout=300,
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-1000:]
    assert "1 passed" in done.stdout
