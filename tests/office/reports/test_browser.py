"""Keys, things, registers and figures in a real browser: axe and tidy on every page, in the states they have."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page

from mihariban.base.clock import HOUR, MINUTE, TurnedClock
from mihariban.office.base.acting import Acting, system
from mihariban.office.base.dates import now
from mihariban.office.base.periods import day_begin
from mihariban.office.found.models import Thing
from mihariban.office.found.sample import make_things
from mihariban.office.keyledger.actions.watch_keys import watch_keys
from mihariban.office.keyledger.models import Key, KeyUse, Opening
from mihariban.office.keyledger.sample import make_keys
from mihariban.office.sites.models import Kiosk, RecorderUnit, SeenEvent, SeenVisit, Site
from tests.support.office_server import accessible, log_in, valid

Someone = Callable[..., Acting]


def _look(page: Page, path: str) -> None:
    page.goto(path)
    accessible(page)
    valid(page.content())


@pytest.fixture
def people(someone: Someone) -> dict[str, Acting]:
    """Manager, two operators."""
    found = {"manager": someone("manager", name="例 一郎"), "operator": someone("operator", name="見本 花子")}
    someone("operator", name="見本 太郎")
    return found


@pytest.fixture
def site(office: Path) -> RecorderUnit:
    """A kiosk and a recorder."""
    place = Site.objects.create(id="honchosha", name="本庁舎")
    Kiosk.objects.create(id="k1", site=place, name="交付機 1")
    return RecorderUnit.objects.create(id="rec1", site=place)


def test_empty_pages(office_page: Page, people: dict[str, Acting], site: RecorderUnit) -> None:
    """Before anything was entered, for the manager."""
    log_in(office_page, people["manager"])
    for path in (
        "/keyledger/",
        "/keyledger/new/",
        "/keyledger/uses/",
        "/found/",
        "/found/new/",
        "/found/settings/",
        "/reports/",
        "/reports/figures/",
    ):
        _look(office_page, path)


def test_a_key_in_two_presses(
    office_page: Page, people: dict[str, Acting], site: RecorderUnit, office_clock: TurnedClock
) -> None:
    """Taken, late, brought back, and the board in each state."""
    make_keys(people["manager"], site)
    log_in(office_page, people["operator"])
    _look(office_page, "/keyledger/")
    office_page.get_by_role("link", name="持ち出す").first.click()
    accessible(office_page)
    valid(office_page.content())
    office_page.get_by_role("button", name="ディスクの交換").click()
    assert "持ち出し中" in office_page.content()
    office_clock.turn(3 * HOUR)
    log_in(office_page, people["operator"])
    SeenEvent.objects.create(recorder=site, seq=0, tag="boot:process:stop", outcome="done", at=now(), facts={})
    KeyUse.objects.filter(in_at=None).update(out_at=now() - timedelta(hours=2, minutes=30))
    watch_keys(acting=system())
    _look(office_page, "/keyledger/")
    assert "上限を超えています" in office_page.content()
    office_page.get_by_role("link", name="戻す").first.click()
    accessible(office_page)
    valid(office_page.content())
    office_page.get_by_role("button", name="開けた・戻す").click()
    use = KeyUse.objects.get()
    for path in (
        f"/keyledger/uses/{use.pk}/",
        f"/keyledger/uses/{use.pk}/correct/out_at/",
        "/keyledger/count/",
        "/keyledger/uses/?as=print",
    ):
        _look(office_page, path)


def test_alarms_and_the_managers_pages(
    office_page: Page, people: dict[str, Acting], site: RecorderUnit, office_clock: TurnedClock
) -> None:
    """An unexplained opening, a count that does not fit, and the pages that mend them."""
    make_keys(people["manager"], site)
    SeenEvent.objects.create(recorder=site, seq=0, tag="boot:process:stop", outcome="done", at=now(), facts={})
    office_clock.turn(20 * MINUTE)
    watch_keys(acting=system())
    log_in(office_page, people["manager"])
    office_page.goto("/keyledger/count/")
    office_page.get_by_role("spinbutton").first.fill("0")
    for field in office_page.get_by_role("spinbutton").all()[1:]:
        field.fill("1")
    office_page.get_by_role("button", name="記録する").click()
    assert "理由が必要" in office_page.content()
    accessible(office_page)
    valid(office_page.content())
    office_page.get_by_label("備考").fill("探している")
    office_page.get_by_role("button", name="記録する").click()
    key, opening = Key.objects.earliest("pk"), Opening.objects.get()
    for path in (
        "/keyledger/",
        f"/keyledger/openings/{opening.pk}/",
        "/keyledger/openings/",
        "/keyledger/counts/",
        "/keyledger/limit/",
        f"/keyledger/{key.pk}/change/",
        f"/keyledger/{key.pk}/retire/",
    ):
        _look(office_page, path)


def test_things(office_page: Page, people: dict[str, Acting], site: RecorderUnit) -> None:
    """List, entry, each way out, a refusal beside its field."""
    make_things(people["operator"], Kiosk.objects.get())
    log_in(office_page, people["manager"])
    kept = Thing.objects.filter(state="kept", kind="certificate").latest("pk")
    for path in (
        "/found/",
        "/found/?as=print",
        f"/found/{kept.pk}/",
        f"/found/{kept.pk}/return/",
        f"/found/{kept.pk}/destroy/",
        f"/found/{kept.pk}/police/",
        f"/found/{kept.pk}/correct/what/",
        "/found/corrections/",
    ):
        _look(office_page, path)
    office_page.goto("/found/new/")
    office_page.get_by_label("備考").fill("1234 5678 9018")
    office_page.get_by_label("保管場所").fill("住所の棚")
    office_page.get_by_role("button", name="記入する").click()
    assert "個人番号" in office_page.content() and office_page.get_by_label("確かめた").is_visible()
    accessible(office_page)
    valid(office_page.content())


def test_registers_and_figures(office_page: Page, people: dict[str, Acting], site: RecorderUnit) -> None:
    """With drawings, in both languages."""
    morning = day_begin(now().date()) + timedelta(hours=8, minutes=30)
    for n in range(40):
        start = morning - timedelta(days=n % 9) + timedelta(minutes=9 * n)
        for again in range(1 + n % 2):
            at = start + timedelta(seconds=80 * again)
            SeenVisit.objects.create(
                recorder=site,
                camera="cam1",
                visit=f"v{n}-{again}",
                day=at.date(),
                hour=at.hour,
                started=at,
                ended=at + timedelta(seconds=60),
                seconds=60,
                state="kept",
            )
    log_in(office_page, people["manager"])
    _look(office_page, "/reports/")
    _look(office_page, "/reports/figures/")
    for summary in office_page.locator("details > summary").all():
        summary.click()
    accessible(office_page)
    office_page.get_by_role("button", name="English").click()
    office_page.get_by_role("heading", name="Visits by hour").wait_for()
    accessible(office_page)
