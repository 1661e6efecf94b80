"""The first hour of a new site by the defaults, with real processes and a real browser: init, up, the set-up to its
signature, and the first signed morning check."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from mihariban.base.clock import to_datetime
from mihariban.policy import load_site
from mihariban.recorder.site_clock import site_clock
from tests.cli.test_up import PATIENCE_S, Up, wait_for
from tests.support.office_server import CHROMIUM
from tests.support.sites import SAGA

if TYPE_CHECKING:
    from playwright.sync_api import Page, Playwright

OWN = "かき氷と 長い廊下 42"


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Up]:
    """A site made by the default options, but for the ring's size, and ``up`` on it."""
    folder = tmp_path / "site"
    made = subprocess.run(
        [sys.executable, "-m", "mihariban.cli.main", "init", str(folder), "--policy", str(SAGA), "--size", "64MiB",
         "--allow-cow"],
        check=False, capture_output=True, text=True,
    )  # fmt: skip
    assert made.returncode == 0, made.stderr
    running = Up(folder)
    yield running
    if running.process.poll() is None:
        running.process.kill()
        running.process.communicate()


@pytest.fixture
def screen(site: Up, playwright: Playwright) -> Iterator[Page]:
    """A browser in front of it, once it answers."""
    if not CHROMIUM.exists():
        pytest.skip("no chromium on this machine: install Debian's package")
    wait_for(site.both_answer, site.process, "the parts do not answer")
    browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox", "--disable-gpu"])
    page = browser.new_context(
        base_url=f"https://127.0.0.1:{site.port}", ignore_https_errors=True, locale="ja-JP"
    ).new_page()
    page.set_default_timeout(30_000)
    yield page
    browser.close()


def _fill(page: Page, **fields: str) -> None:
    for name, value in fields.items():
        page.locator(f"[name={name}]").fill(value)


def _slip(page: Page) -> str:
    """The first password on the slip; then on."""
    found = re.search(r"[a-z2-9]{4}(-[a-z2-9]{4}){3}", page.inner_text("main"))
    assert found is not None, page.inner_text("main")
    return found[0]


def _first_login(page: Page, name: str, password: str) -> None:
    """With the slip in hand, to the day's work."""
    page.context.clear_cookies()
    page.goto("/")
    _fill(page, login=name, password=password)
    page.get_by_role("button", name="ログイン", exact=True).click()
    page.wait_for_url("**/account/password/change/")
    assert "お忘れ" not in page.content() and "紙で受け取った" in page.content()
    _fill(page, oldpassword=password, password1=OWN, password2=OWN)
    page.get_by_role("button", name="パスワードを変える").click()
    page.wait_for_url("**/today/")


def _set_up(page: Page, site: Up) -> dict[str, str]:
    """All steps up to the signature; first passwords by login name."""
    page.goto("/")
    page.wait_for_url("**/wizard/begin/")
    code = (site.folder / "office" / "setup.code").read_text().strip()
    _fill(page, code=code, name="例 三郎", username="it", password=OWN, again=OWN)
    page.get_by_role("button", name="始める").click()
    page.wait_for_url("**/wizard/")
    page.goto("/today/")
    page.get_by_role("link", name="初期設定を続ける").click()
    page.get_by_role("link", name="課と管理者").click()
    names = {"section": "市民生活課", "manager_post": "市民生活課長", "name": "見本 太郎", "document": "市窓 1"}
    _fill(page, **names, username="taro", first="2026-04-01")
    page.get_by_role("button", name="保存して次へ").click()
    passwords = {"taro": _slip(page)}
    page.goto("/wizard/people/")
    _fill(page, name="見本 花子", document="市窓 2", username="hanako", first="2026-04-01")
    page.get_by_role("button", name="登録する").click()
    passwords["hanako"] = _slip(page)
    page.goto("/wizard/people/")
    page.get_by_role("button", name="全員登録した").click()
    page.get_by_role("button", name="設備ファイルを読み込む").click()
    if page.locator("[name^=name_]").count() == 0:  # the file names no kiosk
        _fill(page, new_id="k1", new_name="1号機", new_place="本庁舎1階ロビー")
        page.get_by_role("button", name="保存して次へ").click()
    for field in page.locator("[name^=name_], [name^=place_]").all():
        if not field.input_value():
            field.fill("1号機")
    page.get_by_role("button", name="保存して次へ").click()
    page.wait_for_url("**/wizard/zone/")
    _fill(page, reason="設置", document="市窓 3")
    page.get_by_role("button", name="静止画をとる").click()
    page.wait_for_url("**still=*")
    assert page.evaluate("document.querySelector('.w-drawing img').naturalWidth") == 640
    page.get_by_role("button", name="保存して次へ").click()
    page.wait_for_url("**/wizard/plan/")
    page.get_by_role("button", name="この段階をとばす").click()
    page.wait_for_url("**/wizard/summary/")
    return passwords


def test_from_nothing_to_a_signed_check(site: Up, screen: Page) -> None:
    """No step is refused, nobody needs to know an address, and the clock of both parts is one."""
    passwords = _set_up(screen, site)
    _first_login(screen, "taro", passwords["taro"])
    screen.get_by_role("link", name="初期設定を続ける").click()
    screen.get_by_role("link", name="確認と署名").click()
    screen.locator("[name=sure]").check()
    screen.get_by_role("button", name="署名する").click()
    screen.get_by_text("見本 太郎 さんが署名しました").first.wait_for()
    _first_login(screen, "hanako", passwords["hanako"])
    assert "初期設定を続ける" not in screen.content()
    screen.goto("/checks/")
    screen.locator("a[href^='/checks/'][href*='/202']").first.click()
    for field in screen.locator("input[type=radio][value=ok]").all():
        field.check()
    for field in screen.locator("fieldset textarea:visible, fieldset input[type=text]:visible").all():
        if not field.input_value():
            field.fill("見本の確認")
    screen.get_by_role("button", name="署名").first.click()
    screen.wait_for_load_state("load")
    assert screen.locator("input[type=radio]").count() == 0, screen.inner_text("main")
    day = to_datetime(site_clock(site.folder).wall(), load_site(site.folder / "site.toml").zone)
    assert f"{day.month}月{day.day}日" in screen.inner_text("main")
    site.process.send_signal(signal.SIGTERM)
    out, err = site.process.communicate(timeout=PATIENCE_S)
    assert site.process.returncode == 0, err
    assert "the site's own clock stands at" in out
