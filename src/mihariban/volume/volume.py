"""An open volume: the one door to the ring. One process writes; others may look, read only."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

from mihariban.base.clock import Clock, SystemClock, iso
from mihariban.base.files import BlockFile
from mihariban.base.ids import Random, id_text
from mihariban.volume.catalogue import ClipInfo, clip_info
from mihariban.volume.chunk import Chunk, unpack
from mihariban.volume.create import Progress, VolumeSpec, create_volume
from mihariban.volume.erasing import Destroyed, RegionEvent, Witness, read_back, say_early
from mihariban.volume.errors import (
    ChunkDamaged,
    ClipRefused,
    ClipUnknown,
    HoldShareFull,
    VolumeMissing,
)
from mihariban.volume.mounted import Mounted
from mihariban.volume.page import ClipHeader, ClipKind, Entry, Page
from mihariban.volume.stat import VolumeStat, figures
from mihariban.volume.storage import KEYS, RING, ROOT, Folder, Storage
from mihariban.volume.table import ChunkInfo
from mihariban.volume.writer import ClipWriter as RingWriter

_PAGES = 8  # key pages kept for reading, while none is written


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


class Volume(Mounted):
    """See ``open`` and ``read_only``. Safe for several threads: every call is guarded by one lock."""

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

    def begin_clip(
        self, camera: str, header: ClipHeader, *, new_region: bool = False, reserved: bool = False
    ) -> ClipWriter:
        """A clip of a camera. Its key is durable before any chunk counts as durable.

        Args:
            reserved: held from its beginning, in the share for holds; for ``holding`` alone.

        Raises:
            VolumeFull: every region is held or open.
            HoldShareFull: no region is left of the share for holds.
            VolumeIoError: open the volume anew.
        """
        with self.lock:
            try:
                writer = self.ring.begin(camera, header, new_region=new_region, reserved=reserved)
            finally:
                self._note_reuse()
            return ClipWriter(self, writer)

    def commit(self) -> None:
        """Make everything appended so far durable, for all cameras at once.

        Raises:
            VolumeIoError: what was appended since the last commit may be lost; open the volume anew.
        """
        with self.lock:
            self.ring.commit()
            self.ring.finished.clear()
            self._note_reuse()
            self._index_closed()

    def drain_events(self) -> list[RegionEvent]:
        """What happened to regions since the last call, in order. To be asked regularly; the oldest go unheard."""
        with self.lock:
            self._note_reuse()
            return self.ring.events.drain()

    def _note_reuse(self) -> None:
        for reuse in self.ring.filled:
            self.ring.events.add(RegionEvent("overwritten", reuse.region, reuse.before, reuse.generation))
        self.ring.filled.clear()
        for reuse in self.ring.dropped:
            lost = tuple(self.catalogue.of_region(reuse.region))
            event = RegionEvent("taken", reuse.region, reuse.before, reuse.generation, lost)
            self.ring.events.add(event)
            say_early(event, self.clock.wall())
            self.catalogue.remove_region(reuse.region)
            self._index.drop(reuse.region)
        self.ring.dropped.clear()

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

    def chunks(self, clip: bytes) -> list[ChunkInfo]:
        """What the durable chunks of a clip hold, in the order they were stored; no footage is read or decrypted.

        Raises:
            ClipUnknown. ClipRefused: its deadline has passed and no hold keeps it.
        """
        with self.lock:
            info, page = self._readable(clip)
            region = self.ring.open.get(info.region)
            for writer in region.writers if region else []:
                if writer.slot == info.slot:
                    return writer.table.chunks[: writer.durable]
            return self._table(info, page).listed()

    def read(
        self, clip: bytes, damaged: list[ChunkDamaged] | None = None, only: Sequence[ChunkInfo] | None = None
    ) -> Iterator[Chunk]:
        """The chunks of a clip, decrypted and authenticated, in the order they were stored.

        Args:
            damaged: takes the chunks that cannot be read, and reading goes on; without it the first one is raised.
            only: the chunks that are wanted, as ``chunks`` listed them; all of them without it.

        Raises:
            ClipUnknown, ChunkDamaged.
            ClipRefused: its deadline has passed and no hold keeps it.
        """
        for plain, size in self._opened(clip, damaged, only):
            yield unpack(plain[:size], plain[size:])[0]

    def read_in_place(
        self, clip: bytes, damaged: list[ChunkDamaged] | None = None, only: Sequence[ChunkInfo] | None = None
    ) -> Iterator[tuple[Chunk, bytes, int]]:
        """As ``read``, without copying what was decrypted: each chunk without its data, the bytes that end with the
        data, and where in them it begins.
        """
        for plain, size in self._opened(clip, damaged, only):
            yield unpack(plain[:size], b"")[0], plain, size

    def _opened(
        self, clip: bytes, damaged: list[ChunkDamaged] | None, only: Sequence[ChunkInfo] | None
    ) -> Iterator[tuple[bytes, int]]:
        """Each chunk decrypted, and how many bytes of it come before its data."""
        with self.lock:
            seen, (info, page) = self.keys.changes, self._readable(clip)
            parts = self._table(info, page).listed() if only is None else only
        for part in parts:
            with self.lock:  # reading ends when the clip is destroyed or its time is over
                if self._readonly or seen != self.keys.changes or info.deadline <= self.clock.wall():
                    seen, (info, page) = self.keys.changes, self._readable(clip)
            opened = self.reader.whole(page, info.slot, part)
            if opened is not None:
                yield opened
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
            page = self._page_to_read(info.region)
            if info.slot >= len(page.entries) or page.entries[info.slot].clip != clip:
                raise ClipUnknown(clip=id_text(clip))
            return info, page

    def _page_to_read(self, region: int) -> Page:
        """A key page, never to be changed: loaded once for all that is read under it, and anew once any was written."""
        if self._readonly:
            return self.ring.page(region)
        if self._pages_of != self.keys.changes:
            self._pages, self._pages_of = {}, self.keys.changes
        page = self._pages.get(region)
        if page is None:
            kept = self._pages if len(self._pages) < _PAGES else {}
            page = self.ring.page(region)
            self._pages = {**kept, region: page}
        return page

    _pages: Mapping[int, Page] = MappingProxyType({})
    _pages_of = -1

    def readable(self, clip: bytes) -> ClipInfo:
        """A clip that may be read now.

        Raises:
            ClipUnknown. ClipRefused: its deadline has passed and no hold keeps it.
        """
        return self._readable(clip)[0]

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

    def destroy_expired(self, limit: int | None = None, now: int | None = None) -> list[Destroyed]:
        """Destroy the keys of all closed clips past their deadline that no hold and no minimum keeps, oldest first.

        Args:
            limit: at most so many, so that a long list is done in portions between which recording goes on.
            now: wall ns up to which deadlines have passed for certain; the clock's without it.

        Returns:
            What was destroyed, each read back.
        """
        with self.lock:
            return self._destroy(self.catalogue.expired(self.clock.wall() if now is None else now, limit))

    def _destroy(self, infos: list[ClipInfo]) -> list[Destroyed]:
        """For callers that have found out that it may be done."""
        before = [(info, self._witness(info)) for info in infos]
        pages: dict[int, Page] = {}
        for info in infos:
            page = pages.setdefault(info.region, self.ring.page(info.region))
            page.entries[info.slot] = Entry()
        self._pages = {}  # one may hold a key that is destroyed now
        self.ring.settle(pages.values())
        for info in infos:
            self.catalogue.remove(info.clip)
        for page in pages.values():
            if page.live:
                self._put_known(page)
            else:
                self._index.drop(page.region)
        self._index.commit()
        return [read_back(self, info, witness) for info, witness in before]

    def destroy_unheld(self, infos: list[ClipInfo]) -> list[Destroyed]:
        """Destroy copies and papers of a hold that has ended, held or not; for ``holding`` alone."""
        with self.lock:
            return self._destroy(infos) if infos else []

    def _witness(self, info: ClipInfo) -> Witness:
        page = self.ring.page(info.region)
        chunks = self._table(info, page).listed()
        return Witness(page.entries[info.slot].key, chunks[0] if chunks else None)

    def set_deadline(self, clip: bytes, deadline: int) -> None:
        """Give a closed clip another deadline (ns), durably. A minimum beyond it ends with it."""
        with self.lock:
            info, page = self._closed(clip)
            entry = page.entries[info.slot]
            entry.deadline, entry.minimum = deadline, min(entry.minimum, deadline)
            self._keep(page, info.slot)

    def set_deadlines(self, deadlines: Mapping[bytes, int]) -> None:
        """The same for many closed clips, durably and all with the same syncs; nothing is changed where one is refused.

        Raises:
            ClipUnknown. ClipRefused: it is being written.
        """
        with self.lock:
            pages: dict[int, Page] = {}
            changes: list[tuple[Entry, int]] = []
            for clip, deadline in deadlines.items():
                info, page = self._closed(clip)
                changes.append((pages.setdefault(info.region, page).entries[info.slot], deadline))
            for entry, deadline in changes:
                entry.deadline, entry.minimum = deadline, min(entry.minimum, deadline)
            if pages:
                self.ring.settle(pages.values())
            for entry, _ in changes:
                self.catalogue.amend(entry)

    def hold(self, clip: bytes) -> None:
        """Count one hold more on a clip. Without its papers (``holding.keep``) the next ``reconcile`` takes it back.

        Raises:
            HoldShareFull: with figures; nothing is changed.
        """
        with self.lock:
            info, page = self._closed(clip)
            used = self.ring.table.held_regions()
            if not page.held and used + 1 > self.superblock.hold_regions:
                raise HoldShareFull(share=self.superblock.hold_regions, used=used, needed=1)
            self.count_holds({clip: info.holds + 1})

    def release(self, clip: bytes) -> None:
        """Count one hold less on a clip."""
        with self.lock:
            info, _ = self._closed(clip)
            if not info.held:
                raise ClipRefused(clip=id_text(clip), reason_ja="延長されていません", reason_en="no hold keeps it")
            self.count_holds({clip: info.holds - 1})

    def count_holds(self, counts: Mapping[bytes, int]) -> None:
        """Set how many holds keep each of these closed clips, durably and all with the same syncs."""
        with self.lock:
            pages: dict[int, Page] = {}
            changes: list[tuple[Entry, int]] = []
            for clip, count in counts.items():
                info, page = self._closed(clip)
                changes.append((pages.setdefault(info.region, page).entries[info.slot], count))
            for entry, count in changes:  # only now, when none of them was refused
                entry.holds = count
            if pages:
                self.ring.settle(pages.values())
            for entry, _ in changes:
                self.catalogue.amend(entry)

    # Figures

    def stat(self, now: int | None = None) -> VolumeStat:
        """How full the volume is. ``now``: wall ns, the clock's without it."""
        with self.lock:
            self._refresh_open()
            moment = self.clock.wall() if now is None else now
            return figures(self.catalogue, self.ring.table, self.superblock, self.erasure_level(), moment)

    @property
    def recording_elsewhere(self) -> bool:
        """Another process is the writer now: what is read here may be between two of its steps."""
        return self._readonly and self.recording

    def erasure_level(self) -> str:
        """What may be said of footage that was overwritten here: E1 on a disk that overwrites in place, else E0."""
        where = self._storage.placement(self._file)
        return "E1" if where.in_place and where.rotational else "E0"

    # Inside

    def _closed(self, clip: bytes) -> tuple[ClipInfo, Page]:
        info = self.clip(clip)
        region = self.ring.open.get(info.region)
        if region is not None and any(writer.slot == info.slot for writer in region.writers):
            raise ClipRefused(clip=id_text(clip), reason_ja="録画中です", reason_en="it is being recorded")
        return info, self.ring.page(info.region)

    def _keep(self, page: Page, slot: int) -> None:
        self.ring.settle([page])
        self.catalogue.amend(page.entries[slot])


def _require_files(storage: Storage) -> None:
    for name in (RING, KEYS, ROOT):
        if not storage.exists(name):
            raise VolumeMissing(place=storage.place, what=name)
