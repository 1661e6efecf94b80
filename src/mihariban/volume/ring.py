"""Writing the ring: which region, in which order, and what is durable when.

The order that makes a power cut harmless (docs/design/volume.md, "Crash protocol"): the key page that drops the old
keys is durable in both slots before the first new byte lands on a region; keys are durable before the chunks under
them count as kept; a region counts as closed only after its footer is durable.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import RLock

import cbor2
import structlog

from mihariban.base.clock import Clock
from mihariban.base.files import BlockFile, Bytes
from mihariban.base.ids import Random, new_id
from mihariban.volume.erasing import Events
from mihariban.volume.errors import HoldShareFull, VolumeDamaged, VolumeFull, VolumeIoError
from mihariban.volume.filler import filler
from mihariban.volume.keys import KeyTable
from mihariban.volume.layout import FOOTER_MAGIC, HEADER_MAGIC, Superblock, seal_block
from mihariban.volume.page import KEY_LENGTH, ClipHeader, Entry, Page, RegionState, capacity
from mihariban.volume.regions import RegionTable
from mihariban.volume.root import Root
from mihariban.volume.sealing import Sealer
from mihariban.volume.writer import ClipWriter, OpenRegion, Room, pack_footer

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Reuse:
    """A region written anew: ``before`` is the generation that gave way (0 for none), ``generation`` the new one."""

    region: int
    before: int
    generation: int


class Ring:
    """The writing side of an open volume. Callers hold ``lock`` around each call.

    Args:
        file: ring.vol. keys: its key table. superblock: its identity. root: its keys.
        clock, random: time and randomness.
    """

    def __init__(
        self, file: BlockFile, keys: KeyTable, superblock: Superblock, root: Root, clock: Clock, random: Random
    ) -> None:
        self.file = file
        self.keys = keys
        self.superblock = superblock
        self.shape = superblock.geometry
        self.volume = superblock.volume
        self.table = RegionTable(self.shape.regions, superblock.hold_regions)
        self.sealer = Sealer(self.volume)
        self.blocks_cipher = root.cipher("region")
        self.clock = clock
        self.random = random
        self.pages: dict[int, Page] = {}
        self.open: dict[int, OpenRegion] = {}
        self.finished: list[ClipWriter] = []
        self.dropped: list[Reuse] = []
        self.filled: list[Reuse] = []
        self.closed: list[Page] = []  # of regions that ended and that the index does not know yet
        self.events = Events()
        self.holding = RLock()
        self.failed = False
        self.lock = RLock()
        self._current: dict[tuple[str, bool], OpenRegion] = {}
        self._closing: list[OpenRegion] = []
        self._dirty = False

    @contextmanager
    def guard(self, what: str) -> Iterator[None]:
        """Everything that writes runs in here: after one failure of the disk nothing is written until the next opening.

        A failed sync may have thrown the data away and a second one would report success, so it is not tried again.
        """
        if self.failed:
            raise VolumeIoError(what=what, why="an earlier failure; the volume must be opened anew")
        try:
            yield
        except OSError as error:
            self.failed = True
            _log.error("volume_io_failed", what=what, why=error.strerror, errno=error.errno)
            raise VolumeIoError(what=what, why=error.strerror or str(error)) from error

    def page(self, region: int) -> Page:
        """The present page of a region.

        Raises:
            VolumeDamaged: neither copy can be read.
        """
        page = self.pages.get(region) or self.keys.load(region)
        if page is None:
            raise VolumeDamaged(place="keys.tab", what=f"key page {region}")
        return page

    def settle(self, pages: Iterable[Page]) -> None:
        """Make pages durable in both slots, and all that waited for it."""
        group = list(pages)
        with self.guard("keys.tab"):
            self.keys.settle(group)
        for page in group:
            self.table.update(page)
        for region in [region for region, page in self.pages.items() if page.state is RegionState.CLOSED]:
            del self.pages[region]

    def begin(self, camera: str, header: ClipHeader, *, new_region: bool = False, reserved: bool = False) -> ClipWriter:
        """A clip in the camera's region, or in a new one if that is full or asked for.

        Args:
            reserved: in a region of the share for holds, and held from its first byte, so that recording can never
                take the region, whenever the power goes.

        Raises:
            VolumeFull, VolumeIoError. HoldShareFull: no region of the share is left.
        """
        region = self._current.get((camera, reserved))
        if region is not None and (new_region or not region.takes_clip()):
            self._leave(region)
            region = None
        entry = self._entry(header, holds=int(reserved))
        if region is None:
            region = self._open_region(camera, entry, reserved=reserved)
        else:
            region.page.entries.append(entry)
            self.table.update(region.page)
            self.write_page(region.page)
        return region.begin(self, len(region.page.entries) - 1)

    def write_page(self, page: Page) -> None:
        """Write a page of an open region; durable with the next commit."""
        with self.guard("keys.tab"):
            self.keys.write(page)

    def write(self, offset: int, data: Bytes) -> None:
        """Write footage; durable with the next commit."""
        with self.guard("ring.vol"):
            self.file.pwrite(offset, data)
        self._dirty = True

    def commit(self) -> None:
        """Make everything written so far durable: first the keys, then what was sealed with them."""
        with self.guard("keys.tab"):
            self.keys.sync()
        if self._dirty:
            with self.guard("ring.vol"):
                self.file.sync()
            self._dirty = False
        for region in self.open.values():
            for writer in region.writers:
                writer.durable = writer.appended
        for writer in self.finished:
            writer.durable = writer.appended
        for region in self._closing:
            region.page.state = RegionState.CLOSED
            del self.open[region.page.region]
            self.table.update(region.page)
            self.keys.later(region.page)
            self.closed.append(region.page)
            self.filled.append(Reuse(region.page.region, region.before, region.page.generation))
        self._closing.clear()

    def close_regions(self) -> None:
        """Close every open region, durably. Its clips must be closed."""
        for region in list(self._current.values()):
            self._leave(region)
        self.commit()
        self.settle([])

    def close_region(self, region: OpenRegion) -> None:
        """Write what ends a region; it counts as closed after the next commit."""
        page = region.page
        tail = region.tail()
        position = self.shape.offset(page.region) + region.offset
        for piece in filler(self.random, self.shape.region_size - tail - region.offset):
            self.write(position, piece)
            position += len(piece)
        page.chunks, page.end, page.tail = region.number, region.offset, tail
        footer = pack_footer(region)
        sealed = seal_block(
            self.blocks_cipher, FOOTER_MAGIC, self.volume, page.region, page.generation, footer, self.random(12)
        )
        self.write(position, b"".join([*(copy for _, copy in region.records), sealed]))
        region.ended = True
        self._closing.append(region)

    def _leave(self, region: OpenRegion) -> None:
        """No new clip begins in this region; it is closed with its last clip."""
        self._current.pop((region.page.camera, region.reserved), None)
        region.full = True
        if not region.writers and not region.ended:
            self.close_region(region)

    def _entry(self, header: ClipHeader, holds: int = 0) -> Entry:
        now = self.clock.wall()
        return Entry(
            clip=new_id(now, self.random), visit=header.visit, key=self.random(KEY_LENGTH), kind=header.kind,
            created=now,
            deadline=header.deadline, minimum=header.minimum, policy=header.policy[:16].ljust(16, b"\x00"),
            holds=holds,
        )  # fmt: skip

    def _victim(self, *, reserved: bool) -> int:
        choose = self.table.reserve if reserved else self.table.victim
        victim = choose()
        if victim is None and self._closing:
            self.commit()
            victim = choose()
        if victim is not None:
            return victim
        held = self.table.held_regions()
        if reserved:
            raise HoldShareFull(share=self.table.hold_regions, used=held, needed=1)
        raise VolumeFull(regions=self.shape.regions, held=held, open=len(self.open))

    def _open_region(self, camera: str, entry: Entry, *, reserved: bool) -> OpenRegion:
        victim = self._victim(reserved=reserved)
        before = int(self.table.generation[victim])
        boot = bytes.fromhex(self.clock.boot_id().replace("-", ""))[:16].ljust(16, b"\x00")
        now = self.clock.wall()
        page = Page(victim, self.table.next_generation(), RegionState.OPEN, opened=now, camera=camera, boot=boot)
        page.entries.append(entry)
        self.settle([page])
        self.dropped.append(Reuse(victim, before, page.generation))
        region = OpenRegion(
            page, self.shape.region_size, capacity(self.shape.page_size), reserved=reserved, before=before
        )
        header = cbor2.dumps({"camera": camera, "boot": boot, "opened": now})
        position = self.shape.offset(victim)
        self.write(
            position,
            seal_block(self.blocks_cipher, HEADER_MAGIC, self.volume, victim, page.generation, header, self.random(12)),
        )
        self.pages[victim] = page
        self.open[victim] = region
        self._current[camera, reserved] = region
        return region

    def reserved_room(self, camera: str) -> Room | None:
        """What is free in the region this process writes copies for a camera's holds to; None where it has none."""
        region = self._current.get((camera, True))
        return region.room() if region is not None and not region.full else None

    def leave_unheld(self) -> None:
        """Give back reserved regions in which nothing is held any more: they would count as recording's."""
        for region in [each for (_, reserved), each in self._current.items() if reserved and not each.page.held]:
            if not region.writers:
                self._leave(region)

    def ended(self, region: OpenRegion) -> None:
        """The last clip of a region was closed."""
        if region.full and not region.writers and not region.ended:
            self.close_region(region)
