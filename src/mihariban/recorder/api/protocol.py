"""HTTP/1.1 of the server library, less patient: a limit on connections, on the time a request's head may take, and our
form of answer where it is not HTTP at all. Also tells the app which role the client's certificate carries."""

from __future__ import annotations

import asyncio
import ssl

import h11
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from mihariban.recorder.api.context import ROLE
from mihariban.recorder.api.replies import JSON_TYPE, error_bytes
from mihariban.recorder.api.tls import role_of
from mihariban.recorder.contract.errors import RecorderUnavailable, RequestMalformed

MAX_CONNECTIONS = 96
HEAD_SECONDS = 10.0
"""Longest time between a connection, or the first byte of a request, and the end of the request's head."""

MAX_HEAD = 16_384
"""Longest head of a request, in bytes."""


class DoorProtocol(H11Protocol):
    """One connection."""

    _head_timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as its parent's
        super().connection_made(transport)
        if len(self.connections) > MAX_CONNECTIONS:
            transport.write(_full())
            transport.close()
            return
        tls = transport.get_extra_info("ssl_object")
        if isinstance(tls, ssl.SSLObject):
            self.app = _WithRole(self.app, role_of(tls.getpeercert() or {}))
        self._watch_head()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self._watch_head()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_watching()
        super().connection_lost(exc)

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002  # what the library would say
        """Not HTTP."""
        self._stop_watching()
        if self.cycle is not None:
            self.cycle.disconnected = True
        if self.conn.our_state in (h11.IDLE, h11.SEND_RESPONSE):
            self.transport.write(_answer(400, b"Bad Request", error_bytes(RequestMalformed(why="not HTTP/1.1"))))
        self.transport.close()

    def _watch_head(self) -> None:
        if self.cycle is not None and not self.cycle.response_complete:
            self._stop_watching()  # the body has its own limit
        elif self._head_timer is None and self.timeout_keep_alive_task is None:
            self._head_timer = self.loop.call_later(HEAD_SECONDS, self.transport.close)

    def _stop_watching(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None


class _WithRole:
    """Puts the role of the client's certificate into the scope."""

    def __init__(self, app: ASGIApp, role: str) -> None:
        self._app = app
        self._role = role

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope[ROLE] = self._role
        await self._app(scope, receive, send)


def _full() -> bytes:
    return _answer(
        503, b"Service Unavailable", error_bytes(RecorderUnavailable(address="", why="too many connections"))
    )


def _answer(status: int, phrase: bytes, body: bytes) -> bytes:
    head = f"content-type: {JSON_TYPE}\r\ncontent-length: {len(body)}\r\nconnection: close\r\n\r\n".encode()
    return b"HTTP/1.1 %d %s\r\n%s%s" % (status, phrase, head, body)
