"""What is shown when something is wrong: each a page with a sentence, and nothing of the inside."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from django.test import Client, RequestFactory

from mihariban.base.errors import MiharibanError, StorageError
from mihariban.ledger.errors import LedgerUnwritable
from mihariban.office.base.acting import Acting
from mihariban.office.base.errors import ChangedMeanwhile, NotAllowed, NotThere, OfficeMisconfigured
from mihariban.office.web import views
from mihariban.office.web.middleware import Refusals, status_of
from tests.support.office_server import accessible, log_in, valid

if TYPE_CHECKING:
    from playwright.sync_api import Page


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (NotAllowed(why_ja="だめ。", why_en="No."), 403),
        (NotThere(what_ja="この日", what_en="The day"), 404),
        (OfficeMisconfigured(where="x", why="y"), 400),
        (ChangedMeanwhile(what_ja="この日", what_en="The day"), 409),
        (LedgerUnwritable(why="disk full"), 503),
    ],
)
def test_errors_of_the_tree_are_pages(office: object, error: MiharibanError, status: int) -> None:
    """With the sentence and the code; what is not ours goes on to the page of 500."""
    assert status_of(error) == status
    request = RequestFactory().get("/", secure=True)
    frame = Refusals(lambda _: None)  # type: ignore[arg-type,return-value]  # never called
    response = frame.process_exception(request, error)
    assert response is not None and response.status_code == status
    assert error.code in response.content.decode()
    assert frame.process_exception(request, ValueError("secret")) is None
    assert isinstance(error, StorageError) == (status == 503)


def test_the_page_of_500_needs_nothing_that_may_be_broken() -> None:
    """No database, session or navigation; both languages, since nobody is known."""
    response = views.broken(RequestFactory().get("/"))
    assert response.status_code == 500
    page = response.content.decode()
    assert "システムのエラーです" in page and "Something is broken" in page
    valid(page)


def test_a_form_of_another_session_is_told(office: object) -> None:
    """And not Django's own page."""
    client = Client(enforce_csrf_checks=True)
    response = client.post("/language/", {"language": "en"}, secure=True)
    assert response.status_code == 403
    assert "もう一度送ってください" in response.content.decode()


def test_the_way_back_stays_on_this_host(office: object, client: Client) -> None:
    """Choosing a language leads nowhere else."""
    for back in ("https://evil.example/", "//evil.example/", "javascript:alert(1)", "x"):
        assert client.post("/language/", {"next": back}, secure=True)["Location"] == "/"
    assert client.post("/language/", {"next": "/a/?b=1"}, secure=True)["Location"] == "/a/?b=1"


def test_refused_pages_in_the_browser(office_page: Page, someone: Callable[..., Acting]) -> None:
    """axe and tidy find nothing on them."""
    log_in(office_page, someone("operator"))
    response = office_page.goto("/nothing/")
    assert response is not None and response.status == 404
    accessible(office_page)
    valid(office_page.content())
    office_page.set_content(views.broken(RequestFactory().get("/")).content.decode())
    accessible(office_page)
