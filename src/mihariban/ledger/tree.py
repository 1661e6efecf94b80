"""The Merkle tree over stored hashes: roots, inclusion and consistency proofs (RFC 6962 section 2.1).

Stored are the hashes of tlog-tiles: level 0 holds the leaf hashes, level ``n`` the roots of perfect subtrees of
256**n entries. Everything between is computed from at most 256 of them, so that an entry costs one row.
"""

from __future__ import annotations

from typing import Protocol

from mihariban.ledger.errors import ProofInvalid
from mihariban.ledger.hashing import EMPTY, HASH, fold, perfect, split

TILE_BITS = 8
TILE = 1 << TILE_BITS
"""Hashes of a full tile."""


class Hashes(Protocol):
    """Where the hashes of a tree are read from."""

    def size(self) -> int:
        """Number of entries."""

    def hashes(self, level: int, start: int, stop: int) -> bytes:
        """The hashes ``start`` to ``stop`` of a tile level, concatenated; all of them exist."""


class HashList:
    """Hashes in memory: for verifying, and for trees that are not stored."""

    def __init__(self) -> None:
        self._levels: list[bytearray] = [bytearray()]

    def size(self) -> int:
        return len(self._levels[0]) // HASH

    def hashes(self, level: int, start: int, stop: int) -> bytes:
        return bytes(self._levels[level][start * HASH : stop * HASH])

    def append(self, leaf: bytes) -> None:
        """Add the hash of one entry."""
        index = self.size()
        self._levels[0] += leaf
        for level, _, hash_ in completed(self, index + 1):
            if level == len(self._levels):
                self._levels.append(bytearray())
            self._levels[level] += hash_


def completed(hashes: Hashes, size: int) -> list[tuple[int, int, bytes]]:
    """What the last entry of ``size`` completes: (level, index, hash) of each tile that became full."""
    found: list[tuple[int, int, bytes]] = []
    level, place = 0, size
    last = b""
    while place and place % TILE == 0:
        # The newest hash of an upper level was made in the round before and is not stored yet.
        tile = hashes.hashes(level, place - TILE, place - (level > 0)) + last
        level, place = level + 1, place // TILE
        last = perfect(tile)
        found.append((level, place - 1, last))
    return found


def root(hashes: Hashes, size: int) -> bytes:
    """Root of the first ``size`` entries."""
    return _root(hashes, 0, size) if size else EMPTY


def inclusion(hashes: Hashes, index: int, size: int) -> list[bytes]:
    """Proof that entry ``index`` is in the tree of ``size`` entries.

    Raises:
        ProofInvalid: there is no such entry or no such tree.
    """
    if not 0 <= index < size <= hashes.size():
        raise ProofInvalid(why=f"there is no entry {index} among {size}")
    proof: list[bytes] = []
    start, width = 0, size
    while width > 1:
        left = split(width)
        if index - start < left:
            proof.append(_root(hashes, start + left, width - left))
            width = left
        else:
            proof.append(_root(hashes, start, left))
            start, width = start + left, width - left
    proof.reverse()
    return proof


def consistency(hashes: Hashes, old: int, new: int) -> list[bytes]:
    """Proof that the tree of ``new`` entries begins with that of ``old`` entries.

    Raises:
        ProofInvalid: there are no such trees.
    """
    if not 0 <= old <= new <= hashes.size():
        raise ProofInvalid(why=f"{new} entries do not continue {old}")
    if old in (0, new):
        return []
    proof: list[bytes] = []
    start, width, rest, whole = 0, new, old, True
    while rest != width:
        left = split(width)
        if rest <= left:
            proof.append(_root(hashes, start + left, width - left))
            width = left
        else:
            proof.append(_root(hashes, start, left))
            start, width, rest, whole = start + left, width - left, rest - left, False
    if not whole:
        proof.append(_root(hashes, start, width))
    proof.reverse()
    return proof


def _root(hashes: Hashes, start: int, width: int) -> bytes:
    """Root over ``width`` entries from ``start``, a place where RFC 6962 divides a tree."""
    parts: list[bytes] = []
    for height in reversed(range(width.bit_length())):
        if width >> height & 1:
            parts.append(_node(hashes, height, start >> height))
            start += 1 << height
    return fold(parts)


def _node(hashes: Hashes, height: int, index: int) -> bytes:
    """Root of the perfect subtree number ``index`` of 2**height entries."""
    level, rest = divmod(height, TILE_BITS)
    return perfect(hashes.hashes(level, index << rest, (index + 1) << rest))
