"""Signed notes (C2SP signed-note): a text and under it one line for each signature."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from mihariban.ledger.errors import NoteMalformed, SignatureInvalid
from mihariban.ledger.keys import KeyKind, PublicKey, Signer, base64_bytes, base64_text, name_is_good

MAX_SIGNATURES = 64
MAX_BYTES = 1 << 20
_DASH = "\u2014 "


@dataclass(frozen=True, slots=True)
class Signature:
    """One line under a note. ``data`` is what follows the four bytes of key id."""

    name: str
    key_id: bytes
    data: bytes

    def line(self) -> str:
        """The line with its newline."""
        return f"{_DASH}{self.name} {base64_text(self.key_id + self.data)}\n"

    def is_by(self, key: PublicKey) -> bool:
        """Whether it claims to be made by ``key``."""
        return (self.name, self.key_id) == (key.name, key.key_id)


@dataclass(frozen=True, slots=True)
class Note:
    """A text ending in a newline, and its signatures."""

    text: str
    signatures: tuple[Signature, ...]

    def encode(self) -> bytes:
        """The note as bytes."""
        return (self.text + "\n" + "".join(each.line() for each in self.signatures)).encode()

    def with_signatures(self, more: Iterable[Signature]) -> Note:
        """The note with further signatures; a key's newer signature replaces its older one."""
        by_key = {(each.name, each.key_id): each for each in (*self.signatures, *more)}
        return Note(self.text, tuple(by_key.values()))


def parse_note(data: bytes) -> Note:
    """The note in ``data``. Nothing is verified yet.

    Raises:
        NoteMalformed: not a signed note.
    """
    if len(data) > MAX_BYTES:
        raise _bad("longer than a mebibyte")
    try:
        whole = data.decode("utf-8")
    except UnicodeDecodeError:
        raise _bad("not UTF-8") from None
    if any(letter < " " and letter != "\n" for letter in whole):
        raise _bad("control characters")
    text, divider, below = whole.rpartition("\n\n")
    if not divider or not below.endswith("\n"):
        raise _bad("no signature lines under an empty line")
    lines = below.removesuffix("\n").split("\n")
    if len(lines) > MAX_SIGNATURES:
        raise _bad(f"more than {MAX_SIGNATURES} signatures")
    return Note(text + "\n", tuple(parse_signature(line) for line in lines))


def parse_signature(line: str) -> Signature:
    """One signature line, without its newline.

    Raises:
        NoteMalformed: not of the form.
    """
    name, space, code = line.removeprefix(_DASH).partition(" ")
    if not line.startswith(_DASH) or not space or not name_is_good(name):
        raise _bad("not a signature line")
    data = base64_bytes(code, "signature line")
    if len(data) < 5:
        raise _bad("a signature without bytes")
    return Signature(name, data[:4], data[4:])


def sign(text: str, signer: Signer) -> Signature:
    """The signature of a log's own key over a note's text."""
    if signer.public.kind is not KeyKind.LOG:
        raise SignatureInvalid(name=signer.public.name, why="a cosigner's key does not sign a log's notes")
    return Signature(signer.public.name, signer.public.key_id, signer.sign(text.encode()))


def check_signed(note: Note, key: PublicKey) -> None:
    """Make sure that ``key``, a log's own, signed the note. Signatures of other keys are not looked at.

    Raises:
        SignatureInvalid: it did not, or one of its signatures is false.
    """
    mine = [each for each in note.signatures if each.is_by(key)]
    if key.kind is not KeyKind.LOG or not mine:
        raise SignatureInvalid(name=key.name, why="there is none by this key")
    if not all(key.holds(each.data, note.text.encode()) for each in mine):
        raise SignatureInvalid(name=key.name, why="it was not made over this text")


def _bad(why: str) -> NoteMalformed:
    return NoteMalformed(what="signed note", why=why)
