"""Faults in a browser: every page and state with axe and tidy."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from mihariban.base.clock import DAY, HOUR, TurnedClock
from mihariban.office.base.acting import Acting
from mihariban.office.base.dates import now
from mihariban.office.faults.actions.take_disk import take_disk
from mihariban.office.faults.models import Fault
from mihariban.office.sites.models import Kiosk, RecorderUnit, SeenFinding
from tests.support.office_server import accessible, log_in, valid

Someone = Callable[..., Acting]
Made = Callable[..., Fault]


def _good(page: Page) -> None:
    accessible(page)
    valid(page.content())


def test_a_fault_from_the_telephone_to_the_seal(office_page: Page, kiosk: Kiosk, someone: Someone) -> None:
    """Opened, told, called, repaired, restored, confirmed by clicks."""
    page = office_page
    log_in(page, someone("manager"))
    page.goto("/faults/")
    _good(page)
    page.get_by_role("link", name="故障を届け出る").click()
    _good(page)
    page.get_by_role("button", name="届け出る").click()
    expect(page.get_by_role("textbox", name="内容")).to_have_attribute("aria-invalid", "true")
    _good(page)
    page.get_by_label("機械", exact=False).first.select_option("k2")
    assert page.locator("[name=kind]:checked").count() == 0
    page.get_by_label("システム", exact=True).check()
    page.get_by_role("textbox", name="内容").fill("画面が映らない")
    page.get_by_role("button", name="届け出る").click()
    expect(page.get_by_text("使用停止中")).to_be_visible()
    for fold in page.locator("summary").all():
        fold.click()
    _good(page)

    def fill(name: str, **typed: str) -> None:
        form = page.locator("details").filter(has=page.locator("summary", has_text=name))
        if form.get_attribute("open") is None:
            form.locator("summary").click()
        for field, text in typed.items():
            form.locator(f"[name={field}]").fill(text)
        form.get_by_role("button", name=name).click()

    fill("電話を記録する", spoken_to="見本保守 例 一郎", said="明日の朝に来る")
    expect(page.get_by_text("電話を記録しました")).to_be_visible()
    fill("修理を書く", cause="電源", repair="交換")
    fill("試験して復旧する", test="一枚発行した")
    expect(page.get_by_text("復旧しました")).to_be_visible()
    fill("記録を確認する")
    expect(page.get_by_text("この故障ですることはもうありません")).to_be_visible()
    _good(page)


@pytest.mark.parametrize("language", ["日本語", "English"])
def test_every_page(
    office_page: Page, in_state: Made, someone: Someone, kiosk: Kiosk, office_clock: TurnedClock, language: str
) -> None:
    """In every state, with an alarm, disks, downtime, the A4 pages."""
    manager, page = someone("manager"), office_page
    office_clock.turn(DAY)
    made = [
        in_state(state, kind=kind, stop=True)
        for state, kind in (("open", "camera"), ("repaired", "paper"), ("restored", "printer"), ("confirmed", "paper"))
    ]
    take_disk(
        made[0], serial="S-1", taken_at=now(), taken_by="見本保守", kept_at="金庫", acting=manager, stamp=made[0].stamp
    )
    SeenFinding.objects.create(
        recorder=RecorderUnit.objects.get(),
        code="camera_dark",
        camera="cam1",
        severity="alarm",
        since=now(),
        ja="暗い",
        en="dark",
    )
    office_clock.turn(5 * HOUR)
    log_in(page, manager)
    page.goto("/faults/")
    if language == "English":
        page.get_by_role("button", name="English").click()
    paths = ["", "new/", "disks/", "disks/1/hand/", "disks/1/erase/", "figures/", "?as=print"]
    paths = [path.replace("/1/", f"/{made[0].disks.get().pk}/") for path in paths]
    for path in [*paths, *(f"{fault.pk}/{part}" for fault in made for part in ("", "print/", "notice/"))]:
        page.goto(f"/faults/{path}")
        _good(page)
