"""What a volume knows when it is opened: regions from their key pages, clips from the index, else from the ring.

A hundred thousand clips are taken in by the thousand, as columns of numbers. One by one are looked at only regions that
a crash left open, pages with a single copy, and what the index does not have.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from mihariban.volume.catalogue import ROW, ClipInfo, Mask, Rows, clip_info
from mihariban.volume.errors import VolumeDamaged
from mihariban.volume.finding import finding
from mihariban.volume.index import region_contexts
from mihariban.volume.page import KEY_LENGTH, Page, RegionState, page_of, rows_of
from mihariban.volume.recover import close_after_crash
from mihariban.volume.sealing import common_key, open_row
from mihariban.volume.table import SUMMARY, SUMMARY_ROW, ClipTable, unpack_notes

if TYPE_CHECKING:
    from mihariban.volume.mounted import Mounted

_AT_ONCE = 64
_FROM_PAGE = ("clip", "visit", "kind", "created", "deadline", "minimum", "policy", "holds")
_FROM_SUMMARY = ("chunks", "start", "end", "duration", "stored", "media", "samples", "final")


@dataclass(slots=True)
class _Batch:
    """Regions whose pages could be read: of each its number, the text of its page and the page. ``walked``: the clips
    found in those that were open.
    """

    regions: list[int]
    plains: list[bytes]
    pages: NDArray[np.void]
    walked: dict[int, dict[int, ClipTable]] = field(default_factory=dict)


class Opening:
    """One opening of a volume.

    Args:
        volume: its files are open, its catalogue and its table of regions are empty.
    """

    def __init__(self, volume: Mounted) -> None:
        self._volume = volume
        self._layout = rows_of(volume.shape.page_size)
        self._rows: list[Rows] = []
        self._notes: dict[bytes, bytes] = {}
        self._cameras: dict[bytes, int] = {}
        self._unsettled: list[Page] = []
        self._unknown: list[tuple[Page, dict[int, ClipTable] | None]] = []
        self._lost = self._opened = 0

    def run(self) -> None:
        """Fill table and catalogue; where the volume may be written, mend what a crash left, and the index.

        Raises:
            VolumeDamaged: no key page can be read.
        """
        volume = self._volume
        for first, plains in volume.keys.load_packed():
            self._take(first, plains)
        if self._lost == volume.shape.regions:
            raise VolumeDamaged(place=volume.place, what="every page of keys.tab")
        if self._unsettled and not volume.readonly:
            volume.ring.settle(self._unsettled)
        learned = self._learned()
        volume.catalogue.fill(self._rows, self._notes)
        volume.catalogue.put(learned)
        if not volume.readonly:
            volume.commit_index()

    def _take(self, first: int, plains: list[bytes | None]) -> None:
        found = [(region, plain) for region, plain in enumerate(plains, first) if plain is not None]
        for region in [region for region, plain in enumerate(plains, first) if plain is None]:
            self._lost += 1
            self._volume.ring.table.lose(region)
            self._volume.findings.append(finding("key-page-lost", region=region))
        if not found:
            return
        texts = [plain for _, plain in found]
        batch = _Batch([region for region, _ in found], texts, np.frombuffer(b"".join(texts), self._layout))
        self._volume.ring.table.fill(batch.regions, batch.pages)
        special = (batch.pages["state"] == RegionState.OPEN) | (batch.pages["twin"] == 0)
        for number in np.flatnonzero(special).tolist():
            self._look_at(page_of(batch.plains[number], batch.regions[number]), batch)
        self._index(batch, range(first, first + len(plains)))

    def _look_at(self, page: Page, batch: _Batch) -> None:
        """A page whose region was open, or that has a single copy."""
        if page.state is RegionState.OPEN:
            if not self._opened:
                self._volume.settle_disk()
            self._opened += 1
            batch.walked[page.region] = tables = self._walked(page)
            if page.live:
                self._unknown.append((page, tables))
        if not page.twin:
            self._unsettled.append(page)
        self._volume.ring.table.update(page)

    def _walked(self, page: Page) -> dict[int, ClipTable]:
        """The clips of a region that was open; it is closed where the volume may be written."""
        walked = self._volume.reader.walk(page)
        if not self._volume.readonly:
            close_after_crash(page, walked)
            for table in walked.tables.values():
                table.final = True
            page.twin = False
        return walked.tables

    def _index(self, batch: _Batch, among: range) -> None:
        """Take in the clips of all regions of which the index has all that are live; the others are to be learned."""
        entries = batch.pages["entries"]
        live = entries["key_length"] > 0
        keys, ids = entries["key"]["file"][live].tobytes(), entries["clip"][live].tobytes()
        indexed, contexts = self._volume.indexed(among), region_contexts(batch.regions, batch.pages["generation"])
        known, heads, end = [False] * len(batch.regions), list[bytes](), 0
        for number, count in enumerate(live.sum(axis=1).tolist()):
            first, end, region = end, end + count, batch.regions[number]
            if not count or region in batch.walked:
                continue
            common = common_key(keys[first * KEY_LENGTH : end * KEY_LENGTH])
            plain = open_row(common, contexts[number], indexed.get(region, b""))
            if plain is None:
                self._unknown.append((page_of(batch.plains[number], region), None))
                continue
            known[number] = True
            heads.append(plain[: count * SUMMARY])
            for which, packed in unpack_notes(plain, count).items():
                self._notes[ids[16 * (first + which) : 16 * (first + which + 1)]] = packed
        self._join(batch, live & np.asarray(known)[:, np.newaxis], np.frombuffer(b"".join(heads), SUMMARY_ROW))

    def _join(self, batch: _Batch, taken: Mask, summaries: NDArray[np.void]) -> None:
        """The rows of the entries that are taken, from page and summary."""
        entries, (places, slots) = batch.pages["entries"], np.nonzero(taken)
        rows = np.zeros(len(slots), ROW)
        for name in _FROM_PAGE:
            rows[name] = entries[name][taken]
        for name in _FROM_SUMMARY:
            rows[name] = summaries[name]
        rows["slot"], rows["region"] = slots, np.asarray(batch.regions)[places]
        names = zip(batch.pages["camera"].tolist(), batch.pages["camera_length"].tolist(), strict=True)
        rows["camera"] = np.asarray([self._camera(raw[:length]) for raw, length in names])[places]
        self._rows.append(rows)

    def _camera(self, name: bytes) -> int:
        if name not in self._cameras:
            self._cameras[name] = self._volume.catalogue.camera(name.decode())
        return self._cameras[name]

    def _learned(self) -> list[ClipInfo]:
        """The clips the index does not know, read from the ring unless they were just walked; the index learns them."""
        learned: list[ClipInfo] = []
        for first in range(0, len(self._unknown), _AT_ONCE):
            group = self._unknown[first : first + _AT_ONCE]
            self._volume.reader.expect(page for page, tables in group if tables is None)
            for page, tables in group:
                learned += self._learn(page, self._volume.reader.tables(page) if tables is None else tables)
        return learned

    def _learn(self, page: Page, known: dict[int, ClipTable]) -> list[ClipInfo]:
        if not self._volume.readonly:
            self._volume.index_region(page, known)
        if page.state is RegionState.CLOSED:  # a clip of which nothing can be read has a key to destroy all the same
            live = [slot for slot, entry in enumerate(page.entries) if entry.live]
            known = {slot: known.get(slot) or ClipTable(final=True) for slot in live}
        return [clip_info(page, slot, table) for slot, table in known.items()]
