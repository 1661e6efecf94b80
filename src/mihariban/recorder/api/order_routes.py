"""Routes by which the office orders: calendar, rule, holds, set-up still. Each body is a signed document."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from mihariban.recorder.api.context import Api, path_id, query
from mihariban.recorder.api.replies import fact, facts
from mihariban.recorder.contract import PREFIX
from mihariban.recorder.contract.orders import CalendarOrder, HoldOrder, PolicyOrder, ReleaseOrder, StillOrder


def order_routes(api: Api) -> list[Route]:
    """The routes."""

    async def calendar(request: Request) -> Response:
        order = await api.order(request, CalendarOrder)
        return fact(await api.call(api.door.put_calendar, order))

    async def policy(request: Request) -> Response:
        order = await api.order(request, PolicyOrder)
        return fact(await api.call(api.door.put_policy, order))

    async def holds(request: Request) -> Response:
        api.require(request, "auditor")
        query(request, ())
        return facts(await api.call(api.door.holds))

    async def hold(request: Request) -> Response:
        order = await api.order(request, HoldOrder)
        return fact(await api.call(api.door.place_hold, order))

    async def release(request: Request) -> Response:
        order = await api.order(request, ReleaseOrder, hold=path_id(request))
        return fact(await api.call(api.door.release_hold, order))

    async def still(request: Request) -> Response:
        order = await api.order(request, StillOrder)
        picture = await api.call(api.door.still, order)
        return Response(picture.data, media_type=picture.media_type, headers={"cache-control": "no-store"})

    return [
        Route(f"{PREFIX}/calendar", calendar, methods=["POST"]),
        Route(f"{PREFIX}/policy", policy, methods=["POST"]),
        Route(f"{PREFIX}/holds", holds, methods=["GET"]),
        Route(f"{PREFIX}/holds", hold, methods=["POST"]),
        Route(f"{PREFIX}/holds/{{id}}/release", release, methods=["POST"]),
        Route(f"{PREFIX}/still", still, methods=["POST"]),
    ]
