"""Routes by which office and recorder cosign each other's ledgers."""

from __future__ import annotations

from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from mihariban.ledger.note import parse_signature
from mihariban.ledger.witness import parse_request
from mihariban.recorder.api.context import Api, number, query
from mihariban.recorder.api.replies import fact
from mihariban.recorder.contract import PREFIX
from mihariban.recorder.contract.errors import RequestMalformed
from mihariban.recorder.contract.facts import Cosignature


def ledger_routes(api: Api) -> list[Route]:
    """The routes. Bodies need no envelope: what a log or cosigner says is signed by its own key."""

    async def checkpoint(request: Request) -> Response:
        api.require(request, "auditor", "monitor")
        asked = query(request, ("old",))
        return fact(await api.call(api.door.checkpoint, number(asked.get("old", "0"), "old")))

    async def cosign(request: Request) -> Response:
        api.require(request)
        query(request, ())
        asked = parse_request(await api.body(request))
        return fact(await api.call(api.door.cosign, asked))

    async def cosignature(request: Request) -> Response:
        api.require(request)
        query(request, ())
        try:
            given = Cosignature.model_validate_json(await api.body(request), strict=True)
        except ValidationError:
            raise RequestMalformed(why="not a cosignature") from None
        return fact(await api.call(api.door.add_cosignature, given.size, parse_signature(given.signature)))

    return [
        Route(f"{PREFIX}/checkpoint", checkpoint, methods=["GET"]),
        Route(f"{PREFIX}/cosign", cosign, methods=["POST"]),
        Route(f"{PREFIX}/cosignatures", cosignature, methods=["POST"]),
    ]
