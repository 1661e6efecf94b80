"""A volume whose files are open: whose it is, recovery after a crash, and the clips from index or ring."""

from __future__ import annotations

import struct
import threading

import structlog

from mihariban.base.clock import Clock
from mihariban.base.files import BlockFile
from mihariban.base.ids import Random
from mihariban.volume.catalogue import Catalogue, ClipInfo, Row, clip_info, clip_row, packed_row
from mihariban.volume.create import write_superblocks
from mihariban.volume.errors import (
    VolumeDamaged,
    VolumeOfAnotherSite,
    VolumeTruncated,
)
from mihariban.volume.finding import Finding, finding
from mihariban.volume.index import Index, place
from mihariban.volume.keys import KeyTable
from mihariban.volume.layout import BLOCK
from mihariban.volume.page import Page, RegionState
from mihariban.volume.recover import Reader, close_after_crash
from mihariban.volume.ring import Ring
from mihariban.volume.roots import Roots
from mihariban.volume.rotate import rotate
from mihariban.volume.sealing import open_row, seal_row
from mihariban.volume.storage import KEYS, RING, Storage
from mihariban.volume.table import ClipTable, is_final, unpack_rows
from mihariban.volume.writer import ClipWriter as RingWriter

_log = structlog.get_logger(__name__)
_AT_ONCE = 64
_PLACE = struct.Struct(">QQ")


class Mounted:
    """The parts of an open volume. ``findings``: what was noticed at opening."""

    def __init__(
        self,
        storage: Storage,
        ring: BlockFile,
        keys: BlockFile,
        *,
        clock: Clock,
        random: Random,
        readonly: bool,
        site: str | None,
    ) -> None:
        self.lock = threading.RLock()
        self.rotating = threading.Lock()
        self.clock = clock
        self._random = random
        self._storage = storage
        self._readonly = readonly
        self.findings: list[Finding] = []
        self._file, self._keys_file = ring, keys
        self.roots = Roots(storage, ring, readonly=readonly)
        self.superblock, broken = self.roots.block, self.roots.broken
        self.findings += [finding("superblock-damaged", copy=copy) for copy in broken]
        self.shape = self.superblock.geometry
        self._check_sizes()
        if site is not None and site != self.superblock.site:
            raise VolumeOfAnotherSite(place=storage.place, found=self.superblock.site, expected=site)
        root, renew = self.roots.of_blocks(), self.roots.renew if readonly else None
        self.keys = KeyTable(self._keys_file, self.roots.all(), self.superblock.volume, self.shape, random, renew)
        self.ring = Ring(self._file, self.keys, self.superblock, root, clock, random)
        self.reader = Reader(self._file, root, self.superblock.volume, self.shape)
        self.catalogue = Catalogue()
        self._index: Index = storage.index(readonly=readonly)
        self._closed_writers: list[RingWriter] = []
        if self.roots.unfinished and not readonly:
            self.findings.append(finding("rotation-resumed"))
            rotate(self)
        self._keep_superblock(broken=bool(broken))
        self._recover()

    @property
    def readonly(self) -> bool:
        """Only looked at; another process may be the writer."""
        return self._readonly

    @property
    def random(self) -> Random:
        """Source of randomness."""
        return self._random

    @property
    def recording(self) -> bool:
        """Somebody, this process or another, is the writer now."""
        return self._storage.busy()

    def _check_sizes(self) -> None:
        for file, name, expected in (
            (self._file, RING, self.shape.ring_size),
            (self._keys_file, KEYS, KeyTable.size(self.shape)),
        ):
            if file.size() != expected:
                raise VolumeTruncated(path=f"{self._storage.place}/{name}", expected=expected, found=file.size())
        if self._keys_file.pread(0, BLOCK) != KeyTable.head(self.superblock.volume):
            raise VolumeDamaged(place=self._storage.place, what="keys.tab (or it belongs to another volume)")

    def _recover(self) -> None:
        indexed = dict(self._index.summaries())
        unsettled: list[Page] = []
        pages: list[tuple[Page, dict[int, ClipTable] | None]] = []
        known: list[Row] = []
        lost = opened = 0
        for region, page in self.keys.load_all():
            if page is None:
                lost += 1
                self.ring.table.lose(region)
                self.findings.append(finding("key-page-lost", region=region))
                continue
            tables: dict[int, ClipTable] | None = None
            if page.state is RegionState.OPEN:
                if not opened:
                    self._settle_disk()
                opened += 1
                tables = self.reader.walk(page).tables if self._readonly else self._close_region(page)
            if not page.twin:
                unsettled.append(page)
            self.ring.table.update(page)
            rows = self._indexed(page, indexed) if tables is None else None
            if rows is not None:
                known += rows
            elif page.live:
                pages.append((page, tables))
        if lost == self.shape.regions:
            raise VolumeDamaged(place=self._storage.place, what="every page of keys.tab")
        if unsettled and not self._readonly:
            self.ring.settle(unsettled)
        for first in range(0, len(pages), _AT_ONCE):
            group = pages[first : first + _AT_ONCE]
            self.reader.expect(page for page, tables in group if tables is None)
            for page, tables in group:
                known += map(clip_row, self._learn(page, tables))
        self.catalogue.fill(known)
        if not self._readonly:
            self._index.commit()

    def _settle_disk(self) -> None:
        """What a killed process wrote may be in the machine's memory only: make it durable before building on it."""
        if not self._readonly:
            with self.ring.guard("ring.vol"):
                self._file.sync()

    def _close_region(self, page: Page) -> dict[int, ClipTable]:
        walked = self.reader.walk(page)
        close_after_crash(page, walked)
        for table in walked.tables.values():
            table.final = True
        page.twin = False
        return walked.tables

    def _learn(self, page: Page, known: dict[int, ClipTable] | None) -> list[ClipInfo]:
        """The clips of a region the index does not know, read from the ring unless they were just walked."""
        if known is None:
            known = self.reader.tables(page)
        if not self._readonly:
            for slot, table in known.items():
                self._put_index(page, slot, table)
        if page.state is RegionState.CLOSED:  # a clip of which nothing can be read has a key to destroy all the same
            live = [slot for slot, entry in enumerate(page.entries) if entry.live]
            known = {slot: known.get(slot) or ClipTable(final=True) for slot in live}
        return [clip_info(page, slot, table) for slot, table in known.items()]

    def _indexed(self, page: Page, indexed: dict[int, bytes]) -> list[Row] | None:
        """The clips of a region from the index, if it has all that are live and each is complete."""
        rows: list[Row] = []
        first = place(page.region, 0)
        for slot, entry in enumerate(page.entries):
            if not entry.key:
                continue
            sealed = indexed.get(first + slot)
            summary = open_row(entry.key, self._context(page, slot, b"s"), sealed) if sealed else None
            if not summary or not is_final(summary):
                return None
            rows.append(packed_row(page, slot, entry, summary))
        return rows

    def _context(self, page: Page, slot: int, part: bytes) -> bytes:
        return _PLACE.pack(place(page.region, slot), page.generation) + part

    def _put_index(self, page: Page, slot: int, table: ClipTable) -> None:
        key = page.entries[slot].key
        summary = seal_row(key, self._context(page, slot, b"s"), table.pack_summary(), self._random)
        rows = seal_row(key, self._context(page, slot, b"c"), table.pack_rows(), self._random)
        self._index.put(place(page.region, slot), summary, rows)

    def _index_closed(self) -> None:
        for writer in self._closed_writers:
            if writer.entry.live:
                self._put_index(writer.region.page, writer.slot, writer.table)
        if self._closed_writers:
            self._index.commit()
        self._closed_writers.clear()

    def _refresh_open(self) -> None:
        writers = [writer for region in self.ring.open.values() for writer in region.writers if writer.table.chunks]
        if writers:
            self.catalogue.put(clip_info(writer.region.page, writer.slot, writer.table) for writer in writers)

    def _table(self, info: ClipInfo, page: Page) -> ClipTable:
        region = self.ring.open.get(info.region)
        for writer in region.writers if region else []:
            if writer.slot == info.slot:
                return writer.table.copy()
        for writer in self._closed_writers:
            if writer.region.page.region == info.region and writer.slot == info.slot:
                return writer.table
        sealed = self._index.chunks(place(info.region, info.slot))
        key = page.entries[info.slot].key
        rows = open_row(key, self._context(page, info.slot, b"c"), sealed) if sealed else None
        if rows is not None and len(rows):
            table = ClipTable(unpack_rows(rows))
            if len(table.chunks) == info.chunks:
                return table
        return self.reader.tables(page).get(info.slot, ClipTable())

    def _keep_superblock(self, *, broken: bool) -> None:
        """Note where the file lies now, and mend a broken copy."""
        block = self.superblock
        where = self._storage.placement(self._file)
        if block.placement and where.signature != block.placement:
            moves = block.moves + 1
            self.findings.append(finding("volume-moved", moves=moves))
            block = block.next(placement=where.signature, in_place=where.in_place, moves=moves, moved=self.clock.wall())
        elif broken:
            block = block.next()
        if block is not self.superblock and not self._readonly:
            with self.ring.guard("superblock"):
                write_superblocks(self._file, block, self.roots.sealed, self._random, kept=self.roots.kept)
            self.superblock = self.ring.superblock = block
