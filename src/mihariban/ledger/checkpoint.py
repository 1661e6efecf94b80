"""Checkpoints (C2SP tlog-checkpoint): the size and root of a log, signed."""

from __future__ import annotations

from dataclasses import dataclass

from mihariban.ledger.errors import NoteMalformed
from mihariban.ledger.hashing import HASH
from mihariban.ledger.keys import PublicKey, Signer, base64_bytes, base64_text
from mihariban.ledger.note import Note, check_signed, parse_note, sign

MAX_SIZE = (1 << 63) - 1


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a log says of itself: its name, its number of entries, the root over them."""

    origin: str
    size: int
    root: bytes

    def text(self) -> str:
        """The text that is signed. We write no extension lines; a text that has some is read and kept as it is."""
        return f"{self.origin}\n{self.size}\n{base64_text(self.root)}\n"

    def signed(self, signer: Signer) -> Note:
        """The checkpoint under the log's own signature."""
        text = self.text()
        return Note(text, (sign(text, signer),))


def parse_checkpoint(text: str) -> Checkpoint:
    """The checkpoint in a note's text. Nothing is verified.

    Raises:
        NoteMalformed: not a checkpoint.
    """
    lines = text.removesuffix("\n").split("\n")
    if not text.endswith("\n") or len(lines) < 3 or not all(lines):
        raise _bad("not three or more lines")
    origin, size, root = lines[:3]
    if not (size.isascii() and size.isdigit()) or len(size) > 19 or str(int(size)) != size or int(size) > MAX_SIZE:
        raise _bad("its size is not a plain number")
    raw = base64_bytes(root, "checkpoint")
    if len(raw) != HASH:
        raise _bad("its root is not 32 bytes")
    return Checkpoint(origin, int(size), raw)


def open_checkpoint(data: bytes, key: PublicKey) -> tuple[Checkpoint, Note]:
    """The checkpoint in a note, after the log's signature was verified.

    Raises:
        NoteMalformed: not a checkpoint.
        SignatureInvalid: ``key`` did not sign it, or it is of another log than the key.
    """
    note = parse_note(data)
    check_signed(note, key)
    return parse_checkpoint(note.text), note


def _bad(why: str) -> NoteMalformed:
    return NoteMalformed(what="checkpoint", why=why)
