"""Cosigning another party's ledger: only what continues the last checkpoint that was cosigned.

The request is the text of C2SP tlog-witness (``old SIZE``, proof lines, an empty line, the checkpoint), so that any
transport can carry it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from mihariban.base.clock import SECOND
from mihariban.ledger.checkpoint import Checkpoint, open_checkpoint, parse_checkpoint
from mihariban.ledger.cosignature import cosign
from mihariban.ledger.errors import CosignConflict, LedgerForked, NoteMalformed, ProofInvalid, SignatureInvalid
from mihariban.ledger.hashing import EMPTY
from mihariban.ledger.keys import PublicKey, Signer, base64_bytes, base64_text
from mihariban.ledger.ledger import Ledger
from mihariban.ledger.note import Note, Signature, parse_note
from mihariban.ledger.proof import MAX_HASHES, check_consistency


class Memory(Protocol):
    """Where a cosigner remembers what it has cosigned; ``SqliteStore`` has these two."""

    def put_seen(self, origin: str, size: int, note: bytes) -> None:
        """Remember; durable before the cosignature is given away."""

    def seen(self, origin: str) -> tuple[int, bytes] | None:
        """The last checkpoint cosigned under this origin."""


@dataclass(frozen=True, slots=True)
class Request:
    """What a log asks a cosigner: this note continues the checkpoint of ``old`` entries, and here is the proof."""

    old: int
    proof: tuple[bytes, ...]
    note: bytes

    def encode(self) -> bytes:
        """The request as text."""
        lines = [f"old {self.old}\n", *(base64_text(each) + "\n" for each in self.proof), "\n"]
        return "".join(lines).encode() + self.note


def parse_request(data: bytes) -> Request:
    """The request in ``data``.

    Raises:
        NoteMalformed: not of the form.
    """
    head, divider, note = data.partition(b"\n\n")
    try:
        first, *lines = head.decode("ascii").split("\n")
    except UnicodeDecodeError:
        raise NoteMalformed(what="cosigning request", why="not ASCII") from None
    size = first.removeprefix("old ")
    if not divider or not first.startswith("old ") or not size.isdigit() or len(size) > 19 or str(int(size)) != size:
        raise NoteMalformed(what="cosigning request", why="it does not begin with the old size")
    if len(lines) > MAX_HASHES:
        raise NoteMalformed(what="cosigning request", why="more than 63 hashes")
    return Request(int(size), tuple(base64_bytes(line, "cosigning request") for line in lines), note)


def request(ledger: Ledger[Any], note: Note, old: int) -> Request:
    """What ``ledger`` sends to a cosigner that has last seen ``old`` entries (0 where never)."""
    proof = ledger.consistency(old, parse_checkpoint(note.text).size)
    return Request(old, tuple(proof), note.encode())


class Witness:
    """Cosigns the ledgers it was told about.

    Args:
        signer: a key of kind COSIGNER.
        logs: keys of the ledgers, by origin.
        memory: what was cosigned; the caller holds a transaction where the memory is shared.
        wall: the present, ns since 1970 UTC.
    """

    def __init__(self, signer: Signer, logs: dict[str, PublicKey], memory: Memory, wall: Callable[[], int]) -> None:
        self.key = signer.public
        self._signer = signer
        self._logs = logs
        self._memory = memory
        self._wall = wall

    def cosign(self, asked: Request) -> Signature:
        """Cosign the note, after everything was verified and remembered.

        Raises:
            SignatureInvalid: the ledger is unknown or did not sign.
            CosignConflict: the request continues from another size than the one cosigned last; ``facts["size"]``.
            LedgerForked: it contradicts what was cosigned: other entries, or fewer.
            NoteMalformed: the note is not a checkpoint.
        """
        origin = parse_checkpoint(parse_note(asked.note).text).origin
        key = self._logs.get(origin)
        if key is None:
            raise SignatureInvalid(name=origin, why="this ledger is not known here")
        new, note = open_checkpoint(asked.note, key)
        old = self._last(origin, key)
        if new.size < old.size:
            raise LedgerForked(origin=origin, size=old.size, why=f"it now shows only {new.size}")
        if asked.old != old.size:
            raise CosignConflict(origin=origin, size=old.size)
        try:
            check_consistency(old.size, new.size, old.root, new.root, asked.proof)
        except ProofInvalid as error:
            raise LedgerForked(origin=origin, size=old.size, why=str(error.facts["why"])) from error
        signature = cosign(note.text, self._signer, self._wall() // SECOND)
        self._memory.put_seen(origin, new.size, note.with_signatures([signature]).encode())
        return signature

    def _last(self, origin: str, key: PublicKey) -> Checkpoint:
        seen = self._memory.seen(origin)
        return Checkpoint(origin, 0, EMPTY) if seen is None else open_checkpoint(seen[1], key)[0]


def overdue(ledger: Ledger[Any], cosigners: list[PublicKey], wall: int, limit: int) -> list[PublicKey]:
    """Cosigners whose newest cosignature is older than ``limit`` ns: a finding, never a reason to stop."""
    late = []
    for key in cosigners:
        last = ledger.cosigned(key)
        if last is None or wall - last[1] * SECOND > limit:
            late.append(key)
    return late
