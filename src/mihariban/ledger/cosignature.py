"""Cosignatures (C2SP tlog-cosignature, cosignature/v1): another party saw this checkpoint, at this time."""

from __future__ import annotations

from mihariban.ledger.errors import SignatureInvalid
from mihariban.ledger.keys import KeyKind, PublicKey, Signer
from mihariban.ledger.note import Note, Signature

_TIME = 8
_LENGTH = _TIME + 64


def cosign(text: str, signer: Signer, timestamp: int) -> Signature:
    """A cosigner's signature over a checkpoint's text.

    Args:
        text: the checkpoint, as in the note.
        signer: a key of kind COSIGNER.
        timestamp: seconds since 1970 UTC.
    """
    if signer.public.kind is not KeyKind.COSIGNER:
        raise SignatureInvalid(name=signer.public.name, why="a log's own key does not cosign")
    data = timestamp.to_bytes(_TIME, "big") + signer.sign(_message(text, timestamp))
    return Signature(signer.public.name, signer.public.key_id, data)


def cosigned_at(note: Note, key: PublicKey) -> int | None:
    """When ``key`` cosigned the note (seconds since 1970 UTC); None where it did not.

    Raises:
        SignatureInvalid: a cosignature in its name is false.
    """
    newest: int | None = None
    for signature in note.signatures:
        if not signature.is_by(key):
            continue
        timestamp = int.from_bytes(signature.data[:_TIME], "big")
        good = key.kind is KeyKind.COSIGNER and len(signature.data) == _LENGTH and timestamp < 1 << 63
        if not good or not key.holds(signature.data[_TIME:], _message(note.text, timestamp)):
            raise SignatureInvalid(name=key.name, why="it was not made over this checkpoint")
        newest = max(newest or 0, timestamp)
    return newest


def _message(text: str, timestamp: int) -> bytes:
    return f"cosignature/v1\ntime {timestamp}\n{text}".encode()
