"""The application for an ASGI server. Django itself knows no lifespan; this answers it."""

from __future__ import annotations

from typing import Any

from django.core.asgi import get_asgi_application

from mihariban.office.web.static_files import PREFIX, Message, Receive, Send, static_files


class Application:
    """Django, for a server that begins and ends with lifespan messages."""

    def __init__(self) -> None:
        self._django: Any = get_asgi_application()

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["type"] == "http" and scope["path"].startswith(PREFIX):
            await static_files(scope, receive, send)
        elif scope["type"] == "http":
            await self._django(scope, receive, send)
        else:
            raise ValueError(f"no {scope['type']} here")

    async def _live(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            await send({"type": f"{message['type']}.complete"})
            if message["type"] == "lifespan.shutdown":
                return
