"""People and the wizard in a real browser: accessible, valid, usable by keyboard alone."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from mihariban.office.base.acting import Acting
from mihariban.office.people.sample import make_sample
from mihariban.office.wizard import actions
from mihariban.office.wizard.once import STILLS
from mihariban.office.wizard.pictures import clean_picture
from mihariban.office.wizard.site_file import read_site_file
from tests.office.wizard.test_plan import PNG
from tests.support.office_server import accessible, log_in, valid

if TYPE_CHECKING:
    from playwright.sync_api import Page

PEOPLE = (
    "", "new/", "designations/", "designations/?as=print", "deputy/", "deputy/list/", "deputy/activate/", "posts/",
    "posts/new/", "on/", "{pk}/", "{pk}/change/", "{pk}/designate/", "{pk}/appoint/", "{pk}/account/password/",
)  # fmt: skip


def _checked(page: Page, path: str) -> None:
    response = page.goto(path)
    assert response is not None and response.status == 200, path
    valid(response.text())
    accessible(page)


@pytest.fixture
def everybody(office_page: Page) -> dict[str, Acting]:
    """The sample people."""
    from datetime import date

    return make_sample(date(2026, 4, 1))


def test_every_page_of_people(office_page: Page, everybody: dict[str, Acting]) -> None:
    """axe and tidy find nothing; refused forms too."""
    log_in(office_page, everybody["manager"])
    user = everybody["hanako"].user
    assert user is not None
    for path in PEOPLE:
        _checked(office_page, f"/people/{path.format(pk=user.person_id)}")
    office_page.goto("/people/new/")
    office_page.get_by_role("button", name="登録する").click()
    assert office_page.locator("main .m-field__error").count() == 1
    accessible(office_page)


def test_every_step(office_page: Page, everybody: dict[str, Acting], site_file: Path, office: Path) -> None:
    """Before and after there is something; the corners by keyboard and by mouse, what is drawn outlives leaving."""
    page = office_page
    log_in(page, everybody["it"])
    for path in ("", "section/", "people/", "kiosk/", "zone/", "plan/", "summary/"):
        _checked(page, f"/wizard/{path}")
    found = read_site_file()
    assert found is not None
    site = actions.read_equipment(found, acting=everybody["it"])
    actions.keep_plan(site, clean_picture(PNG), folder=office, acting=everybody["it"])
    for path in ("kiosk/", "zone/", "plan/", "summary/"):
        _checked(page, f"/wizard/{path}")
    page.goto("/wizard/zone/")
    page.locator(".w-corner").first.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+ArrowDown")
    assert [page.locator(f"input[name={axis}]").first.input_value() for axis in ("x", "y")] == ["10.5", "15"]
    with page.expect_response(lambda reply: reply.request.method == "POST" and reply.status == 204):
        page.get_by_role("button", name="角を増やす").click()
    assert page.locator(".w-corner").count() == 4
    page.reload()
    assert page.locator(".w-corner").count() == 4
    box = page.locator(".w-drawing").bounding_box()
    handle = page.locator(".w-corner").nth(1).bounding_box()
    assert box is not None and handle is not None
    page.mouse.move(handle["x"] + 10, handle["y"] + 10)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.8, box["y"] + box["height"] * 0.2, steps=4)
    page.mouse.up()
    assert page.locator("input[name=x]").nth(1).input_value() in ("79.9", "80", "80.1")
    page.get_by_role("button", name="保存して次へ").click()
    page.wait_for_url("**/wizard/plan/")
    assert "再起動" in page.content()
    again = read_site_file()
    assert again is not None and again.site.camera[0].zones[0][0] == (0.105, 0.15)
    mark = page.locator(".w-mark").first
    mark.focus()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("PageDown")
    row = page.locator("tbody tr").first.locator("input")
    assert [row.nth(place).input_value() for place in range(3)] == ["32.8", "50", "185"]
    page.get_by_role("button", name="保存して次へ").click()
    page.wait_for_url("**/wizard/summary/")
    accessible(page)


def test_a_still_is_under_the_zone_once(office_page: Page, everybody: dict[str, Acting], site_file: Path) -> None:
    """Seen, and gone when the page is loaded again."""
    found = read_site_file()
    user = everybody["it"].user
    assert found is not None and user is not None
    actions.read_equipment(found, acting=everybody["it"])
    log_in(office_page, everybody["it"])
    word = STILLS.put(user.pk, clean_picture(PNG).png)
    office_page.goto(f"/wizard/zone/?camera=cam1&still={word}")
    width = "document.querySelector('.w-drawing img').naturalWidth"
    assert office_page.evaluate(width) == 64
    accessible(office_page)
    office_page.reload()
    assert office_page.evaluate(width) == 0


def test_the_beginning(office_page: Page, office: Path) -> None:
    """Without an account; the address and the form."""
    _checked(office_page, "/wizard/begin/")
