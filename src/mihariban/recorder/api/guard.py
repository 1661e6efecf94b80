"""The one place around all routes: turns errors into answers, limits how many requests run, logs and counts."""

from __future__ import annotations

import traceback
from collections import Counter

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from mihariban.base.errors import MiharibanError
from mihariban.recorder.api.replies import error_reply
from mihariban.recorder.contract.errors import RecorderUnavailable

_log = structlog.get_logger(__name__)

MAX_REQUESTS = 64
"""Requests at work at once; long polls count too."""


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


class Guard:
    """ASGI middleware.

    Args:
        app: what it guards.
        counts: where it counts.
        limit: requests at work at once.
    """

    def __init__(self, app: ASGIApp, counts: Counts, limit: int = MAX_REQUESTS) -> None:
        self._app = app
        self._counts = counts
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
            self._check_room()
            await self._app(scope, receive, watched)
        except MiharibanError as error:
            self._count(scope, error)
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

    def _check_room(self) -> None:
        if self._running > self._limit:
            raise RecorderUnavailable(address="", why="too many requests at once")

    def _count(self, scope: Scope, error: MiharibanError) -> None:
        self._counts.errors[error.code] += 1
        # neither path nor query: they may name a person's request
        _log.info("request refused", method=scope["method"], code=error.code)
