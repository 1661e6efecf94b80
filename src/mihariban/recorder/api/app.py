"""The routes together, under one guard."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import Router
from starlette.types import ASGIApp, Receive, Scope, Send

from mihariban.base.errors import MiharibanError
from mihariban.recorder.api.context import Api
from mihariban.recorder.api.fact_routes import fact_routes
from mihariban.recorder.api.grant_routes import grant_routes
from mihariban.recorder.api.guard import MAX_REQUESTS, Guard
from mihariban.recorder.api.ledger_routes import ledger_routes
from mihariban.recorder.api.order_routes import order_routes
from mihariban.recorder.api.replies import error_reply
from mihariban.recorder.contract.errors import NoSuchThing


def create_app(api: Api, limit: int = MAX_REQUESTS) -> ASGIApp:
    """The application.

    Args:
        api: what the routes share.
        limit: requests at work at once.
    """
    routes = [*fact_routes(api), *ledger_routes(api), *order_routes(api), *grant_routes(api)]
    router = Router(routes, redirect_slashes=False, default=_unknown)

    async def refused(asked: str, error: MiharibanError) -> None:
        await api.call(api.door.refused, asked, error)

    return Guard(_Methods(router), api.counts, refused, limit)


class _Methods:
    """Turns what the router itself refuses (a method that a path does not have) into our form."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope["app"] = self  # the router raises its refusals only where it stands inside an application
        try:
            await self._app(scope, receive, send)
        except HTTPException as error:
            reply = error_reply(NoSuchThing(what="route or method of that name"), error.status_code)
            reply.headers.update(error.headers or {})
            await reply(scope, receive, send)


async def _unknown(scope: Scope, receive: Receive, send: Send) -> None:
    reply: Response = error_reply(NoSuchThing(what="route or method of that name"))
    await reply(scope, receive, send)
