"""Grants that are open now. What of them must outlast the process is in control.db and the ledger."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

from mihariban.base.clock import SECOND
from mihariban.ledger.entry import Draft
from mihariban.recorder.contract.errors import GrantReplayed, GrantRevoked
from mihariban.recorder.footage.range import Range
from mihariban.recorder.grant import Grant


@dataclass(slots=True)
class OpenGrant:
    """A grant that is open.

    Attributes:
        intent: number of the entry that was made before any key was opened; draft: what it says.
        range: the footage it shows, found when it is first asked for.
        served: seconds (since 1970 UTC) of which pictures left the recorder.
        closed, revoked: how it ended; nothing leaves under it any more, also of what is under way.
        extracts: how many are under way.
    """

    grant: Grant
    intent: int
    draft: Draft
    range: Range | None = None
    served: set[int] = field(default_factory=set)
    segments: int = 0
    closed: bool = False
    revoked: bool = False
    extracts: int = 0

    def note(self, first: int, last: int) -> None:
        """Pictures displayed from ``first`` to ``last`` (wall ns) left the recorder."""
        self.served.update(range(first // SECOND, last // SECOND + 1))

    def require_open(self, wall: int) -> None:
        """Make sure that something may leave under it at ``wall`` (ns). Call with the lock of ``Sessions``.

        Raises:
            GrantRevoked, GrantExpired, GrantReplayed: taken back, its time is over, closed.
        """
        if self.revoked:
            raise GrantRevoked(grant=self.grant.id)
        self.grant.require_time(wall)
        if self.closed:
            raise GrantReplayed(grant=self.grant.id, why="it was closed")


class Sessions:
    """All open grants, by id."""

    def __init__(self) -> None:
        self._open: dict[str, OpenGrant] = {}
        self.lock = threading.RLock()

    def get(self, grant: str) -> OpenGrant | None:
        """The session of a grant."""
        with self.lock:
            return self._open.get(grant)

    def put(self, session: OpenGrant) -> None:
        """A grant was opened."""
        with self.lock:
            self._open[session.grant.id] = session

    def pop(self, grant: str) -> OpenGrant | None:
        """A grant is closed."""
        with self.lock:
            return self._open.pop(grant, None)

    def over(self, wall: int) -> list[OpenGrant]:
        """Sessions whose grant's time is over."""
        with self.lock:
            return [session for session in self._open.values() if session.grant.until <= wall]

    def all(self) -> list[OpenGrant]:
        """Every open session."""
        with self.lock:
            return list(self._open.values())
