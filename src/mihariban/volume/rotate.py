"""Renewing the root: every key page is sealed anew, then the superblocks, and the old root goes last.

Afterwards no image of a key page ever written, nor a remnant of one on a flash disk, opens under the root there
is: keys destroyed before are gone from them too. Safe at any moment: the next root is durable before it is used, and an
opening that finds one goes on from there (docs/design/keys.md).
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import structlog

from mihariban.base.clock import SECOND
from mihariban.base.errors import UsageError
from mihariban.volume.create import write_superblocks
from mihariban.volume.home import RootHome
from mihariban.volume.root import ROOT_LENGTH

if TYPE_CHECKING:
    from mihariban.volume.mounted import Mounted
    from mihariban.volume.volume import Volume

Progress = Callable[[int, int], None]
_log = structlog.get_logger(__name__)
BATCH = 1024
"""Pages brought over under one hold of the volume's lock: some 0.1 s, so that a camera's thread hardly waits."""

_BREATH = 0.002  # s between two batches, in which whoever waits for the lock gets it


@dataclass(frozen=True, slots=True)
class Rotation:
    """What a renewal did.

    Attributes:
        generation: of the root that is in force now.
        pages: sealed anew. lost: key pages that no root opens; they stay as they are.
        seconds: from beginning to end. longest: that the volume was locked at a stretch.
        resumed: it had been begun before.
    """

    generation: int
    pages: int
    lost: int
    seconds: float
    longest: float
    resumed: bool


def rotate(volume: Mounted, progress: Progress | None = None) -> Rotation:
    """Renew the root of a volume open for writing; recording goes on meanwhile.

    Args:
        progress: is told (pages done, pages in all).

    Raises:
        UsageError: the volume is open for reading only.
        VolumeIoError: open the volume anew, which ends what was begun.
        TpmToolsMissing, TpmSilent, TpmIndexMissing, TpmAuthRefused, TpmRefused: call again, or open the volume anew.
    """
    return rotate_into(volume, volume.roots.home, progress)


def rotate_into(volume: Mounted, home: RootHome, progress: Progress | None = None) -> Rotation:
    """The same, with the next root in a home that may be another than the present one's. Raises as ``rotate``."""
    if volume.readonly:
        raise UsageError(what="the root can be renewed only by who may write to the volume")
    with volume.rotating:
        rotation = _Work(volume, home, progress).run()
    _log.info("root_renewed", generation=rotation.generation, pages=rotation.pages, lost=rotation.lost)
    return rotation


class _Work:
    def __init__(self, volume: Mounted, home: RootHome, progress: Progress | None) -> None:
        self._volume = volume
        self._home = home
        self._progress = progress
        self._longest = 0
        self._clock = volume.clock

    def run(self) -> Rotation:
        volume = self._volume
        began, wall = self._clock.monotonic(), self._clock.wall()
        secret, resumed = self._next()
        with volume.lock:
            adopted = volume.roots.adopt(secret)
            if adopted is not None:
                volume.keys.adopt(adopted)
        pages, lost = self._pages()
        with volume.lock, volume.ring.guard("superblock"):
            self._superblocks(secret, wall)
        with volume.ring.guard("root"):
            self._home.promote()
        with volume.lock:
            volume.roots.ended()
            volume.keys.forget_others()
        seconds = (self._clock.monotonic() - began) / SECOND
        return Rotation(volume.roots.generation, pages, lost, seconds, self._longest / SECOND, resumed)

    def _next(self) -> tuple[bytes, bool]:
        """The next root, durable; and whether it had been there."""
        with self._volume.ring.guard("root"):
            found = self._home.read().next
            if found is not None:
                return found, True
            secret = self._volume.random(ROOT_LENGTH)
            self._home.stage(secret)
            return secret, False

    def _pages(self) -> tuple[int, int]:
        volume, count = self._volume, self._volume.shape.regions
        pages = lost = 0
        for first in range(0, count, BATCH):
            with volume.lock, volume.ring.guard("keys.tab"):
                began = self._clock.monotonic()
                moved, unread = volume.keys.reseal(range(first, min(first + BATCH, count)))
                self._longest = max(self._longest, self._clock.monotonic() - began)
            pages, lost = pages + moved, lost + unread
            if self._progress is not None:
                self._progress(min(first + BATCH, count), count)
            if first + BATCH < count:
                self._clock.wait(threading.Event(), _BREATH)
        return pages, lost

    def _superblocks(self, secret: bytes, wall: int) -> None:
        """Both copies under the new root, which counts from here; the key of headers and footers stays what it was."""
        volume = self._volume
        block = volume.superblock
        if volume.roots.sealed != secret:
            block = block.next(
                root_generation=block.root_generation + 1, rotated=wall, region_key=volume.roots.region_key
            )
        write_superblocks(volume.ring.file, block, secret, volume.random, kept=volume.roots.kept)
        volume.superblock = volume.ring.superblock = block
        volume.roots.sealed = secret


def level_after_rotation(volume: Volume, *, restarted: bool = False) -> str:
    """What may be said of a clip whose key was destroyed before the last renewal of the root, once that has ended.

    E3 only where the root is in a chip made for it and no process remembers the old one: not in the process that
    renewed it, unless ``restarted`` says that it is about to end. Never for a TPM that is a program, nor for firmware
    inside a processor, whose memory lies in a flash that cannot be seen.

    Raises:
        TpmToolsMissing, TpmSilent, TpmRefused: a TPM that cannot be asked.
    """
    if volume.roots.finished == 0:
        return volume.erasure_level()
    fresh = restarted or not volume.roots.renewed_here
    return "E3" if fresh and volume.roots.home.hardware() else "E2"


def level_of(volume: Volume, destroyed_under: int) -> str:
    """What may be said now of a clip whose key was destroyed while ``roots.generation`` was ``destroyed_under``.

    Raises:
        TpmToolsMissing, TpmSilent, TpmRefused: a TPM that cannot be asked.
    """
    if destroyed_under >= volume.roots.finished:
        return volume.erasure_level()
    return level_after_rotation(volume)
