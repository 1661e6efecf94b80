"""What a server logs names codes, paths and places in the source; never what somebody typed."""

from __future__ import annotations

import json
import logging

import pytest
import structlog

from mihariban.office.web.logs import log_as_lines


@pytest.fixture
def lines(capsys: pytest.CaptureFixture[str]) -> object:
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    log_as_lines()
    yield lambda: [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    root.handlers, root.level = before, level
    structlog.reset_defaults()


NAME = "見本 太郎"


def test_arguments_of_libraries_are_left_out(lines: object) -> None:
    """The text of the source stays, so that the line can be found."""
    logging.getLogger("django.request").warning("Not Found: %s", NAME)
    logging.getLogger("django.x").error("bad row: " + NAME)  # noqa: G003  # as a careless library does
    logging.getLogger("quiet").info(NAME)
    first, second = lines()  # type: ignore[operator]  # the fixture gives a function
    assert first["event"] == "Not Found: %s" and first["logger"] == "django.request"
    assert second["event"] == "bad row"


def test_a_text_of_placeholders_alone_is_named_by_its_place(lines: object) -> None:
    """An event "%s: %s" cannot be found again."""
    logging.getLogger("django.request").warning("%s: %s", NAME, "/people/")
    logging.getLogger("x").warning("%(name)s (%(n)5.1f)", {"name": NAME, "n": 1.5})
    logging.getLogger("x").warning("gone: %d rows", 3)
    told = [line["event"] for line in lines()]  # type: ignore[operator]  # the same
    assert told[0].startswith("message of test_logs.py:") and told[1].startswith("message of test_logs.py:")
    assert told[2] == "gone: %d rows"


@pytest.mark.parametrize("ours", [True, False])
def test_of_an_exception_type_and_places_stay(lines: object, ours: bool) -> None:
    """Its message may be a row of the database."""
    try:
        int(NAME)  # its message holds what was given
    except ValueError:
        if ours:
            structlog.get_logger("x").exception("a part died", part="listener")
        else:
            logging.getLogger("django.request").exception("Internal Server Error: %s", "/people/")
    (line,) = lines()  # type: ignore[operator]  # the same
    assert line["error"] == "ValueError" and line["where"][-1].startswith("test_logs.py:")
    assert NAME not in json.dumps(line, ensure_ascii=False)
