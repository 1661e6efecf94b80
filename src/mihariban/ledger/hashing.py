"""Hashes of RFC 6962 section 2.1: leaves and nodes are told apart by their first byte."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256

HASH = 32
"""Bytes of a hash."""

EMPTY = sha256(b"").digest()
"""Root of a tree without entries."""


def leaf_hash(leaf: bytes) -> bytes:
    """Hash of one entry."""
    return sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash of an inner node."""
    return sha256(b"\x01" + left + right).digest()


def perfect(hashes: bytes) -> bytes:
    """Root over a power of two of concatenated hashes."""
    while len(hashes) > HASH:
        hashes = b"".join(
            [sha256(b"\x01" + hashes[at : at + 2 * HASH]).digest() for at in range(0, len(hashes), 2 * HASH)]
        )
    return hashes


def split(size: int) -> int:
    """The largest power of two below ``size`` (at least 2): where RFC 6962 divides a tree."""
    return 1 << ((size - 1).bit_length() - 1)


def fold(parts: Sequence[bytes]) -> bytes:
    """Root over the perfect subtrees of a tree, largest first."""
    root = parts[-1]
    for left in reversed(parts[:-1]):
        root = node_hash(left, root)
    return root
