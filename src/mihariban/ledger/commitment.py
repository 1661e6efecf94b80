"""Names and free text: the ledger holds a salted hash, the text stands beside it and can be erased.

With salt and text anybody can check that this text was meant; without the salt the hash tells nothing, not even
to one who tries all names of the city.
"""

from __future__ import annotations

import os
from hashlib import sha256
from typing import NamedTuple

from mihariban.base.ids import Random
from mihariban.ledger.canonical import Json

SALT = 32


class Commitment(NamedTuple):
    """A committed text. ``hash`` goes into the ledger, ``salt`` and ``text`` beside it."""

    hash: bytes
    salt: bytes
    text: str


def commit(text: str, random: Random = os.urandom) -> Commitment:
    """Commit to ``text`` under a fresh salt."""
    salt = random(SALT)
    return Commitment(commitment_hash(salt, text), salt, text)


def commitment_hash(salt: bytes, text: str) -> bytes:
    """H(salt || text), SHA-256 over 32 bytes of salt and UTF-8."""
    if len(salt) != SALT:
        raise ValueError("a salt has 32 bytes")
    return sha256(salt + text.encode()).digest()


def opens(hash_: bytes, salt: bytes, text: str) -> bool:
    """Whether ``text`` is what was committed to."""
    return len(salt) == SALT and commitment_hash(salt, text) == hash_


def actor(role: str, who: bytes, **more: Json) -> dict[str, Json]:
    """The ``actor`` of a draft: a role of the rule and the commitment of a name."""
    return {"role": role, "who": who.hex(), **more}
