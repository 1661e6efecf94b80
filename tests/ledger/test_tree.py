"""The tree against RFC 6962's own figures and against the definition, word for word."""

from __future__ import annotations

import functools
import random

import pytest

from mihariban.ledger.errors import ProofInvalid
from mihariban.ledger.hashing import EMPTY, leaf_hash, node_hash
from mihariban.ledger.proof import check_consistency, check_inclusion
from mihariban.ledger.tree import HashList, consistency, inclusion, root

LEAVES = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
# The proofs that the certificate transparency project publishes for these eight leaves.
INCLUSION_0_OF_8 = [
    "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
    "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
    "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
]
CONSISTENCY_6_OF_8 = [
    "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
    "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
]


def _tree(count: int) -> tuple[HashList, list[bytes]]:
    tree = HashList()
    leaves = [leaf_hash(b"%d" % number) for number in range(count)]
    for leaf in leaves:
        tree.append(leaf)
    return tree, leaves


def _defined(hashes: list[bytes]) -> bytes:
    """MTH of RFC 6962 section 2.1."""
    if not hashes:
        return EMPTY
    if len(hashes) == 1:
        return hashes[0]
    left = 1
    while left * 2 < len(hashes):
        left *= 2
    return node_hash(_defined(hashes[:left]), _defined(hashes[left:]))


def test_the_known_roots_and_proofs_of_rfc_6962() -> None:
    """Eight leaves, nine roots, two proofs."""
    tree = HashList()
    for number, leaf in enumerate(LEAVES):
        assert root(tree, number).hex() == ROOTS[number]
        tree.append(leaf_hash(bytes.fromhex(leaf)))
    assert root(tree, 8).hex() == ROOTS[8]
    assert [each.hex() for each in inclusion(tree, 0, 8)] == INCLUSION_0_OF_8
    assert [each.hex() for each in consistency(tree, 6, 8)] == CONSISTENCY_6_OF_8


def test_every_size_to_300_against_the_definition() -> None:
    """Roots of all sizes; all proofs to 40, and beyond it those about powers of two, the ends and some by chance."""
    tree, leaves = _tree(300)
    roots = [_defined(leaves[:size]) for size in range(301)]
    chance = random.Random(1)
    for size in range(301):
        assert root(tree, size) == roots[size]
        near = {0, 1, 2, 127, 128, 129, 255, 256, 257, size - 1, size, *(chance.randrange(300) for _ in range(4))}
        for place in sorted(near if size > 40 else range(size + 1)):
            if 0 <= place < size:
                check_inclusion(place, size, leaves[place], inclusion(tree, place, size), roots[size])
            if 0 <= place <= size:
                check_consistency(place, size, roots[place], roots[size], consistency(tree, place, size))


class _Definition:
    """RFC 6962 section 2.1 word for word over leaf hashes D[0:n]; what was computed once is remembered."""

    def __init__(self, leaves: list[bytes]) -> None:
        self._leaves = leaves
        self.mth = functools.cache(self._mth)

    def _mth(self, start: int, stop: int) -> bytes:
        if stop - start == 1:
            return self._leaves[start]
        k = start + _below(stop - start)
        return node_hash(self.mth(start, k), self.mth(k, stop))

    def path(self, place: int, start: int, stop: int) -> list[bytes]:
        """PATH of section 2.1.1 for the leaf ``place`` of D[start:stop]."""
        if stop - start == 1:
            return []
        k = start + _below(stop - start)
        if place < k:
            return [*self.path(place, start, k), self.mth(k, stop)]
        return [*self.path(place, k, stop), self.mth(start, k)]

    def subproof(self, old: int, start: int, stop: int, *, whole: bool) -> list[bytes]:
        """SUBPROOF of section 2.1.2 for the first ``old`` of D[start:stop]."""
        if old == stop - start:
            return [] if whole else [self.mth(start, stop)]
        k = _below(stop - start)
        if old <= k:
            return [*self.subproof(old, start, start + k, whole=whole), self.mth(start + k, stop)]
        return [*self.subproof(old - k, start + k, stop, whole=False), self.mth(start, start + k)]


def _below(count: int) -> int:
    """The largest power of two smaller than ``count``."""
    k = 1
    while k * 2 < count:
        k *= 2
    return k


def test_all_proofs_of_all_sizes_to_130_are_those_of_the_definition() -> None:
    """Every place in every size, every size in every size; each holds, and not for another leaf or root."""
    tree, leaves = _tree(130)
    defined = _Definition(leaves)
    roots = [EMPTY, *(defined.mth(0, size) for size in range(1, 131))]
    for size in range(131):
        for place in range(size):
            proof = inclusion(tree, place, size)
            assert proof == defined.path(place, 0, size)
            check_inclusion(place, size, leaves[place], proof, roots[size])
            _refused(place, size, leaves[(place + 1) % 130], proof, roots[size])
        for old in range(1, size + 1):
            proof = consistency(tree, old, size)
            assert proof == defined.subproof(old, 0, size, whole=True)
            check_consistency(old, size, roots[old], roots[size], proof)
            with pytest.raises(ProofInvalid):
                check_consistency(old, size, roots[old - 1], roots[size], proof)
        check_consistency(0, size, EMPTY, roots[size], consistency(tree, 0, size))


def test_larger_trees_by_chance() -> None:
    """Beyond the second tile level."""
    tree, leaves = _tree(67_000)
    chance = random.Random(2)
    for _ in range(12):
        size = chance.randrange(60_000, 67_001)
        place = chance.randrange(size)
        whole = _defined(leaves[:size])
        assert root(tree, size) == whole
        check_inclusion(place, size, leaves[place], inclusion(tree, place, size), whole)
        check_consistency(place, size, root(tree, place), whole, consistency(tree, place, size))


def test_a_changed_proof_does_not_hold() -> None:
    """A hash changed, dropped, added or turned; another place, size, leaf or root."""
    tree, leaves = _tree(70)
    for size, place in ((70, 0), (70, 69), (70, 33), (64, 17), (3, 2)):
        whole, proof = root(tree, size), inclusion(tree, place, size)
        for wrong in _spoilt(proof):
            _refused(place, size, leaves[place], wrong, whole)
        _refused(place, size, leaves[place - 1], proof, whole)
        _refused(place, size, leaves[place], proof, leaves[0])
        _refused(size, size, leaves[place], proof, whole)
        if place:
            proof = consistency(tree, place, size)
            for wrong in _spoilt(proof):
                with pytest.raises(ProofInvalid):
                    check_consistency(place, size, root(tree, place), whole, wrong)
            with pytest.raises(ProofInvalid):
                check_consistency(place, size, leaves[3], whole, proof)


def _spoilt(proof: list[bytes]) -> list[list[bytes]]:
    changed = [[*proof[:at], bytes([each[0] ^ 1]) + each[1:], *proof[at + 1 :]] for at, each in enumerate(proof)]
    turned = [proof[::-1]] if proof[::-1] != proof else []
    return [*changed, proof[:-1], [*proof, bytes(32)], [*proof, b"x"], *turned]


def _refused(place: int, size: int, leaf: bytes, proof: list[bytes], whole: bytes) -> None:
    with pytest.raises(ProofInvalid):
        check_inclusion(place, size, leaf, proof, whole)


def test_proofs_beyond_the_tree_are_not_made() -> None:
    """Neither of entries nor of sizes that do not exist."""
    tree, _ = _tree(5)
    for place, size in ((5, 5), (-1, 5), (0, 6)):
        with pytest.raises(ProofInvalid):
            inclusion(tree, place, size)
    for old, new in ((4, 3), (-1, 3), (2, 6)):
        with pytest.raises(ProofInvalid):
            consistency(tree, old, new)
    with pytest.raises(ProofInvalid):
        check_consistency(0, 5, bytes(32), root(tree, 5), [])
