"""What the routes share: the door, its threads, who is asking, and the reading of requests within limits."""

from __future__ import annotations

import asyncio
import hmac
import re
from collections.abc import Callable, Collection, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from hashlib import sha256
from typing import Any, TypeVar

from starlette.requests import ClientDisconnect, Request

from mihariban.base.ids import id_bytes
from mihariban.recorder.api.door import RecorderDoor, Session
from mihariban.recorder.api.guard import ASKED, Counts
from mihariban.recorder.contract.errors import (
    DoorClosed,
    GrantElsewhere,
    NoSuchThing,
    RecorderUnavailable,
    RequestMalformed,
    RequestTooLarge,
)
from mihariban.recorder.contract.order import Order
from mihariban.recorder.contract.signed import MAX_BODY
from mihariban.recorder.decision import Decision, verify_order
from mihariban.recorder.grant import Grant

T = TypeVar("T")
O = TypeVar("O", bound=Order)  # noqa: E741  # O for order

ROLE = "mihariban.role"
"""In the scope: role of the client's certificate; absent on the local socket."""

LOCAL = "local"
BODY_SECONDS = 10.0
"""Longest time a body may take to arrive."""
READ_SECONDS = 30.0
"""Longest time for which a reader of footage may take nothing."""

_NUMBER = re.compile(r"[0-9]{1,15}")


class Api:
    """The door behind the routes.

    Args:
        door: the recorder.
        secret: 32 bytes under which session tokens are made; a new one at each start ends all tokens.
        threads: for the door's blocking methods.
        body_seconds: longest time a body may take.
        read_seconds: longest time for which a reader of footage may take nothing.
    """

    def __init__(
        self,
        door: RecorderDoor,
        secret: bytes,
        threads: ThreadPoolExecutor,
        body_seconds: float = BODY_SECONDS,
        read_seconds: float = READ_SECONDS,
    ) -> None:
        self.door = door
        self.counts = Counts()
        self.stopping = asyncio.Event()
        self._secret = secret
        self._threads = threads
        self._body_seconds = body_seconds
        self.read_seconds = read_seconds

    async def call(self, method: Callable[..., T], *arguments: Any) -> T:
        """Run one of the door's methods on a thread."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, partial(method, *arguments))

    # Who asks

    def role(self, request: Request) -> str:
        """Role of the caller."""
        return str(request.scope.get(ROLE, LOCAL))

    def require(self, request: Request, *roles: str) -> None:
        """Let the local socket, the office and ``roles`` pass.

        Raises:
            DoorClosed: the caller's role is another.
        """
        role = self.role(request)
        if role not in (LOCAL, "office", *roles):
            raise DoorClosed(why=f"not for the role {role}")

    # What is asked

    async def body(self, request: Request) -> bytes:
        """The body, whole.

        Raises:
            RequestTooLarge, RecorderUnavailable: too long, or too slow.
        """
        parts: list[bytes] = []
        length = 0
        try:
            async with asyncio.timeout(self._body_seconds):
                async for part in request.stream():
                    length += len(part)
                    if length > MAX_BODY:
                        raise RequestTooLarge(limit=MAX_BODY)
                    parts.append(part)
        except TimeoutError:
            raise RecorderUnavailable(address="", why="the request did not arrive in time") from None
        except ClientDisconnect:
            raise RequestMalformed(why="the caller went away") from None
        return b"".join(parts)

    async def order(self, request: Request, kind: type[O], **path: str) -> Decision[O]:
        """The verified order in the body.

        Args:
            path: what the path says of the order, by the order's own name for it.
        """
        request.scope[ASKED] = str(kind.kind)
        self.require(request)
        query(request, ())
        decision = verify_order(await self.body(request), kind, await self.call(self.door.trust))
        for name, here in path.items():
            _check_named(name, getattr(decision.order, name), here)
        return decision

    # Sessions

    def token(self, grant: Grant) -> str:
        """The token of a session: only who presented the signed grant to this process knows it. The id alone does
        not do, since it stands in the ledger, which more people read."""
        return hmac.new(self._secret, grant.decision.digest, sha256).hexdigest()

    async def session(self, request: Request) -> Session:
        """The session that the path names, for who holds its token and while its grant lasts.

        Raises:
            NoSuchThing, DoorClosed, GrantExpired: see there.
        """
        request.scope[ASKED] = "grant"
        self.require(request)
        grant = path_id(request)
        session = await self.call(self.door.session, grant)
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme != "Bearer" or not hmac.compare_digest(token.encode(), self.token(session.grant).encode()):
            raise DoorClosed(why="the session's token is missing or wrong")
        session.grant.require_time((await self.call(self.door.trust)).now)
        return session


def path_id(request: Request) -> str:
    """The id in the path.

    Raises:
        NoSuchThing: it is no id.
    """
    found = str(request.path_params["id"])
    try:
        id_bytes(found)
    except ValueError:
        raise NoSuchThing(what="grant or hold of that name") from None
    return found


def query(request: Request, known: Collection[str]) -> Mapping[str, str]:
    """The query, each name once.

    Raises:
        RequestMalformed: an unknown name, or one twice.
    """
    pairs = request.query_params.multi_items()
    found = dict(pairs)
    if len(found) != len(pairs) or not set(found) <= set(known):
        raise RequestMalformed(why=f"the query may name {', '.join(known) or 'nothing'}, each once")
    return found


def number(text: str, name: str) -> int:
    """A plain number of a query.

    Raises:
        RequestMalformed: not one.
    """
    if not _NUMBER.fullmatch(text):
        raise RequestMalformed(why=f"{name} is not a number")
    return int(text)


def _check_named(what: str, found: str, here: str) -> None:
    if found != here:
        raise GrantElsewhere(what=what, found=found, here=here)
