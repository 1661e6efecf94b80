"""Every page of every app for each role, empty and filled: opened, accessible, valid, asking no other host.

Pages are found by following links, so that a page that nobody can come to fails the test too. Each view is looked at in the
browser once for each of the two states; its other states have tests in its app.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from django.test import Client

from mihariban.base.clock import DAY, SECOND
from mihariban.demo.office import fill_registers
from mihariban.office.base.acting import Acting
from mihariban.office.base.dates import today
from mihariban.office.people.sample import make_sample as people
from mihariban.office.rule.sample import make_sample as rule
from mihariban.office.sites.listen import listen
from mihariban.office.sites.sample import make_sample as kiosks
from tests.support.crawl import Page, all_views, crawl
from tests.support.office_recorder import HeardRecorder, heard, recorded_site
from tests.support.office_server import accessible, log_in, valid

if TYPE_CHECKING:
    from playwright.sync_api import Page as Browser

__all__ = ["heard", "recorded_site"]

Someone = Callable[..., Acting]
ROLES = ("manager", "operator", "auditor", "it", "vendor")
STARTS = ("/", "/wizard/")

THEIRS = ("account", "mfa", "socialaccount", "openid_connect")
"""Pages of the login library; see tests/office/web/test_login.py."""

NOT_BY_A_LINK = {
    "days:deliver", "checks:confirm", "checks:explain", "checks:fault", "people:stop", "keyledger:confirm",
    "wizard:finish", "wizard:marks", "wizard:take", "wizard:still", "wizard:begin", "wizard:equipment",
    "rule:on",
}  # fmt: skip
"""Views to which a form leads, or which are there before the first account is."""

NOT_IN_THIS_DATA = {
    "checks:correct", "keyledger:bring_back", "keyledger:explain", "faults:from_finding", "faults:gaps", "faults:disk",
    "people:account", "people:account-link", "wizard:picture",
}  # fmt: skip
"""Views that the sample data has no row for; their apps' own tests look at them."""


def client_of(acting: Acting) -> Client:
    client = Client()
    client.force_login(acting.user)  # type: ignore[arg-type]  # an account of a test
    return client


def opened(acting: Acting) -> list[Page]:
    """Every page that this person comes to."""
    return list(crawl(client_of(acting), STARTS))


def look_at(browser: Browser, acting: Acting, pages: list[Page], seen: set[str]) -> None:
    """In the browser, what was not seen yet in this shape."""
    log_in(browser, acting)
    for page in _new(pages, seen):
        browser.goto(page.address, wait_until="load")
        accessible(browser)
        valid(browser.content())


def _new(pages: list[Page], seen: set[str]) -> list[Page]:
    """The first page of each view that is made in a shape that nobody has looked at."""
    found = []
    for page in pages:
        if page.kind == "text/html" and page.status == 200 and not seen & {page.view, page.skeleton}:
            seen |= {page.view, page.skeleton}
            found.append(page)
    return found


def broken(pages: list[Page]) -> list[tuple[str, int]]:
    """What a link leads to and does not work. A refusal by role is fine: one page may say more than another lets in."""
    return [(page.address, page.status) for page in pages if page.status >= 500 or page.status in (404, 400, 405)]


@pytest.fixture
def filled(heard: HeardRecorder) -> dict[str, Acting]:
    """Sample data of every app, with a real recorder and two visits."""
    acting = people(today())
    site = heard.unit.site
    kiosks(acting["manager"], site)
    rule(acting["hanako"], today())
    heard.recorder.tick()  # it finds that its ring is a copy
    listen(heard.unit)
    fill_registers(today())
    heard.clock.turn(30 * SECOND)
    listen(heard.unit)
    return {"operator": acting["hanako"], **{name: acting[name] for name in ("manager", "auditor", "it", "vendor")}}


def test_every_page_with_sample_data(office_page: Browser, filled: dict[str, Acting]) -> None:
    """For each role; together they come to every view."""
    seen: set[str] = set()
    views: set[str] = set()
    for role in ROLES:
        pages = opened(filled[role])
        assert broken(pages) == [], role
        views |= {page.view for page in pages if page.status == 200}
        look_at(office_page, filled[role], pages, seen)
    missing = {view for view in all_views() - views - NOT_BY_A_LINK - NOT_IN_THIS_DATA if not view.startswith(THEIRS)}
    assert missing == set(), "nobody comes here by a link"


def test_every_page_of_an_empty_office(office_page: Browser, someone: Someone) -> None:
    """Nothing was entered yet: each page says what to do next, and none breaks."""
    seen: set[str] = set()
    for role in ROLES:
        acting = someone(role, name=f"見本 {role}")
        pages = opened(acting)
        assert broken(pages) == [], role
        look_at(office_page, acting, pages, seen)


def test_every_page_years_later(filled: dict[str, Acting], office_clock: object, heard: HeardRecorder) -> None:
    """With data that has become old, and a recorder that was not heard of since."""
    heard.clock.turn(400 * DAY)
    for role in ("manager", "operator"):
        assert broken(opened(filled[role])) == [], role
