"""Every page of today, equipment, signs and the public in a real browser: axe and tidy find nothing; the screen
refreshes itself, keeps the focus, and says so where it cannot."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from django.core.cache import cache

from mihariban.base.clock import TurnedClock
from mihariban.office.base.acting import Acting
from mihariban.office.base.dates import now, today
from mihariban.office.checks.models import CheckSheet
from mihariban.office.notices.actions.hang_sign import hang_sign
from mihariban.office.sites import alarms
from mihariban.office.sites.actions.change_kiosk import change_kiosk
from mihariban.office.sites.listen import listen
from mihariban.office.sites.models import Kiosk, SeenFinding
from tests.support.office_recorder import *  # noqa: F403  # fixtures
from tests.support.office_recorder import HeardRecorder
from tests.support.office_server import accessible, log_in, valid

if TYPE_CHECKING:
    from playwright.sync_api import Page

SAGA = Path(__file__).parents[3] / "policies" / "saga-kiosk-2016.toml"
Someone = Callable[..., Acting]


@pytest.fixture(autouse=True)
def saga(transactional_db: None, office: Path) -> Iterator[None]:
    """The rule in DIR/policy.toml."""
    cache.clear()
    path = office.parent / "policy.toml"
    shutil.copy(SAGA, path)
    yield
    path.unlink()


def _look(page: Page, path: str) -> None:
    page.goto(path)
    accessible(page)
    valid(page.content())


def test_every_page_is_accessible_and_valid(office_page: Page, heard: HeardRecorder, someone: Someone) -> None:
    """In both languages, with alarms and without."""
    manager = someone("manager")
    kiosk = Kiosk.objects.get()
    change_kiosk(kiosk, acting=manager, name="1号機", place="本庁舎1階ロビー", stamp=kiosk.stamp)
    sign = hang_sign(acting=manager, size="a4", place="入口の右", since=date(2026, 10, 1))
    log_in(office_page, manager)
    _look(office_page, "/today/")  # nothing heard yet
    listen(heard.unit)
    SeenFinding.objects.exclude(code="x").update(until=now())
    alarm = alarms.begin(heard.unit, alarms.forked(now(), "MH406"))
    pages = ["/today/", "/sites/", "/sites/recorders/test-r1/", "/sites/findings/", f"/sites/findings/{alarm.pk}/"]
    pages += ["/sites/events/", f"/sites/kiosks/{kiosk.pk}/", "/notices/", "/notices/make/", "/notices/hang/"]
    pages += [f"/notices/signs/{sign.pk}/", f"/notices/signs/{sign.pk}/remove/", "/notices/contact/"]
    pages += ["/notices/public/", "/notices/public/en/"]
    for path in pages:
        _look(office_page, path)
    office_page.goto("/today/")
    office_page.get_by_role("button", name="English").click()
    _look(office_page, "/today/")


def test_the_screen_refreshes_itself_and_keeps_the_focus(
    office_page: Page, heard: HeardRecorder, someone: Someone, office_clock: TurnedClock
) -> None:
    """An alarm comes in without a click; where the server is away the screen says that it is old."""
    listen(heard.unit)
    SeenFinding.objects.update(until=now())
    for kiosk in Kiosk.objects.all():  # the morning check is done
        CheckSheet.objects.create(kiosk=kiosk, date=today(), opens=510, signed_at=now())
    seen = heard.unit.seen
    seen.json["cameras"][0]["watched"] = True
    seen.save()
    log_in(office_page, someone("manager"))
    office_page.goto("/today/")
    assert not office_page.get_by_text("すぐに対応が必要です").count()
    office_page.locator("#c-test-r1-cam1").focus()
    alarms.begin(heard.unit, alarms.unreachable(now(), "MH383"))
    with office_page.expect_response(lambda each: each.url.endswith("/today/")):
        office_page.evaluate(
            "() => htmx.ajax('GET', '/today/', {target: '#today', swap: 'outerHTML', headers: {'X-Poll': '1'}})"
        )
    office_page.get_by_text("すぐに対応が必要です：1 件").wait_for()
    assert office_page.evaluate("() => document.activeElement.id") == "c-test-r1-cam1"
    assert not office_page.locator("#stale").is_visible()
    office_page.evaluate("() => document.dispatchEvent(new CustomEvent('htmx:sendError', {bubbles: true}))")
    assert office_page.locator("#stale").is_visible()


def test_a_sign_is_chosen_looked_at_and_taken(office_page: Page, heard: HeardRecorder, someone: Someone) -> None:
    """The preview follows the choice without a press."""
    log_in(office_page, someone("operator"))
    office_page.goto("/notices/make/")
    with office_page.expect_response(lambda each: "sign.svg" in each.url and "size=sticker" in each.url):
        office_page.get_by_label("ステッカー").check()
    address = office_page.get_by_role("link", name="PDF").get_attribute("href")
    assert address is not None and "size=sticker" in address
    begins = "async (path) => (await (await fetch(path)).text()).slice(0, 5)"
    assert office_page.evaluate(begins, address) == "%PDF-"
