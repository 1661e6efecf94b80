"""An open volume: the one door to the ring. One process writes; others may look, read only."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import structlog

from mihariban.base.clock import SECOND, Clock, SystemClock, iso
from mihariban.base.files import BlockFile
from mihariban.base.ids import Random, id_text
from mihariban.volume.catalogue import Catalogue, ClipInfo, clip_info
from mihariban.volume.chunk import Chunk, unpack
from mihariban.volume.create import Progress, VolumeSpec, create_volume, write_superblocks
from mihariban.volume.errors import (
    ChunkDamaged,
    ClipRefused,
    ClipUnknown,
    HoldShareFull,
    VolumeDamaged,
    VolumeMissing,
    VolumeOfAnotherSite,
    VolumeTruncated,
)
from mihariban.volume.finding import Finding, finding
from mihariban.volume.index import Index, place
from mihariban.volume.keys import KeyTable
from mihariban.volume.layout import BLOCK
from mihariban.volume.page import ClipKind, Entry, Page, RegionState
from mihariban.volume.recover import Reader, close_after_crash, read_superblock
from mihariban.volume.ring import ClipHeader, Ring
from mihariban.volume.root import Root
from mihariban.volume.sealing import open_row, seal_row
from mihariban.volume.stat import WEEK, VolumeStat, lifetime_hours, overwritten_at, weekly_rate
from mihariban.volume.storage import KEYS, RING, ROOT, Folder, Storage
from mihariban.volume.table import ClipTable, unpack_rows, unpack_table
from mihariban.volume.writer import ClipWriter as RingWriter

_log = structlog.get_logger(__name__)
_AT_ONCE = 64


class ClipWriter:
    """Takes the chunks of one clip; made by ``Volume.begin_clip``."""

    def __init__(self, volume: Volume, inner: RingWriter) -> None:
        self._volume = volume
        self.inner = inner
        self.clip = inner.clip

    @property
    def durable(self) -> int:
        """Chunks that a power cut can no longer take."""
        return self.inner.durable

    @property
    def appended(self) -> int:
        """Chunks taken."""
        return self.inner.appended

    def append(self, chunk: Chunk) -> bool:
        """Store a chunk; False, and nothing stored, where the region has no room for it any more.

        Raises:
            VolumeIoError: open the volume anew.
        """
        with self._volume.lock:
            return self.inner.append(chunk)

    def close(self, deadline: int | None = None, notes: Mapping[str, Any] | None = None) -> None:
        """Nothing will be added; durable with the next commit.

        Args:
            deadline: not readable after, where it became another one.
            notes: small facts kept with the clip.
        """
        with self._volume.lock:
            self.inner.close(deadline, notes)
            self._volume.note_closed(self.inner)


class Volume:
    """See ``open`` and ``read_only``. Safe for several threads: every call is guarded by one lock."""

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
        self.clock = clock
        self._random = random
        self._storage = storage
        self._readonly = readonly
        self.findings: list[Finding] = []
        self._file, self._keys_file = ring, keys
        secret = storage.read_secret()
        self._secret = secret
        self.superblock, broken = read_superblock(self._file, secret, storage.place)
        self.findings += [finding("superblock-damaged", copy=copy) for copy in broken]
        self.shape = self.superblock.geometry
        self._check_sizes()
        if site is not None and site != self.superblock.site:
            raise VolumeOfAnotherSite(place=storage.place, found=self.superblock.site, expected=site)
        root = Root(secret, self.superblock.volume)
        self.keys = KeyTable(self._keys_file, root, self.superblock.volume, self.shape, random)
        self.ring = Ring(self._file, self.keys, self.superblock, root, clock, random)
        self.reader = Reader(self._file, root, self.superblock.volume, self.shape)
        self.catalogue = Catalogue()
        self._index: Index = storage.index(readonly=readonly)
        self._closed_writers: list[RingWriter] = []
        self._keep_superblock(broken=bool(broken))
        self._recover()

    # Making and opening

    @classmethod
    def create(
        cls,
        directory: Path | Storage,
        spec: VolumeSpec,
        *,
        clock: Clock | None = None,
        random: Random = os.urandom,
        progress: Progress | None = None,
        allow_cow: bool = False,
    ) -> Volume:
        """Write a new volume and open it. For errors see ``create_volume``."""
        storage = Folder(directory) if isinstance(directory, Path) else directory
        clock = clock or SystemClock()
        create_volume(storage, spec, clock=clock, random=random, progress=progress, allow_cow=allow_cow)
        return cls.open(storage, clock=clock, random=random)

    @classmethod
    def open(
        cls,
        directory: Path | Storage,
        *,
        clock: Clock | None = None,
        random: Random = os.urandom,
        site: str | None = None,
    ) -> Volume:
        """Open for writing: become the one writer, recover what a crash left.

        Raises:
            VolumeMissing, VolumeInUse, WrongKey, VolumeDamaged, VolumeTruncated.
            VolumeOfAnotherSite: it does not belong to ``site``.
        """
        storage = Folder(directory) if isinstance(directory, Path) else directory
        _require_files(storage)
        storage.lock()
        try:
            return cls._mounted(storage, clock=clock or SystemClock(), random=random, readonly=False, site=site)
        except BaseException:
            storage.unlock()
            raise

    @classmethod
    def read_only(cls, directory: Path | Storage, *, clock: Clock | None = None, site: str | None = None) -> Volume:
        """Look beside a running recorder; nothing is written. For errors see ``open``."""
        storage = Folder(directory) if isinstance(directory, Path) else directory
        _require_files(storage)
        return cls._mounted(storage, clock=clock or SystemClock(), random=os.urandom, readonly=True, site=site)

    @classmethod
    def _mounted(cls, storage: Storage, *, clock: Clock, random: Random, readonly: bool, site: str | None) -> Volume:
        """Nothing stays open where opening fails."""
        files: list[BlockFile] = []
        try:
            files += [storage.open(name, readonly=readonly) for name in (RING, KEYS)]
            return cls(storage, *files, clock=clock, random=random, readonly=readonly, site=site)
        except BaseException:
            for file in files:
                file.close()
            raise

    def close(self) -> None:
        """Close regions and files; a second call does nothing. Open clips are closed as they are."""
        with self.lock:
            if not self._readonly and not self.ring.failed:
                for region in list(self.ring.open.values()):
                    for writer in list(region.writers):
                        writer.close()
                        self.note_closed(writer)
                self.ring.close_regions()
                self._index_closed()
            self._index.close()
            self._file.close()
            self.keys.close()
            self.catalogue.close()
            if not self._readonly:
                self._storage.unlock()

    # Writing

    def begin_clip(self, camera: str, header: ClipHeader, *, new_region: bool = False) -> ClipWriter:
        """A clip of a camera. Its key is durable before any chunk counts as durable.

        Raises:
            VolumeFull: every region is held or open.
            VolumeIoError: open the volume anew.
        """
        with self.lock:
            writer = self.ring.begin(camera, header, new_region=new_region)
            for region in self.ring.dropped:
                self.catalogue.remove_region(region)
                self._index.drop(region)
            self.ring.dropped.clear()
            return ClipWriter(self, writer)

    def commit(self) -> None:
        """Make everything appended so far durable, for all cameras at once.

        Raises:
            VolumeIoError: what was appended since the last commit may be lost; open the volume anew.
        """
        with self.lock:
            self.ring.commit()
            self.ring.finished.clear()
            self._index_closed()

    def note_closed(self, writer: RingWriter) -> None:
        """A clip was closed; the index learns of it when it is durable."""
        if writer.table.chunks:
            self.catalogue.put([clip_info(writer.region.page, writer.slot, writer.table)])
            self._closed_writers.append(writer)

    # Reading

    def clips(
        self,
        camera: str | None = None,
        since: int | None = None,
        until: int | None = None,
        kind: ClipKind | None = None,
    ) -> list[ClipInfo]:
        """Clips that show something in [since, until), by time."""
        with self.lock:
            self._refresh_open()
            return self.catalogue.find(camera, since, until, kind)

    def clip(self, clip: bytes) -> ClipInfo:
        """One clip.

        Raises:
            ClipUnknown: never was, or erased.
        """
        with self.lock:
            self._refresh_open()
            info = self.catalogue.get(clip)
            if info is None:
                raise ClipUnknown(clip=id_text(clip))
            return info

    def read(self, clip: bytes, damaged: list[ChunkDamaged] | None = None) -> Iterator[Chunk]:
        """The chunks of a clip, decrypted and authenticated, in the order they were stored.

        Args:
            damaged: takes the chunks that cannot be read, and reading goes on; without it the first one is raised.

        Raises:
            ClipUnknown, ChunkDamaged.
            ClipRefused: its deadline has passed and no hold keeps it.
        """
        with self.lock:
            info, page = self._readable(clip)
            table = self._table(info, page)
        for part in table.listed():
            with self.lock:
                info, page = self._readable(clip)  # reading ends when the clip is destroyed or its time is over
            opened = self.reader.piece(page, info.slot, part)
            if opened is not None:
                yield unpack(*opened)[0]
                continue
            self._readable(clip)  # it may have been destroyed or overwritten meanwhile
            error = ChunkDamaged(
                camera=info.camera, clip=id_text(clip), second=iso(part.wall), region=info.region, offset=part.offset
            )
            if damaged is None:
                raise error
            damaged.append(error)

    def _readable(self, clip: bytes) -> tuple[ClipInfo, Page]:
        with self.lock:
            info = self.clip(clip)
            if info.deadline <= self.clock.wall() and not info.held:
                raise ClipRefused(
                    clip=id_text(clip), reason_ja="保存期限を過ぎています", reason_en="its deadline has passed"
                )
            page = self.ring.page(info.region)
            if info.slot >= len(page.entries) or page.entries[info.slot].clip != clip:
                raise ClipUnknown(clip=id_text(clip))
            return info, page

    # What may be done with a clip

    def destroy(self, clip: bytes, *, before_minimum: bool = False) -> None:
        """Destroy a clip's key, durably and in both slots: its footage is unreadable through any door (E0).

        Raises:
            ClipUnknown. ClipRefused: it is held, still being written, or may not be erased yet.
        """
        with self.lock:
            info, _ = self._closed(clip)
            if info.held:
                raise ClipRefused(clip=id_text(clip), reason_ja="保存が延長されています", reason_en="a hold keeps it")
            if info.minimum > self.clock.wall() and not before_minimum:
                raise ClipRefused(
                    clip=id_text(clip), reason_ja="まだ消去できません", reason_en="it may not be erased yet"
                )
            self._destroy([info])

    def destroy_expired(self) -> list[ClipInfo]:
        """Destroy the keys of all closed clips past their deadline that no hold and no minimum keeps."""
        with self.lock:
            infos = self.catalogue.expired(self.clock.wall())
            self._destroy(infos)
            return infos

    def _destroy(self, infos: list[ClipInfo]) -> None:
        pages: dict[int, Page] = {}
        for info in infos:
            page = pages.setdefault(info.region, self.ring.page(info.region))
            page.entries[info.slot] = Entry()
        self.ring.settle(pages.values())
        for info in infos:
            self.catalogue.remove(info.clip)
            if not pages[info.region].live:
                self._index.drop(info.region)
        self._index.commit()

    def set_deadline(self, clip: bytes, deadline: int) -> None:
        """Give a closed clip another deadline (ns), durably."""
        with self.lock:
            info, page = self._closed(clip)
            page.entries[info.slot].deadline = deadline
            self._keep(page, info.slot)

    def hold(self, clip: bytes) -> None:
        """Keep a clip whatever happens; each hold is counted.

        Raises:
            HoldShareFull: with figures; nothing is changed.
        """
        with self.lock:
            info, page = self._closed(clip)
            used = self.ring.table.held_regions()
            if not page.held and used + 1 > self.superblock.hold_regions:
                raise HoldShareFull(share=self.superblock.hold_regions, used=used, needed=1)
            page.entries[info.slot].holds += 1
            self._keep(page, info.slot)

    def release(self, clip: bytes) -> None:
        """Take one hold from a clip."""
        with self.lock:
            info, page = self._closed(clip)
            if not info.held:
                raise ClipRefused(clip=id_text(clip), reason_ja="延長されていません", reason_en="no hold keeps it")
            page.entries[info.slot].holds -= 1
            self._keep(page, info.slot)

    # Figures

    def stat(self, now: int | None = None) -> VolumeStat:
        """How full the volume is. ``now``: wall ns, the clock's without it."""
        with self.lock:
            now = self.clock.wall() if now is None else now
            self._refresh_open()
            table, size = self.ring.table, self.shape.region_size
            clips, stored, shown = self.catalogue.sums()
            held = self.catalogue.sums("holds > 0")
            expired = self.catalogue.sums("holds = 0 AND deadline <= ?", (now,))
            recent = self.catalogue.sums("start > ?", (now - WEEK,))[1]
            oldest = self.catalogue.oldest()
            since = None if oldest is None else max(oldest, now - WEEK)
            rate = weekly_rate(recent, since, now)
            return VolumeStat(
                size=self.shape.ring_size,
                region_size=size,
                regions=self.shape.regions,
                usable_regions=table.usable(),
                used_regions=table.in_use(),
                free_regions=table.free(),
                open_regions=table.count(RegionState.OPEN),
                held_regions=table.held_regions(),
                hold_regions=self.superblock.hold_regions,
                clips=clips,
                stored=stored,
                seconds=shown / SECOND,
                held_clips=held[0],
                held_bytes=held[1],
                held_seconds=held[2] / SECOND,
                expired_clips=expired[0],
                expired_bytes=expired[1],
                oldest=oldest,
                week_bytes=rate,
                overwritten_at=overwritten_at(table.free() * size, rate, now),
                lifetime_hours=lifetime_hours(table.usable() * size, rate),
                erasure_level=self.erasure_level(),
            )

    def erasure_level(self) -> str:
        """What may be said of footage that was overwritten here: E1 on a disk that overwrites in place, else E0."""
        where = self._storage.placement(self._file)
        return "E1" if where.in_place and where.rotational else "E0"

    # Inside

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
        unsettled: list[Page] = []
        pages: list[tuple[Page, dict[int, ClipTable] | None]] = []
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
            if page.live:
                pages.append((page, tables))
        if lost == self.shape.regions:
            raise VolumeDamaged(place=self._storage.place, what="every page of keys.tab")
        if unsettled and not self._readonly:
            self.ring.settle(unsettled)
        for first in range(0, len(pages), _AT_ONCE):
            group = pages[first : first + _AT_ONCE]
            known = [self._indexed(page) if tables is None else tables for page, tables in group]
            self.reader.expect(page for (page, _), tables in zip(group, known, strict=True) if tables is None)
            for (page, walked), tables in zip(group, known, strict=True):
                self.catalogue.put(self._learn(page, tables, new=walked is not None))
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

    def _learn(self, page: Page, known: dict[int, ClipTable] | None, *, new: bool) -> list[ClipInfo]:
        """The clips of a region, read from the ring where they are not known; what is new goes into the index."""
        if known is None:
            known, new = self.reader.tables(page), True
        if new and not self._readonly:
            for slot, table in known.items():
                self._put_index(page, slot, table)
        return [clip_info(page, slot, table) for slot, table in known.items()]

    def _indexed(self, page: Page) -> dict[int, ClipTable] | None:
        """The clips' sums from the index, if it has all of this region's live clips and each is complete."""
        tables: dict[int, ClipTable] = {}
        for slot, entry in enumerate(page.entries):
            if not entry.live:
                continue
            sealed = self._summaries().get(place(page.region, slot))
            summary = open_row(entry.key, self._context(page, slot, b"s"), sealed) if sealed else None
            table = unpack_table(summary) if summary else None
            if table is None or not table.final:
                return None
            tables[slot] = table
        return tables

    def _summaries(self) -> dict[int, bytes]:
        if self._summary_rows is None:
            self._summary_rows = dict(self._index.summaries())
        return self._summary_rows

    _summary_rows: dict[int, bytes] | None = None

    def _context(self, page: Page, slot: int, part: bytes) -> bytes:
        return place(page.region, slot).to_bytes(8, "big") + page.generation.to_bytes(8, "big") + part

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

    def _closed(self, clip: bytes) -> tuple[ClipInfo, Page]:
        info = self.clip(clip)
        region = self.ring.open.get(info.region)
        if region is not None and any(writer.slot == info.slot for writer in region.writers):
            raise ClipRefused(clip=id_text(clip), reason_ja="録画中です", reason_en="it is being recorded")
        return info, self.ring.page(info.region)

    def _keep(self, page: Page, slot: int) -> None:
        self.ring.settle([page])
        self.catalogue.amend(page.entries[slot])

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
                write_superblocks(self._file, block, self._secret, self._random)
            self.superblock = self.ring.superblock = block


def _require_files(storage: Storage) -> None:
    for name in (RING, KEYS, ROOT):
        if not storage.exists(name):
            raise VolumeMissing(place=storage.place, what=name)
