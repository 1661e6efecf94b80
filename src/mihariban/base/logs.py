"""Events for a log, without what must not be in one.

An exception is told by its kind and the lines it came through. Neither its message nor the values on the way, as a
pretty traceback prints them: keys, names and what was typed are among them, and a log is kept longer than these may be.
"""

from __future__ import annotations

import sys
import traceback
from pathlib import Path
from types import TracebackType

import structlog

_FRAMES = 8


def without_messages(_: object, __: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """Processor: of an exception keep kind and places."""
    info = event.pop("exc_info", None)
    info = sys.exc_info() if info is True else info
    if isinstance(info, BaseException):
        info = (type(info), info, info.__traceback__)
    if info and info[0] is not None:
        event["error"] = info[0].__name__
        event["where"] = places(info[2])
    return event


def places(trace: TracebackType | None) -> list[str]:
    """The last files and lines of a traceback."""
    return [f"{Path(frame.filename).name}:{frame.lineno}" for frame in traceback.extract_tb(trace)[-_FRAMES:]]


def log_to_stderr(*, lines: bool = False) -> None:
    """Events go to standard error, facts to standard output: a program may read the one without the other.

    Args:
        lines: one JSON object a line, for a service; else for eyes.
    """
    renderer: structlog.typing.Processor = structlog.processors.JSONRenderer(ensure_ascii=False)
    if not lines:
        renderer = structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            without_messages,
            renderer,
        ],
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
    )
