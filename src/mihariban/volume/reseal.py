"""Bringing key pages under another root without looking at what they say, safe at every moment.

Each page is first sealed into its older slot, and when that is durable into the other: at every moment one slot opens
under the old root or the new one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from mihariban.base.files import BlockFile
from mihariban.base.ids import Random
from mihariban.volume.layout import BLOCK, Geometry
from mihariban.volume.page import open_slot, seal_slot, slot_sequence, with_twin
from mihariban.volume.root import Root


@dataclass(slots=True)
class _Slot:
    """The newest slot of a page: its sequence and plain text, and whether it is under the new root already."""

    sequence: int
    plain: bytes
    current: bool


class Resealer:
    """Works on the pages of one key table.

    Args:
        file: keys.tab, with nothing of it unsynced. volume: its id. shape: its sizes.
        roots: the first is the new one.
        random: source of nonces.
    """

    def __init__(self, file: BlockFile, volume: bytes, shape: Geometry, roots: Sequence[Root], random: Random) -> None:
        self._file = file
        self._volume = volume
        self._size = shape.page_size
        self._roots = roots
        self._likely = len(roots) - 1
        self._random = random
        self.lost = 0

    def run(self, regions: range) -> dict[int, int]:
        """Bring pages under the new root; those that are there in both slots cost no write.

        Returns:
            The sequence each page has now, of those that were sealed anew. ``lost`` counts pages no root opens; they
            stay as they are.
        """
        moving = {region: slot for region in regions if (slot := self._newest(region)) is not None}
        ciphers = {region: self._roots[0].cipher("page", region) for region in moving}
        for twin in (False, True):
            for region, slot in moving.items():
                if twin or not slot.current:
                    slot.sequence += 1
                    self._put(region, slot, ciphers[region], twin=twin)
            if moving:
                self._file.sync()
        return {region: slot.sequence for region, slot in moving.items()}

    def _newest(self, region: int) -> _Slot | None:
        """The newest slot of a page that opens; None where there is nothing to do."""
        raw = self._file.pread(self._offset(region, 0), 2 * self._size)
        halves = sorted((raw[: self._size], raw[self._size :]), key=lambda half: -slot_sequence(half, region))
        newest = self._open(halves[0], region)
        if newest is not None and not newest.current:
            return newest
        other = self._open(halves[1], region)
        if newest is not None and other is not None and other.current:
            return None
        if newest is None and other is None:
            self.lost += 1
        return newest or other

    def _open(self, raw: bytes, region: int) -> _Slot | None:
        sequence = slot_sequence(raw, region)
        if sequence < 0:
            return None
        for rank in (self._likely, *(rank for rank in range(len(self._roots)) if rank != self._likely)):
            plain = open_slot(raw, self._roots[rank].cipher("page", region), self._volume)
            if plain is not None:
                self._likely = rank
                return _Slot(sequence, plain, rank == 0)
        return None

    def _put(self, region: int, slot: _Slot, cipher: AESGCM, *, twin: bool) -> None:
        plain = with_twin(slot.plain, twin)
        raw = seal_slot(plain, region, slot.sequence, cipher, self._volume, self._random(12))
        self._file.pwrite(self._offset(region, slot.sequence & 1), raw)

    def _offset(self, region: int, slot: int) -> int:
        return BLOCK + (2 * region + slot) * self._size
