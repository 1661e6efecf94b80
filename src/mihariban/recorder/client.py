"""Calling a recorder, over its local socket or mutual TLS: typed methods, and its errors as classes of our tree.

Every method raises ``RecorderUnavailable`` where the recorder does not answer in time or not in the contract's form,
and the class of the tree that the recorder named where it refuses. Nothing is retried here.
"""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

import httpx
from pydantic import BaseModel, TypeAdapter, ValidationError

from mihariban.base.errors import MiharibanError
from mihariban.base.text import Language
from mihariban.ledger.note import Signature, parse_signature
from mihariban.ledger.witness import Request
from mihariban.recorder.contract import PREFIX
from mihariban.recorder.contract.errors import RecorderUnavailable
from mihariban.recorder.contract.facts import (
    Accepted,
    CheckpointReply,
    Cosignature,
    CosignReply,
    ErrorReply,
    EventPage,
    HoldState,
    SessionReply,
    Status,
    VisitItem,
)
from mihariban.recorder.contract.told import as_told

F = TypeVar("F", bound=BaseModel)

SECONDS = 30.0
"""How long an answer may take; a long poll may take its own wait longer."""

_VISITS = TypeAdapter(list[VisitItem])
_HOLDS = TypeAdapter(list[HoldState])


class RecorderClient:
    """A recorder to talk to. Use as a context manager; one client serves many calls and threads.

    Args:
        socket: path of its local socket; or
        address: ``host:port`` with ``tls``, a context of ``recorder.api.tls.client_context``.
        seconds: how long an answer may take.
    """

    def __init__(
        self,
        socket: Path | None = None,
        *,
        address: str = "",
        tls: ssl.SSLContext | None = None,
        seconds: float = SECONDS,
    ) -> None:
        self._socket = socket
        self._address = str(socket or address)
        self._seconds = seconds
        if socket is not None:
            transport = httpx.HTTPTransport(uds=str(socket))
            self._http = httpx.Client(transport=transport, base_url="http://recorder", timeout=seconds)
        else:
            self._http = httpx.Client(
                verify=tls or True, base_url=f"https://{address}", timeout=seconds, trust_env=False
            )

    def __enter__(self) -> RecorderClient:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    # Facts

    def status(self) -> Status:
        """The recorder now."""
        return self._read(Status, self._ask("GET", f"{PREFIX}/status"))

    def visits(self) -> list[VisitItem]:
        """All visits."""
        return self._list(_VISITS, self._ask("GET", f"{PREFIX}/visits"))

    def events(self, after: int = 0, wait: int = 0) -> EventPage:
        """Entries of the recorder's ledger from number ``after`` on; waits up to ``wait`` s (at most 30) for the first.

        Go on with ``page.next``: numbers have no holes, so nothing is missed and nothing comes twice.
        """
        asked = {"after": after, "wait": wait}
        reply = self._ask("GET", f"{PREFIX}/events", params=asked, timeout=self._seconds + wait)
        return self._read(EventPage, reply)

    def day_svg(self, day: date, language: Language = "ja") -> bytes:
        """A day drawn."""
        return self._ask("GET", f"{PREFIX}/day/{day.isoformat()}.svg", params={"lang": language}).content

    def metrics(self) -> str:
        """Figures in Prometheus' text format."""
        return self._ask("GET", "/metrics").text

    def healthy(self) -> bool:
        """Whether the recorder says that all is well."""
        return self._send("GET", "/healthz").status_code == httpx.codes.OK

    # The ledgers

    def checkpoint(self, old: int = 0) -> CheckpointReply:
        """The recorder's newest checkpoint with the proof that it continues ``old`` entries."""
        return self._read(CheckpointReply, self._ask("GET", f"{PREFIX}/checkpoint", params={"old": old}))

    def cosign(self, asked: Request) -> Signature:
        """Have a checkpoint of ours cosigned.

        Raises:
            CosignConflict: continue from ``facts["size"]``.
            LedgerForked: it contradicts what the recorder has cosigned.
        """
        reply = self._ask("POST", f"{PREFIX}/cosign", content=asked.encode())
        return parse_signature(self._read(CosignReply, reply).signature)

    def add_cosignature(self, size: int, signature: Signature) -> Accepted:
        """Give the recorder our cosignature under its checkpoint of ``size``."""
        given = Cosignature(size=size, signature=signature.line().removesuffix("\n"))
        reply = self._ask("POST", f"{PREFIX}/cosignatures", content=given.model_dump_json().encode())
        return self._read(Accepted, reply)

    # Orders: each ``document`` is a signed document of the office

    def put_calendar(self, document: bytes) -> Accepted:
        """Push calendar entries."""
        return self._read(Accepted, self._order("calendar", document))

    def put_policy(self, document: bytes) -> Accepted:
        """Push a version of the rule."""
        return self._read(Accepted, self._order("policy", document))

    def holds(self) -> list[HoldState]:
        """All holds."""
        return self._list(_HOLDS, self._ask("GET", f"{PREFIX}/holds"))

    def place_hold(self, document: bytes) -> HoldState:
        """Hold footage."""
        return self._read(HoldState, self._order("holds", document))

    def release_hold(self, hold: str, document: bytes) -> HoldState:
        """Release a hold."""
        return self._read(HoldState, self._order(f"holds/{hold}/release", document))

    def still(self, document: bytes) -> bytes:
        """One picture (JPEG) for setting a camera up. Do not keep it."""
        return self._order("still", document).content

    # Footage

    def open_grant(self, document: bytes) -> SessionReply:
        """Open a grant, or go on with it."""
        return self._read(SessionReply, self._order("grants", document))

    def playlist(self, session: SessionReply) -> str:
        """The HLS playlist of an open grant."""
        return self._footage(session, "index.m3u8").text

    def segment(self, session: SessionReply, name: str) -> bytes:
        """A segment or init that the playlist names."""
        return self._footage(session, name).content

    @contextmanager
    def extract(self, session: SessionReply, *, exact: bool = False) -> Iterator[Iterator[bytes]]:
        """The extract as it comes: ``with client.extract(session) as pieces: for piece in pieces: …``."""
        path = f"{PREFIX}/grants/{session.id}/extract.mp4"
        asked = {"exact": "1" if exact else "0"}
        try:
            with self._http.stream("GET", path, params=asked, headers=_bearer(session)) as reply:
                if reply.is_error:
                    reply.read()
                    raise self._told(reply)
                yield reply.iter_bytes()
        except httpx.HTTPError as error:
            raise self._silent(error) from error

    def close_grant(self, session: SessionReply) -> Accepted:
        """End a session; its grant cannot be opened again."""
        reply = self._ask("DELETE", f"{PREFIX}/grants/{session.id}", headers=_bearer(session))
        return self._read(Accepted, reply)

    def revoke_grant(self, grant: str, document: bytes) -> Accepted:
        """Take a grant back."""
        return self._read(Accepted, self._order(f"grants/{grant}/revoke", document))

    # Asking

    def _order(self, path: str, document: bytes) -> httpx.Response:
        return self._ask("POST", f"{PREFIX}/{path}", content=document, headers={"content-type": "application/json"})

    def _footage(self, session: SessionReply, name: str) -> httpx.Response:
        return self._ask("GET", f"{PREFIX}/grants/{session.id}/{name}", headers=_bearer(session))

    def _ask(self, method: str, path: str, **more: Any) -> httpx.Response:
        reply = self._send(method, path, **more)
        if reply.is_error:
            raise self._told(reply)
        return reply

    def _send(self, method: str, path: str, **more: Any) -> httpx.Response:
        if self._socket is not None and not self._socket.exists():  # the library leaves a socket open over this error
            raise RecorderUnavailable(address=self._address, why="there is no socket")
        try:
            return self._http.request(method, path, **more)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise self._silent(error) from error

    def _told(self, reply: httpx.Response) -> MiharibanError:
        try:
            error = ErrorReply.model_validate_json(reply.content).error
        except ValidationError:
            return RecorderUnavailable(address=self._address, why=f"status {reply.status_code}")
        return as_told(error)

    def _silent(self, error: Exception) -> RecorderUnavailable:
        return RecorderUnavailable(address=self._address, why=f"{type(error).__name__}: {error}")

    def _read(self, kind: type[F], reply: httpx.Response) -> F:
        try:
            return kind.model_validate_json(reply.content)
        except ValidationError:
            raise RecorderUnavailable(address=self._address, why="an answer that is not of the contract") from None

    def _list(self, kind: TypeAdapter[list[F]], reply: httpx.Response) -> list[F]:
        try:
            return kind.validate_json(reply.content)
        except ValidationError:
            raise RecorderUnavailable(address=self._address, why="an answer that is not of the contract") from None


def _bearer(session: SessionReply) -> dict[str, str]:
    return {"authorization": f"Bearer {session.token}"}
