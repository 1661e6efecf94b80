"""Routes that tell facts: status, visits, events, a day drawn, metrics, health."""

from __future__ import annotations

import asyncio
from datetime import date

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from mihariban.recorder.api.context import LOCAL, Api, number, query
from mihariban.recorder.api.replies import JSON_TYPE, fact, facts
from mihariban.recorder.contract import PREFIX
from mihariban.recorder.contract.errors import NoSuchThing, RequestMalformed
from mihariban.recorder.contract.facts import EventPage

MAX_WAIT = 30
"""Longest long poll, in seconds."""

PAGE = 256
"""Most events in one answer."""

_LOOK_S = 0.2


def fact_routes(api: Api) -> list[Route]:
    """The routes."""

    async def status(request: Request) -> Response:
        api.require(request, "auditor", "monitor")
        query(request, ())
        return fact(await api.call(api.door.status))

    async def visits(request: Request) -> Response:
        api.require(request, "auditor")
        query(request, ())
        return facts(await api.call(api.door.visits))

    async def events(request: Request) -> Response:
        api.require(request, "auditor", "monitor")
        asked = query(request, ("after", "wait"))
        after, wait = number(asked.get("after", "0"), "after"), number(asked.get("wait", "0"), "wait")
        if wait > MAX_WAIT:
            raise RequestMalformed(why=f"wait is at most {MAX_WAIT} seconds")
        return fact(_for_role(await _wait_for_events(api, after, wait), api.role(request)))

    async def day(request: Request) -> Response:
        api.require(request, "auditor", "monitor")
        language = query(request, ("lang",)).get("lang", "ja")
        if language not in ("ja", "en"):
            raise RequestMalformed(why="lang is ja or en")
        drawn = await api.call(api.door.day_svg, _day(request.path_params["date"]), language)
        return Response(drawn, media_type="image/svg+xml")

    async def metrics(request: Request) -> Response:
        api.require(request, "auditor", "monitor")
        query(request, ())
        return Response(
            await api.call(api.door.metrics) + api.counts.text(), media_type="text/plain; version=0.0.4; charset=utf-8"
        )

    async def health(request: Request) -> Response:
        api.require(request, "auditor", "monitor")
        query(request, ())
        good = await api.call(api.door.healthy)
        return Response('{"ok":true}' if good else '{"ok":false}', 200 if good else 503, media_type=JSON_TYPE)

    return [
        Route(f"{PREFIX}/status", status, methods=["GET"]),
        Route(f"{PREFIX}/visits", visits, methods=["GET"]),
        Route(f"{PREFIX}/events", events, methods=["GET"]),
        Route(f"{PREFIX}/day/{{date}}.svg", day, methods=["GET"]),
        Route("/metrics", metrics, methods=["GET"]),
        Route("/healthz", health, methods=["GET"]),
    ]


async def _wait_for_events(api: Api, after: int, wait: int) -> EventPage:
    end = asyncio.get_running_loop().time() + wait
    while True:
        page = await api.call(api.door.events, after, PAGE)
        left = end - asyncio.get_running_loop().time()
        if page.events or left <= 0 or api.stopping.is_set():
            return page
        # looking five times a second holds no thread while nothing happens; stopping ends every wait at once
        try:
            async with asyncio.timeout(min(_LOOK_S, left)):
                await api.stopping.wait()
        except TimeoutError:
            continue


def _for_role(page: EventPage, role: str) -> EventPage:
    """Names and free texts go to the office alone; everybody else sees their commitments."""
    if role in (LOCAL, "office"):
        return page
    return page.model_copy(update={"events": [each.model_copy(update={"texts": {}}) for each in page.events]})


def _day(text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise NoSuchThing(what="day of that name") from None
    if day.isoformat() != text:
        raise NoSuchThing(what="day of that name")
    return day
