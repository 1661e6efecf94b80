"""Erasure that can be shown: what a region's new use took away, keys read back after they went, footage overwritten.

Two erasures are told apart throughout (docs/design/volume.md, "Erasure"): the key of a clip is destroyed, and the
bytes of its region are overwritten. Neither is inferred from the other.
"""

from __future__ import annotations

import hashlib
import mmap
import os
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

import structlog

from mihariban.base.errors import MiharibanError
from mihariban.base.files import BlockFile, RealFile
from mihariban.base.units import MIB
from mihariban.volume.catalogue import ClipInfo
from mihariban.volume.errors import ClipRefused, ClipUnknown, RegionRefused
from mihariban.volume.filler import filler
from mihariban.volume.page import Page, RegionState
from mihariban.volume.table import ChunkInfo

if TYPE_CHECKING:
    from mihariban.volume.volume import Volume

_log = structlog.get_logger(__name__)
MOST_EVENTS = 4096
"""Events kept for whoever asks; a recorder that asks every minute never comes near."""


@dataclass(frozen=True, slots=True)
class RegionEvent:
    """Something happened to the bytes of a region.

    Attributes:
        what: "taken": its keys were destroyed for new footage. "overwritten": the new footage, or the filler behind it,
            has reached the region's end and is durable; nothing of this region with a generation up to
            ``old_generation`` is left. A region closed by recovery is not filled up: its next use says it.
        old_generation: of what gave way; 0 where nothing had been written. generation: the new one.
        lost: the clips whose keys were still there when it was taken; capacity ended them, not their deadline.
    """

    what: Literal["taken", "overwritten"]
    region: int
    old_generation: int
    generation: int
    lost: tuple[ClipInfo, ...] = ()


class Events:
    """The events nobody has asked for yet. Where nobody ever asks, the oldest are given up, and that is logged."""

    def __init__(self, most: int = MOST_EVENTS) -> None:
        self._waiting: deque[RegionEvent] = deque(maxlen=most)
        self._given_up = False

    def add(self, event: RegionEvent) -> None:
        """Take one in."""
        if len(self._waiting) == self._waiting.maxlen and not self._given_up:
            self._given_up = True
            _log.warning("region_events_given_up", waiting=len(self._waiting), remedy="ask for them regularly")
        self._waiting.append(event)

    def drain(self) -> list[RegionEvent]:
        """Hand them over, in order."""
        events = list(self._waiting)
        self._waiting.clear()
        self._given_up = False
        return events


def say_early(event: RegionEvent, now: int) -> None:
    """Capacity went before the rule's period did: recording goes on, but not silently. ``now``: wall ns."""
    early = [info for info in event.lost if info.minimum > now]
    if early:
        _log.warning("overwritten_before_minimum", region=event.region, clips=len(early), camera=early[0].camera)


@dataclass(frozen=True, slots=True)
class Witness:
    """What is remembered of a clip while its key is destroyed, to prove that nothing of it opens afterwards."""

    key: bytes = field(repr=False)
    first: ChunkInfo | None


@dataclass(frozen=True, slots=True)
class Destroyed:
    """A clip whose key was destroyed (E0), and what was found when that was read back.

    Attributes:
        info: the clip as it was.
        slots_empty: both slots of its key page, read again from the file, hold neither its id nor its key.
        unreadable: its first chunk no longer opens with what is in the key table, and the volume knows it no more.
    """

    info: ClipInfo
    slots_empty: bool
    unreadable: bool

    @property
    def clip(self) -> bytes:
        return self.info.clip

    @property
    def verified(self) -> bool:
        """Both were found as they must be."""
        return self.slots_empty and self.unreadable


def read_back(volume: Volume, info: ClipInfo, witness: Witness) -> Destroyed:
    """Look at the file and through the volume whether a destroyed clip is gone. Callers hold the volume's lock."""
    slots = volume.keys.slots(info.region)
    pages = [page for page in slots if page is not None]
    empty = len(pages) == len(slots) and not any(
        entry.clip == info.clip or entry.key == witness.key for page in pages for entry in page.entries
    )
    opens = any(_opens(volume, page, info.slot, witness.first) for page in pages)
    result = Destroyed(info, empty, not opens and _unknown(volume, info.clip))
    if not result.verified:
        _log.error("destroyed_key_still_there", region=info.region, slots_empty=empty, opens=opens)
    return result


def _opens(volume: Volume, page: Page, slot: int, first: ChunkInfo | None) -> bool:
    if first is None or slot >= len(page.entries):
        return False
    return volume.reader.piece(page, slot, first) is not None


def _unknown(volume: Volume, clip: bytes) -> bool:
    try:
        next(volume.read(clip), None)
    except (ClipUnknown, ClipRefused):
        return True
    except MiharibanError:
        return False
    return False


@dataclass(frozen=True, slots=True)
class Overwrite:
    """What overwriting a region came to.

    Attributes:
        generation: of the footage that was there. bytes: written over it, the whole region.
        digest: SHA-256 of what was written, hex. verified: reading back gave the same.
        read_from: "disk" where the read went around the operating system's memory (O_DIRECT); "memory" where it may
            have come from there, though the system was told to forget. Neither sees behind a drive's own cache.
        level: E1 on a disk that overwrites in place, else E0.
    """

    region: int
    generation: int
    bytes: int
    digest: str
    verified: bool
    read_from: Literal["disk", "memory"]
    level: str


def erasable_regions(volume: Volume) -> list[tuple[int, int]]:
    """(region, generation) of regions no key opens any more and whose old bytes are still there."""
    with volume.lock:
        return volume.ring.table.erasable()


def overwrite_region(volume: Volume, region: int, generation: int) -> Overwrite:
    """Write random bytes over a whole region that no key opens any more; durable and read back on return.

    Recording waits meanwhile: a fifth of a second for 16 MiB on a slow disk.

    Raises:
        RegionRefused: it is open, held, has live keys, or is not of this generation (any more).
        VolumeIoError: open the volume anew.
    """
    with volume.lock:
        _require_erasable(volume, region, generation)
        size, start = volume.shape.region_size, volume.shape.offset(region)
        with volume.ring.guard("ring.vol"):
            digest = _fill(volume, start, size)
            volume.ring.file.sync()
            found, read_from = _digest(volume.ring.file, start, size)
        verified = found == digest
        if verified:
            volume.ring.settle([Page(region, generation, RegionState.EMPTY)])
        else:
            _log.error("overwritten_region_reads_otherwise", region=region, generation=generation)
        return Overwrite(region, generation, size, digest, verified, read_from, volume.erasure_level())


def _require_erasable(volume: Volume, region: int, generation: int) -> None:
    if not 0 <= region < volume.shape.regions:
        raise RegionRefused(region=region, reason_ja="ありません", reason_en="there is no such region")
    page, table = volume.ring.page(region), volume.ring.table
    reasons = (
        (page.generation != generation, "すでに別の世代です", f"it is of generation {page.generation} by now"),
        (page.held or table.held[region] > 0, "保全中です", "a hold keeps footage in it"),
        (region in volume.ring.open or page.state is RegionState.OPEN, "録画中です", "it is being written"),
        (page.state is not RegionState.CLOSED, "映像がありません", "there is no footage in it"),
        (page.live, "鍵が残っています", "keys of its footage are still there"),
    )
    for _, reason_ja, reason_en in (reason for reason in reasons if reason[0]):
        raise RegionRefused(region=region, reason_ja=reason_ja, reason_en=reason_en)


def _fill(volume: Volume, start: int, size: int) -> str:
    digest = hashlib.sha256()
    for piece in filler(volume.ring.random, size):
        volume.ring.file.pwrite(start, piece)
        digest.update(piece)
        start += len(piece)
    return digest.hexdigest()


def _digest(file: BlockFile, start: int, size: int) -> tuple[str, Literal["disk", "memory"]]:
    if isinstance(file, RealFile):
        os.posix_fadvise(file.fileno(), start, size, os.POSIX_FADV_DONTNEED)
        try:
            return _sum(_direct(file, start, size)), "disk"
        except OSError:  # the file system or the disk's block size does not allow it; EIO shows again below
            pass
    return _sum(file.pread(at, min(MIB, start + size - at)) for at in range(start, start + size, MIB)), "memory"


def _sum(pieces: Iterator[bytes]) -> str:
    digest = hashlib.sha256()
    for piece in pieces:
        digest.update(piece)
    return digest.hexdigest()


def _direct(file: RealFile, start: int, size: int) -> Iterator[bytes]:
    """A part of a file read around the page cache. Offsets must be whole blocks, the buffer is a page of its own."""
    fd = os.open(file.path, os.O_RDONLY | os.O_DIRECT | os.O_CLOEXEC)
    try:
        with mmap.mmap(-1, MIB) as buffer:
            for position in range(start, start + size, MIB):
                wanted = min(MIB, start + size - position)
                with memoryview(buffer)[:wanted] as view:
                    if os.preadv(fd, [view], position) != wanted:
                        raise OSError("a short read")
                yield buffer[:wanted]
    finally:
        os.close(fd)
