"""Making a new volume: every byte is written once, so that overwriting later never needs new room."""

from __future__ import annotations

import errno
from collections.abc import Callable
from dataclasses import dataclass

from mihariban.base.clock import Clock
from mihariban.base.errors import UsageError
from mihariban.base.files import BlockFile
from mihariban.base.ids import Random
from mihariban.base.units import MIB, size_text
from mihariban.volume.errors import VolumeCopiesOnWrite, VolumeExists, VolumeIoError, VolumeNoRoom
from mihariban.volume.filler import filler
from mihariban.volume.home import ROOT, write_whole
from mihariban.volume.keys import KeyTable
from mihariban.volume.layout import BLOCK, Geometry, Superblock, geometry, pack_superblock
from mihariban.volume.root import ROOT_LENGTH, Root
from mihariban.volume.storage import INDEX, KEYS, RING, Storage

Progress = Callable[[int, int], None]
_SYNC_EVERY = 64 * MIB
_SPARE = MIB


@dataclass(frozen=True, slots=True)
class VolumeSpec:
    """What a new volume is to be. Bytes.

    Attributes:
        hold_share: part of the regions that recording leaves to holds, 0 to 0.5.
        site, recorder: to whom it belongs.
        page_size: bytes of a key page; None for what suits the region.
    """

    size: int
    region_size: int
    hold_share: float
    site: str
    recorder: str
    page_size: int | None = None


def create_volume(
    storage: Storage,
    spec: VolumeSpec,
    *,
    clock: Clock,
    random: Random,
    progress: Progress | None = None,
    allow_cow: bool = False,
) -> None:
    """Write a new volume. Where that fails, what was written is taken away.

    Raises:
        VolumeIoError, and what ``require_room`` raises.
    """
    shape = require_room(storage, spec, allow_cow=allow_cow)
    try:
        _write(storage, spec, shape, clock=clock, random=random, progress=progress, allow_cow=allow_cow)
    except OSError as error:
        _take_away(storage)
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise _no_room(storage, shape) from error
        raise VolumeIoError(what=storage.place, why=error.strerror or str(error)) from error
    except BaseException:
        _take_away(storage)
        raise


def require_room(storage: Storage, spec: VolumeSpec, *, allow_cow: bool = False) -> Geometry:
    """Make sure that a volume may be written, as far as can be told before a byte of it is.

    Raises:
        UsageError: sizes that make no volume.
        VolumeExists, VolumeCopiesOnWrite, VolumeNoRoom.
    """
    if storage.exists(RING) or storage.exists(KEYS) or storage.exists(ROOT):
        raise VolumeExists(place=storage.place)
    shape = _shape(spec)
    if not 0 <= spec.hold_share <= 0.5:
        raise UsageError(what=f"hold_share is {spec.hold_share}; it goes from 0 to 0.5")
    _require_in_place(storage, storage.copying_system(), allow_cow=allow_cow)
    if storage.free() < _needed(shape):
        raise _no_room(storage, shape)
    return shape


def _needed(shape: Geometry) -> int:
    return shape.ring_size + KeyTable.size(shape) + _SPARE


def _no_room(storage: Storage, shape: Geometry) -> VolumeNoRoom:
    return VolumeNoRoom(place=storage.place, needed=size_text(_needed(shape)), free=size_text(storage.free()))


def _shape(spec: VolumeSpec) -> Geometry:
    try:
        return geometry(spec.size, spec.region_size, spec.page_size)
    except ValueError as error:
        raise UsageError(what=str(error)) from error


def _hold_regions(spec: VolumeSpec, shape: Geometry) -> int:
    """At least one where any share is asked for, so that a small volume can hold something too."""
    wanted = max(round(shape.regions * spec.hold_share), 1 if spec.hold_share else 0)
    return min(wanted, shape.regions // 2)


def _require_in_place(storage: Storage, system: str, *, allow_cow: bool) -> None:
    if system and not allow_cow:
        raise VolumeCopiesOnWrite(place=storage.place, system=system)


def _write(
    storage: Storage,
    spec: VolumeSpec,
    shape: Geometry,
    *,
    clock: Clock,
    random: Random,
    progress: Progress | None,
    allow_cow: bool,
) -> None:
    secret, volume = random(ROOT_LENGTH), random(16)
    ring = storage.open(RING, create=True)
    keys = storage.open(KEYS, create=True)
    try:
        storage.reserve(ring, shape.ring_size)
        storage.reserve(keys, KeyTable.size(shape))
        _fill(ring, shape.ring_size, random, progress)
        place = storage.placement(ring)
        _require_in_place(storage, place.system, allow_cow=allow_cow)
        KeyTable(keys, [Root(secret, volume)], volume, shape, random).format()
        block = Superblock(
            sequence=1,
            volume=volume,
            geometry=shape,
            site=spec.site,
            recorder=spec.recorder,
            hold_regions=_hold_regions(spec, shape),
            created=clock.wall(),
            placement=place.signature,
            in_place=place.in_place,
        )
        write_superblocks(ring, block, secret, random)
    finally:
        ring.close()
        keys.close()
    write_whole(storage, ROOT, secret)


def write_superblocks(ring: BlockFile, block: Superblock, secret: bytes, random: Random, *, kept: int = 0) -> None:
    """Write both copies, one durable before the other is touched.

    Args:
        kept: the copy that holds now; it is written last, for the other may be one that cannot be read.
    """
    for copy in (1 - kept, kept):
        ring.pwrite(copy * BLOCK, pack_superblock(block, secret, random))
        ring.sync()


def _fill(ring: BlockFile, size: int, random: Random, progress: Progress | None) -> None:
    written = unsynced = 0
    for piece in filler(random, size):
        ring.pwrite(written, piece)
        written += len(piece)
        unsynced += len(piece)
        if unsynced >= _SYNC_EVERY:
            ring.sync()
            unsynced = 0
        if progress is not None:
            progress(written, size)
    ring.sync()


def _take_away(storage: Storage) -> None:
    for name in (RING, KEYS, ROOT, INDEX):
        storage.remove(name)
