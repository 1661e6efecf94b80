"""Ids unique across a fleet: 48 bits of milliseconds, 80 random bits (the ULID layout), so that they sort by time."""

from __future__ import annotations

import os
from collections.abc import Callable

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_VALUES = {letter: value for value, letter in enumerate(_ALPHABET)}

Random = Callable[[int], bytes]
"""A source of randomness: ``random(n)`` gives n bytes. ``os.urandom`` outside tests."""


def new_id(wall: int, random: Random = os.urandom) -> bytes:
    """A new 16-byte id.

    Args:
        wall: the present, ns since 1970 UTC.
        random: source of the 10 random bytes.
    """
    return (wall // 1_000_000).to_bytes(6, "big") + random(10)


def id_text(raw: bytes) -> str:
    """A 16-byte id as 26 letters (Crockford's base 32, lower case)."""
    number = int.from_bytes(raw, "big")
    return "".join(_ALPHABET[(number >> shift) & 31] for shift in range(125, -1, -5))


def id_bytes(text: str) -> bytes:
    """The 16 bytes behind 26 letters.

    Raises:
        ValueError: ``text`` is not an id.
    """
    if len(text) != 26 or any(letter not in _VALUES for letter in text):
        raise ValueError(f"not an id: {text!r}")
    number = 0
    for letter in text:
        number = number << 5 | _VALUES[letter]
    if number >> 128:
        raise ValueError(f"not an id: {text!r}")
    return number.to_bytes(16, "big")
