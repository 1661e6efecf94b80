"""What the API asks of the recorder behind it. The app judges form, role, signature, session; the door does the deed.

Every method may block and is called from a small pool of threads, several at once. Every method may raise errors of
the tree; any other exception becomes MH000 for the caller, with a log line and a count for us.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from mihariban.base.errors import MiharibanError
from mihariban.base.text import Language
from mihariban.ledger.note import Signature
from mihariban.ledger.witness import Request
from mihariban.recorder.contract.facts import (
    Accepted,
    CheckpointReply,
    CosignReply,
    EventPage,
    HoldState,
    Status,
    VisitItem,
)
from mihariban.recorder.contract.orders import (
    CalendarOrder,
    HoldOrder,
    PolicyOrder,
    ReleaseOrder,
    RevokeOrder,
    StillOrder,
)
from mihariban.recorder.decision import Decision, Trust
from mihariban.recorder.grant import Grant


@dataclass(frozen=True, slots=True)
class Session:
    """An open grant. ``key`` is whatever the door needs to find its own state again."""

    grant: Grant
    key: object = None


@dataclass(frozen=True, slots=True)
class Segment:
    """A finished piece of footage in memory. ``media_type`` such as ``video/mp4``."""

    data: bytes
    media_type: str = "video/mp4"


class RecorderDoor(Protocol):
    """The recorder as its API sees it."""

    def trust(self) -> Trust:
        """Keys of the office, who this recorder is, the present, and what of the office's ledger was cosigned last."""

    def refused(self, kind: str, error: MiharibanError) -> None:
        """Somebody was refused (``guard.REFUSALS``), before the door or by one of its methods. To be entered
        (``grant:footage:refuse``); the door may fold repetitions, so that a stranger cannot fill the ledger. Must not
        raise."""

    # Facts

    def status(self) -> Status:
        """The recorder now."""

    def visits(self) -> list[VisitItem]:
        """All visits the book knows, oldest first."""

    def events(self, after: int, limit: int) -> EventPage:
        """Up to ``limit`` entries of the recorder's ledger from number ``after`` on, with the texts that are kept."""

    def day_svg(self, day: date, language: Language) -> bytes:
        """A day drawn: watched, gaps with their cause, closed.

        Raises:
            NoSuchThing: a day the book does not reach.
        """

    def metrics(self) -> bytes:
        """Figures in Prometheus' text format."""

    def healthy(self) -> bool:
        """Whether recording goes on as it should."""

    # The ledgers

    def checkpoint(self, old: int) -> CheckpointReply:
        """The newest checkpoint, signed now, and the proof that it continues ``old`` entries.

        Raises:
            ProofInvalid: there are fewer entries than ``old``.
        """

    def cosign(self, asked: Request) -> CosignReply:
        """Cosign the office's checkpoint: ``Witness.cosign`` in a transaction of the store; a refusal is entered."""

    def add_cosignature(self, size: int, signature: Signature) -> Accepted:
        """Keep the office's cosignature under our checkpoint of ``size``."""

    # Orders. Idempotent by id and digest (``decision.check_fresh``); each is one transaction with its entry.

    def put_calendar(self, order: Decision[CalendarOrder]) -> Accepted:
        """Put and withdraw calendar entries; older than the last push is refused (``decision.check_sequence``)."""

    def put_policy(self, order: Decision[PolicyOrder]) -> Accepted:
        """Take a version of the rule (``order.text``)."""

    def holds(self) -> list[HoldState]:
        """All holds, released ones too, oldest first."""

    def place_hold(self, order: Decision[HoldOrder]) -> HoldState:
        """Keep footage."""

    def release_hold(self, order: Decision[ReleaseOrder]) -> HoldState:
        """End a hold.

        Raises:
            NoSuchThing: there is none of that id.
        """

    def still(self, order: Decision[StillOrder]) -> Segment:
        """One picture (JPEG), under an intent; given out, never kept."""

    # Footage

    def open_grant(self, grant: Grant) -> Session:
        """Open a grant, or go on with it: check ``check_fresh``, enter the intent, remember. No key is opened before
        the intent is durable.

        Raises:
            GrantReplayed, GrantRevoked: see there.
            LedgerUnwritable: nothing was opened.
        """

    def session(self, grant: str) -> Session:
        """The open session of a grant id.

        Raises:
            NoSuchThing: none is open. GrantRevoked, GrantExpired: it ended so.
        """

    def playlist(self, session: Session) -> str:
        """The HLS playlist; names in it are ``init-N.mp4`` and ``seg-N.m4s``."""

    def segment(self, session: Session, name: str) -> Segment:
        """One segment or init. Its seconds are entered before it is returned.

        Raises:
            NoSuchThing: the playlist has none of that name.
        """

    def extract(self, session: Session, exact: bool) -> Iterator[bytes | memoryview]:
        """The extract as one MP4, in pieces, under an intent. ``exact``: the edges are re-encoded. The iterator is
        closed when the caller goes away: the outcome is entered then."""

    def close_grant(self, session: Session) -> Accepted:
        """End a session; the grant cannot be opened again."""

    def revoke_grant(self, order: Decision[RevokeOrder]) -> Accepted:
        """Take a grant back, open or not."""
