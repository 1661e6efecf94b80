"""For all tests: Django is set up once (``mihariban.office.web.plain``), each office has a database of its own."""

from __future__ import annotations

from tests.support.office_server import *  # noqa: F403  # fixtures
from tests.support.office_web import *  # noqa: F403  # fixtures
from tests.support.postgres import *  # noqa: F403  # fixtures
