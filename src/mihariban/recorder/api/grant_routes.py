"""Routes by which footage leaves the recorder: a grant is opened, played or extracted, and closed."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Message, Receive, Scope, Send

from mihariban.ledger.entry import moment
from mihariban.recorder.api.context import Api, path_id, query
from mihariban.recorder.api.door import Session
from mihariban.recorder.api.replies import fact
from mihariban.recorder.contract import PREFIX
from mihariban.recorder.contract.errors import NoSuchThing, RecorderUnavailable, RequestMalformed
from mihariban.recorder.contract.facts import SessionReply
from mihariban.recorder.contract.orders import GrantOrder, RevokeOrder
from mihariban.recorder.grant import open_grant

_NAME = re.compile(r"init-[0-9]{1,9}\.mp4|seg-[0-9]{1,9}\.m4s")
_NEVER_KEPT = {"cache-control": "no-store"}


def grant_routes(api: Api) -> list[Route]:
    """The routes."""

    async def open_(request: Request) -> Response:
        decision = await api.order(request, GrantOrder)
        grant = open_grant(decision, (await api.call(api.door.trust)).now)
        return fact(_reply(api, await api.call(api.door.open_grant, grant)))

    async def footage(request: Request) -> Response:
        name = str(request.path_params["name"])
        asked = query(request, ("exact",) if name == "extract.mp4" else ())
        session = await api.session(request)
        if name == "extract.mp4":
            session.grant.require("extract")
            pieces = await api.call(api.door.extract, session, _flag(asked.get("exact", "0")))
            return Footage(api, pieces, await api.call(next, pieces, b""))
        session.grant.require("view")
        if name == "index.m3u8":
            text = await api.call(api.door.playlist, session)
            return Response(text, media_type="application/vnd.apple.mpegurl", headers=_NEVER_KEPT)
        if not _NAME.fullmatch(name):
            raise NoSuchThing(what="footage of that name")
        part = await api.call(api.door.segment, session, name)
        return Response(part.data, media_type=part.media_type, headers=_NEVER_KEPT)

    async def close(request: Request) -> Response:
        query(request, ())
        return fact(await api.call(api.door.close_grant, await api.session(request)))

    async def revoke(request: Request) -> Response:
        order = await api.order(request, RevokeOrder, grant=path_id(request))
        return fact(await api.call(api.door.revoke_grant, order))

    return [
        Route(f"{PREFIX}/grants", open_, methods=["POST"]),
        Route(f"{PREFIX}/grants/{{id}}", close, methods=["DELETE"]),
        Route(f"{PREFIX}/grants/{{id}}/revoke", revoke, methods=["POST"]),
        Route(f"{PREFIX}/grants/{{id}}/{{name}}", footage, methods=["GET"]),
    ]


class Footage(Response):
    """Footage in pieces. The door's iterator is closed however this ends: its outcome is owed to the ledger.

    Args:
        pieces: from the door. first: already taken, so that a refusal still has its own status.
    """

    def __init__(self, api: Api, pieces: Iterator[bytes | memoryview], first: bytes | memoryview) -> None:
        super().__init__(media_type="video/mp4", headers=_NEVER_KEPT)
        del self.headers["content-length"]
        self._api = api
        self._pieces = pieces
        self._first = first

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002  # ASGI's signature
        gone = asyncio.ensure_future(_gone(receive))
        try:
            await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
            piece = self._first
            while piece and not gone.done():
                await self._send(send, _part(piece, more=True))
                piece = await self._api.call(next, self._pieces, b"")
            if not gone.done():
                await self._send(send, _part(b"", more=False))
        finally:
            gone.cancel()
            await asyncio.shield(self._api.call(_close, self._pieces))

    async def _send(self, send: Send, part: Message) -> None:
        """Raises: RecorderUnavailable: the reader takes nothing; its place is wanted."""
        try:
            async with asyncio.timeout(self._api.read_seconds):
                await send(part)
        except TimeoutError:
            raise RecorderUnavailable(address="", why="the footage was not taken in time") from None


def _part(data: bytes | memoryview, *, more: bool) -> Message:
    return {"type": "http.response.body", "body": bytes(data), "more_body": more}


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _close(pieces: Iterator[bytes | memoryview]) -> None:
    close = getattr(pieces, "close", None)
    if close is not None:
        close()


def _flag(text: str) -> bool:
    if text not in ("0", "1"):
        raise RequestMalformed(why="exact is 0 or 1")
    return text == "1"


def _reply(api: Api, session: Session) -> SessionReply:
    grant = session.grant
    return SessionReply.model_validate(
        {
            "id": grant.id,
            "token": api.token(grant),
            "camera": grant.camera,
            "from": moment(grant.start),
            "to": moment(grant.end),
            "until": moment(grant.until),
            "purpose": grant.purpose,
            "path": f"{PREFIX}/grants/{grant.id}/{'index.m3u8' if grant.purpose == 'view' else 'extract.mp4'}",
        }
    )
