"""Logs of the office: one JSON object a line on standard error, without personal data.

Our own events name codes, paths without their query, and numbers. Messages of libraries are kept where they are texts
of their source alone; what they put into them at run time may be what a person typed, and is left out.
"""

from __future__ import annotations

import logging
import re

import structlog
from django.core.exceptions import SuspiciousOperation

from mihariban.base.logs import log_to_stderr, places

_log = structlog.get_logger("library")
_PLACEHOLDER = re.compile(r"%(\(\w+\))?[-#0 +]*\d*(\.\d+)?[a-zA-Z]")


class ToLines(logging.Handler):
    """Hands records of the standard library's logging to structlog: the text of the source, never its arguments."""

    def emit(self, record: logging.LogRecord) -> None:
        facts: dict[str, object] = {"logger": record.name}
        request = getattr(record, "request", None)
        if request is not None:
            facts["path"] = getattr(request, "path", "")
        status = getattr(record, "status_code", None)
        if status is not None:
            facts["status"] = status
        if record.exc_info and record.exc_info[0] is not None:
            facts["error"] = record.exc_info[0].__name__
            if not issubclass(record.exc_info[0], SuspiciousOperation):  # what was sent is at fault, not our code
                facts["where"] = places(record.exc_info[2])
        _log.warning(text_of(record), **facts)


def text_of(record: logging.LogRecord) -> str:
    """What the source says, with its placeholders unfilled; a finished text only where it came without arguments and is
    the server's own."""
    if not isinstance(record.msg, str):
        return type(record.msg).__name__
    own = record.name.startswith("uvicorn")
    if record.args and not _PLACEHOLDER.sub("", record.msg).strip(" :,;.()"):  # "%s: %s" tells nothing
        return f"message of {record.filename}:{record.lineno}"
    return record.msg if record.args or own else record.msg.split(":", 1)[0][:80]


def log_as_lines() -> None:
    """Set logging up for a server: everything from a warning on goes to standard error as JSON."""
    log_to_stderr(lines=True)
    root = logging.getLogger()
    root.handlers = [ToLines()]
    root.setLevel(logging.WARNING)
