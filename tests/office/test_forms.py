"""Every form of the office, found by following links, sent as a browser sends it: nothing typed is lost, and whatever is
wrong is told by a page of ours in Japanese."""

from __future__ import annotations

import html
import logging
import re
from collections.abc import Callable, Iterator
from typing import Any, ClassVar

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from structlog.testing import capture_logs

from mihariban.base.clock import SECOND
from mihariban.demo.office import fill_registers
from mihariban.office.base.acting import Acting
from mihariban.office.base.dates import today
from mihariban.office.people import roles
from mihariban.office.people.sample import make_sample as people
from mihariban.office.rule.sample import make_sample as rule
from mihariban.office.sites.listen import listen
from mihariban.office.sites.sample import make_sample as kiosks
from mihariban.office.web.logs import ToLines
from tests.support.crawl import crawl, view_of
from tests.support.forms import Form, encoded, forms_in
from tests.support.office_recorder import HeardRecorder, heard, recorded_site

__all__ = ["heard", "recorded_site"]

ROLES = {"manager": 2, "hanako": 1, "it": 1}
"""Whose pages, and how many of a view."""
STARTS = ("/", "/wizard/", "/days/changes/new/?kind=closure")
MILLION = "長" * 1_000_000
LONG = "長" * 10_000
NASTY = "書いた文{n}\N{GRINNING FACE}葛\U000e0100<script>alert(1)</script>"
PLAIN = "書いた文{n}"
"""With the field's place among the fields for text."""
DONE = (302, 204)
_URLENCODED = "application/x-www-form-urlencoded"
_NOT_OURS = ("language", "account_logout", "account_change_password", "account_reauthenticate")
"""The frame's, and those of secrets, which are never given back."""

Button = tuple[str, str] | None


def _has_forms(address: str) -> bool:
    """Neither a picture nor a list in another form."""
    return not re.search(r"[?&](as|sort|field|month)=|\.(svg|png|pdf)|/print/", address)


class Clerk:
    """Somebody at a browser, and the forms that the pages offer to that person."""

    def __init__(self, acting: Acting, seen: set[str], most: int) -> None:
        self.client = Client(raise_request_exception=True)
        self.client.force_login(acting.user)  # type: ignore[arg-type]  # an account of a test
        self.forms = list(self._forms(seen, most))

    def _forms(self, seen: set[str], most: int) -> Iterator[Form]:
        for page in crawl(self.client, STARTS, most=most, follow=_has_forms):
            for form in forms_in(page.address, page.body) if page.status == 200 else []:
                view = view_of(form.address)
                if view not in _NOT_OURS and f"{view} {form.shape}" not in seen:
                    seen.add(f"{view} {form.shape}")
                    yield form

    def send(self, form: Form, told: dict[str, str]) -> HttpResponse:
        """Send it; whatever it does is undone."""
        with transaction.atomic():
            body = encoded(told)
            response = self.client.post(form.address, body, content_type=_URLENCODED, secure=True)
            transaction.set_rollback(True)
        return response  # type: ignore[return-value]  # the client's own kind of response


@pytest.fixture
def clerks(heard: HeardRecorder) -> list[Clerk]:
    """Sample data of every app, and who works with it."""
    acting = people(today())
    kiosks(acting["manager"], heard.unit.site)
    rule(acting["hanako"], today())
    listen(heard.unit)
    fill_registers(today())
    heard.clock.turn(30 * SECOND)
    listen(heard.unit)
    seen: set[str] = set()
    return [Clerk(acting[name], seen, most) for name, most in ROLES.items()]


def ours(response: HttpResponse) -> str:
    """The page, made sure that it is one of ours: in Japanese, with a sentence, without anything of the inside."""
    page = response.content.decode()
    assert 'lang="ja"' in page and "<h1" in page, page[:400]
    assert "Traceback" not in page and "Bad Request" not in page and "Server Error" not in page
    assert re.search(r"[ぁ-ん]{2,}.*。", page)
    assert "<script>alert" not in page
    return page


def kept(form: Form, page: str, text: str) -> None:
    """All that was typed stands in the page."""
    for place, name in enumerate(form.texts):
        wanted = html.escape(text.replace("{n}", str(place)))
        assert wanted in page, f"{name}: {wanted}"


class Million:
    """A million letters in a field, nine bytes each as a browser sends them: refused beside it. One form an app, for the
    reading of nine million bytes takes its time."""

    views = (
        "checks:sheet", "days:new", "faults:open", "found:new", "keyledger:take", "people:new", "rule:propose",
        "rule:propose_text",
    )  # fmt: skip  # a list of names
    looked: ClassVar[set[str]] = set()

    def send(self, clerk: Clerk, form: Form, button: Button) -> None:
        view = view_of(form.address)
        if view not in self.views or view in self.looked:
            return
        self.looked.add(view)
        response = clerk.send(form, form.filled(PLAIN, button, **{form.texts[-1]: MILLION}))
        assert response.status_code == 422, response.status_code
        assert MILLION in ours(response)


class Long:
    """Far too much in every field for text of every form: each refused beside it, all of it still there."""

    def send(self, clerk: Clerk, form: Form, button: Button) -> None:
        if not form.texts:
            return
        response = clerk.send(form, form.filled(LONG, button))
        if response.status_code in DONE and button == ("later", "1"):
            return  # the wizard keeps it for later
        assert response.status_code in (200, 409, 422), response.status_code
        assert len(re.findall(f"(?<!長){LONG}(?!長)", ours(response))) >= len(form.texts)


class Rare:
    """Letters outside the plane, a variant, markup: saved, or refused with all of them still there."""

    text = NASTY

    def send(self, clerk: Clerk, form: Form, button: Button) -> None:
        response = clerk.send(form, form.filled(self.text, button))
        if response.status_code == 200:
            ours(response)
        elif response.status_code not in DONE:
            kept(form, ours(response), self.text)


class Nul(Rare):
    """The same with a letter that no text has."""

    text = f"{NASTY}\0"


class Gone:
    """Every role ended since the page was opened: the page says so and gives back what was typed."""

    def send(self, clerk: Clerk, form: Form, button: Button) -> None:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(roles, "roles_of", lambda *_: frozenset())
            response = clerk.send(form, form.filled(PLAIN, button))
        assert response.status_code in (403, 409), response.status_code
        kept(form, ours(response), PLAIN)


class Stale:
    """Somebody else was faster: told so, and nothing typed is lost."""

    conflicts: ClassVar[list[str]] = []

    def send(self, clerk: Clerk, form: Form, button: Button) -> None:
        stamps = [each.name for each in form.fields.values() if each.is_stamp]
        if not stamps:
            return
        response = clerk.send(form, form.filled(PLAIN, button, **dict.fromkeys(stamps, "999999")))
        if response.status_code in DONE:
            return  # what stands side by side needs no stamp: notes, a draft that is kept
        if response.status_code == 409:
            self.conflicts.append(form.address)
        kept(form, ours(response), PLAIN)


WAYS = (Million(), Long(), Rare(), Nul(), Gone(), Stale())


def test_nothing_typed_is_lost(
    clerks: list[Clerk], subtests: pytest.Subtests, caplog: pytest.LogCaptureFixture
) -> None:
    """Each form in each way. The pages are made once: that takes longer than all the sending."""
    Million.looked.clear()
    Stale.conflicts.clear()
    for clerk in clerks:
        for form in clerk.forms:
            for button in form.ways:
                for way in WAYS:
                    with subtests.test(type(way).__name__, form=f"{form.address} {button or ''} {form.shape[:80]}"):
                        way.send(clerk, form, button)
    found = {view_of(form.address) for clerk in clerks for form in clerk.forms}
    assert wanted_views() - found == set(), "forms that nobody comes to"
    assert Million.looked == set(Million.views) and len(Stale.conflicts) > 8
    assert [each.getMessage() for each in caplog.records if each.levelno >= logging.ERROR] == []


def wanted_views() -> set[str]:
    """Or the test above might look at nothing."""
    return {
        "checks:sheet", "days:new", "days:change", "faults:open", "faults:record", "found:new", "found:correct",
        "found:destroy", "found:return", "keyledger:take", "keyledger:new", "keyledger:count", "notices:contact",
        "notices:hang", "people:new", "people:change", "people:designate", "people:appoint", "people:activate",
        "rule:propose", "rule:propose_text", "rule:version", "sites:kiosk",
    }  # fmt: skip  # a list of names


def test_more_than_the_office_reads(someone: Callable[..., Acting], caplog: pytest.LogCaptureFixture) -> None:
    """Three million letters are more than a form may carry: our page says what to do, and no traceback is logged."""
    client = Client()
    client.force_login(someone("operator").user)  # type: ignore[arg-type]  # an account of a test
    body = encoded({"what": MILLION * 3})
    response = client.post("/faults/new/", body, content_type=_URLENCODED, secure=True)
    assert response.status_code == 400
    assert "前の画面に戻ると、入力した文が残っています" in ours(response)
    told = [event for event in _lines(caplog) if event.get("status") == 400]
    assert told and all("where" not in event for event in told)


def _lines(caplog: pytest.LogCaptureFixture) -> list[Any]:
    """What a server writes of the records."""
    with capture_logs() as events:
        for record in caplog.records:
            ToLines().emit(record)
    return list(events)
