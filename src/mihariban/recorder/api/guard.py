"""The one place around all routes: turns errors into answers, limits how many requests run, logs and counts."""

from __future__ import annotations

import traceback
from collections import Counter
from collections.abc import Awaitable, Callable

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from mihariban.base.errors import MiharibanError
from mihariban.recorder.api.replies import error_reply
from mihariban.recorder.contract.errors import (
    DoorClosed,
    GrantElsewhere,
    GrantExpired,
    GrantForged,
    GrantMalformed,
    GrantNotYet,
    GrantReplayed,
    GrantRevoked,
    GrantWidened,
    RecorderUnavailable,
)

_log = structlog.get_logger(__name__)

MAX_REQUESTS = 64
"""Requests at work at once; long polls count too."""
RESERVED = 8
"""So many more for what is not reading: orders, and the end of a grant."""


def where(error: BaseException) -> dict[str, str]:
    """An unforeseen error for a log: its kind and the lines it came through. Neither its message nor the values on the
    way, as a pretty traceback would print them: there are names and tokens among them."""
    return {"error": type(error).__name__, "trace": "".join(traceback.format_tb(error.__traceback__))}


class Counts:
    """What the door has answered, for the metrics. Touched on the server's own thread only."""

    def __init__(self) -> None:
        self.answers: Counter[int] = Counter()
        self.errors: Counter[str] = Counter()
        self.unforeseen = 0

    def text(self) -> bytes:
        """The counts in Prometheus' text format."""
        lines = ["# TYPE mihariban_api_answers_total counter"]
        lines += [f'mihariban_api_answers_total{{status="{key}"}} {n}' for key, n in sorted(self.answers.items())]
        lines += ["# TYPE mihariban_api_errors_total counter"]
        lines += [f'mihariban_api_errors_total{{code="{key}"}} {n}' for key, n in sorted(self.errors.items())]
        lines += ["# TYPE mihariban_api_unforeseen_total counter", f"mihariban_api_unforeseen_total {self.unforeseen}"]
        return ("\n".join(lines) + "\n").encode()


REFUSALS = (
    GrantMalformed, GrantForged, GrantExpired, GrantNotYet, GrantElsewhere, GrantWidened, GrantReplayed, GrantRevoked,
    DoorClosed,
)  # fmt: skip
"""What is entered in the ledger when somebody is refused with it. An outdated proof is none: the office hands in a
newer one in the same breath."""
ASKED = "mihariban.asked"
"""In the scope: what was asked for, such as grant or hold, once that is known."""
Refused = Callable[[str, MiharibanError], Awaitable[None]]


class Guard:
    """ASGI middleware.

    Args:
        app: what it guards.
        counts: where it counts.
        refused: told of every refusal, wherever behind it that was decided.
        limit: requests at work at once; a few more are let through where they are not for reading, so that readers
            never keep a grant from being taken back.
    """

    def __init__(self, app: ASGIApp, counts: Counts, refused: Refused, limit: int = MAX_REQUESTS) -> None:
        self._app = app
        self._counts = counts
        self._refused = refused
        self._limit = limit
        self._running = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        begun = False

        async def watched(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                begun = True
                self._counts.answers[message["status"]] += 1
            await send(message)

        self._running += 1
        try:
            self._check_room(scope)
            await self._app(scope, receive, watched)
        except MiharibanError as error:
            self._count(scope, error)
            if isinstance(error, REFUSALS):
                await self._refused(scope.get(ASKED, "door"), error)
            if begun:
                raise
            await error_reply(error)(scope, receive, watched)
        except Exception as error:  # the outer supervisor: one request must not end the door
            self._counts.unforeseen += 1
            _log.error("request failed", method=scope["method"], **where(error))
            if begun:
                raise
            await error_reply(MiharibanError(), 500)(scope, receive, watched)
        finally:
            self._running -= 1

    def _check_room(self, scope: Scope) -> None:
        if self._running > self._limit + (0 if scope["method"] == "GET" else RESERVED):
            raise RecorderUnavailable(address="", why="too many requests at once")

    def _count(self, scope: Scope, error: MiharibanError) -> None:
        self._counts.errors[error.code] += 1
        # neither path nor query: they may name a person's request
        _log.info("request refused", method=scope["method"], code=error.code)
