"""Style sheets, fonts and scripts, served before Django sees a request: from where the packages keep them, compressed,
checked anew by the browser (ETag) on each page. Nothing is collected or copied at set-up."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from django.contrib.staticfiles import finders
from django.core.exceptions import SuspiciousFileOperation
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import FileResponse, PlainTextResponse, Response

PREFIX = "/static/"
_FONT = ".woff2"
_HEADERS = {"X-Content-Type-Options": "nosniff", "Cross-Origin-Resource-Policy": "same-origin"}

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


async def _answer(scope: Message, receive: Receive, send: Send) -> None:
    await _response(scope)(scope, receive, send)


def _response(scope: Message) -> Response:
    if scope["method"] not in ("GET", "HEAD"):
        return PlainTextResponse("", status_code=405, headers=_HEADERS)
    path = _find(scope["path"].removeprefix(PREFIX))
    if path is None:
        return PlainTextResponse("", status_code=404, headers=_HEADERS)
    # A font's file never changes under its name; the rest does with each version.
    age = "public, max-age=604800" if path.endswith(_FONT) else "no-cache"
    return FileResponse(path, headers={**_HEADERS, "Cache-Control": age})


def _find(name: str) -> str | None:
    try:
        found = finders.find(name)
    except (SuspiciousFileOperation, ValueError):
        return None
    return found if isinstance(found, str) else None


static_files = GZipMiddleware(_answer, minimum_size=1000)
"""An ASGI application for what lies under ``PREFIX``."""
