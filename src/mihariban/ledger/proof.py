"""Checking proofs (RFC 9162 sections 2.1.3.2 and 2.1.4.2): pure functions over hashes."""

from __future__ import annotations

from collections.abc import Sequence

from mihariban.ledger.errors import ProofInvalid
from mihariban.ledger.hashing import EMPTY, HASH, node_hash

MAX_HASHES = 63
"""Longest proof of a tree with fewer than 2**63 entries."""


def check_inclusion(index: int, size: int, leaf: bytes, proof: Sequence[bytes], root: bytes) -> None:
    """Make sure that the entry with leaf hash ``leaf`` is number ``index`` of the tree.

    Raises:
        ProofInvalid: it is not, or not shown.
    """
    if not 0 <= index < size:
        raise ProofInvalid(why=f"there is no entry {index} among {size}")
    _check_form(proof)
    place, last, found = index, size - 1, leaf
    for step in proof:
        if last == 0:
            raise ProofInvalid(why="too many hashes")
        if place & 1 or place == last:
            found = node_hash(step, found)
            place, last = _up(place, last)
        else:
            found = node_hash(found, step)
        place, last = place >> 1, last >> 1
    if last != 0:
        raise ProofInvalid(why="too few hashes")
    if found != root:
        raise ProofInvalid(why="it leads to another root")


def check_consistency(old: int, new: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]) -> None:
    """Make sure that the tree of ``new`` entries begins with the tree of ``old`` entries.

    Raises:
        ProofInvalid: it does not, or it is not shown.
    """
    if not 0 <= old <= new:
        raise ProofInvalid(why=f"{new} entries do not continue {old}")
    _check_form(proof)
    if old in (0, new):
        _check_trivial(old, old_root, new_root, proof)
        return
    steps = list(proof) if old & (old - 1) else [old_root, *proof]
    if not steps:
        raise ProofInvalid(why="too few hashes")
    place, last = old - 1, new - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    found_old = found_new = steps[0]
    for step in steps[1:]:
        if last == 0:
            raise ProofInvalid(why="too many hashes")
        if place & 1 or place == last:
            found_old, found_new = node_hash(step, found_old), node_hash(step, found_new)
            place, last = _up(place, last)
        else:
            found_new = node_hash(found_new, step)
        place, last = place >> 1, last >> 1
    if last != 0:
        raise ProofInvalid(why="too few hashes")
    if found_old != old_root or found_new != new_root:
        raise ProofInvalid(why="it leads to another root")


def _check_trivial(old: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]) -> None:
    if proof:
        raise ProofInvalid(why="too many hashes")
    expected = EMPTY if old == 0 else new_root
    if old_root != expected:
        raise ProofInvalid(why="two roots for one size")


def _check_form(proof: Sequence[bytes]) -> None:
    if len(proof) > MAX_HASHES or any(len(step) != HASH for step in proof):
        raise ProofInvalid(why="not a list of hashes")


def _up(place: int, last: int) -> tuple[int, int]:
    while place & 1 == 0 and place:
        place, last = place >> 1, last >> 1
    return place, last
