"""A volume whose files are open: whose it is, and what it and its index know of the clips."""

from __future__ import annotations

import threading
from collections.abc import Mapping

import structlog

from mihariban.base.clock import Clock
from mihariban.base.files import BlockFile
from mihariban.base.ids import Random
from mihariban.volume.catalogue import Catalogue, ClipInfo, clip_info, clip_table
from mihariban.volume.create import write_superblocks
from mihariban.volume.errors import (
    VolumeDamaged,
    VolumeOfAnotherSite,
    VolumeTruncated,
)
from mihariban.volume.finding import Finding, finding
from mihariban.volume.index import Index, place, region_context, row_context
from mihariban.volume.keys import KeyTable
from mihariban.volume.layout import BLOCK
from mihariban.volume.opening import Opening
from mihariban.volume.page import Page, RegionState
from mihariban.volume.recover import Reader
from mihariban.volume.ring import Ring
from mihariban.volume.roots import Roots
from mihariban.volume.rotate import rotate
from mihariban.volume.sealing import common_key, open_row, seal_row
from mihariban.volume.storage import KEYS, RING, Storage
from mihariban.volume.table import ClipTable, pack_summaries, unpack_rows
from mihariban.volume.writer import ClipWriter as RingWriter

_log = structlog.get_logger(__name__)


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
        self.keys.expect()
        self._index: Index = storage.index(readonly=readonly)
        self._closed_writers: list[RingWriter] = []
        if self.roots.unfinished and not readonly:
            self.findings.append(finding("rotation-resumed"))
            rotate(self)
        self._keep_superblock(broken=bool(broken))
        Opening(self).run()

    @property
    def readonly(self) -> bool:
        """Only looked at; another process may be the writer."""
        return self._readonly

    @property
    def place(self) -> str:
        """Where it is, for people."""
        return self._storage.place

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

    def settle_disk(self) -> None:
        """What a killed process wrote may be in the machine's memory only: make it durable before building on it."""
        if not self._readonly:
            with self.ring.guard("ring.vol"):
                self._file.sync()

    # The index

    def indexed(self, among: range) -> dict[int, bytes]:
        """What the index has of regions: the sealed summaries of their clips."""
        return self._index.regions(among)

    def index_region(self, page: Page, tables: Mapping[int, ClipTable]) -> None:
        """Note clips of a region, and if they are all that are live and it is closed, their summaries."""
        for slot, table in tables.items():
            self._put_chunks(page, slot, table)
        self._put_summaries(page, tables)

    def commit_index(self) -> None:
        """Keep what the index was told."""
        self._index.commit()

    def _context(self, page: Page, slot: int) -> bytes:
        return row_context(page.region, page.generation, slot)

    def _put_chunks(self, page: Page, slot: int, table: ClipTable) -> None:
        rows = seal_row(page.entries[slot].key, self._context(page, slot), table.pack_rows(), self._random)
        self._index.put(place(page.region, slot), rows)

    def _put_summaries(self, page: Page, tables: Mapping[int, ClipTable]) -> None:
        """Only of closed clips, and of all that are live: what cannot be read now is looked for again at each start."""
        live = [(slot, entry.key) for slot, entry in enumerate(page.entries) if entry.live]
        known = [tables[slot] for slot, _ in live if slot in tables and tables[slot].final and tables[slot].count]
        if page.state is not RegionState.CLOSED or not live or len(known) < len(live):
            return
        key, context = common_key(b"".join(key for _, key in live)), region_context(page.region, page.generation)
        self._index.put_region(page.region, seal_row(key, context, pack_summaries(known), self._random))

    def _put_known(self, page: Page) -> None:
        """The summaries of a region as the catalogue has them, unless the region has gone on meanwhile."""
        if int(self.ring.table.generation[page.region]) == page.generation:
            self._put_summaries(page, {info.slot: clip_table(info) for info in self.catalogue.of_region(page.region)})

    def _index_closed(self) -> None:
        for writer in self._closed_writers:
            if writer.entry.live:
                self._put_chunks(writer.region.page, writer.slot, writer.table)
        for page in self.ring.closed:
            self._put_known(page)
        if self._closed_writers or self.ring.closed:
            self._index.commit()
        self._closed_writers.clear()
        self.ring.closed.clear()

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
        rows = open_row(key, self._context(page, info.slot), sealed) if sealed else None
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
