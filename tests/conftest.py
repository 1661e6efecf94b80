"""For all tests: Django is set up once (``mihariban.office.web.plain``), each office has a database of its own."""

from __future__ import annotations

import os

import pytest

from tests.support.office_server import *  # noqa: F403  # fixtures
from tests.support.office_web import *  # noqa: F403  # fixtures
from tests.support.postgres import *  # noqa: F403  # fixtures

# Playwright's event loop stays in the thread of the tests, and Django would refuse its database to all that come after.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A test that opens a page in the browser is known by its fixtures, so that a run can do without."""
    for item in items:
        if "page" in getattr(item, "fixturenames", ()):
            item.add_marker("browser")
