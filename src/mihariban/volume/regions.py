"""The state of every region in a few bytes each, and the choice of the one that is overwritten next."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from mihariban.volume.page import Page, RegionState

_LOST = 3  # neither copy of its key page can be read: not touched, so that it can be examined


class RegionTable:
    """One row for each region.

    Args:
        count: regions of the volume.
        hold_regions: how many of them recording leaves to holds.

    Attributes:
        pinned: regions a hold is being made from; in memory alone.
    """

    def __init__(self, count: int, hold_regions: int) -> None:
        self.hold_regions = hold_regions
        self.generation = np.zeros(count, np.uint64)
        self.state = np.zeros(count, np.uint8)
        self.live = np.zeros(count, np.uint8)
        self.held = np.zeros(count, np.uint8)
        self.opened = np.zeros(count, np.int64)
        self.pinned: set[int] = set()

    def update(self, page: Page) -> None:
        """Take over what a page says."""
        region = page.region
        self.generation[region] = page.generation
        self.state[region] = page.state
        self.live[region] = sum(entry.live for entry in page.entries)
        self.held[region] = sum(entry.holds > 0 for entry in page.entries)
        self.opened[region] = page.opened

    def fill(self, regions: Sequence[int], pages: NDArray[np.void]) -> None:
        """Take over what many pages say (``page.rows_of``)."""
        where = np.asarray(regions, np.int64)
        self.generation[where] = pages["generation"]
        self.state[where] = pages["state"]
        self.live[where] = (pages["entries"]["key_length"] > 0).sum(axis=1)
        self.held[where] = (pages["entries"]["holds"] > 0).sum(axis=1)
        self.opened[where] = pages["opened"]

    def lose(self, region: int) -> None:
        """Note that the page of a region cannot be read."""
        self.state[region] = _LOST

    def next_generation(self) -> int:
        """One more than any so far."""
        return int(self.generation.max()) + 1

    def count(self, state: RegionState) -> int:
        return int((self.state == state).sum())

    def held_regions(self) -> int:
        """Regions with at least one held clip."""
        return int((self.held > 0).sum())

    def in_use(self) -> int:
        """Regions that hold footage and are not held."""
        return int((((self.live > 0) | (self.state == RegionState.OPEN)) & (self.held == 0)).sum())

    def usable(self) -> int:
        """Regions recording may fill, whatever is held."""
        return len(self.state) - self.hold_regions

    def free(self) -> int:
        """Regions without footage that recording may fill before it overwrites anything."""
        return max(0, min(self.usable() - self.in_use(), int((self._ready() & (self.live == 0)).sum())))

    def victim(self) -> int | None:
        """The region to write next: one without footage while the share for holds is kept, else the oldest; or None.

        What a hold is just being copied from gives way last.
        """
        ready = self._ready()
        empty = ready & (self.live == 0)
        if empty.any() and self.in_use() < self.usable():
            return self._lowest(empty)
        full = ready & (self.live > 0)
        calm = full & self._apart(self.pinned)
        if calm.any():
            return self._lowest(calm)
        return self._lowest(full) if full.any() else None

    def reserve(self) -> int | None:
        """The region a hold may write to: one without footage. None where the share is used up.

        Where holds that ended left recording more than its part: its oldest region, but none this hold needs itself.
        """
        if self.held_regions() >= self.hold_regions:
            return None
        ready = self._ready()
        empty = ready & (self.live == 0)
        if empty.any():
            return self._lowest(empty)
        full = ready & self._apart(self.pinned)
        return self._lowest(full) if full.any() and self.in_use() > self.usable() else None

    def reservable(self) -> int:
        """How many regions ``reserve`` would find, the share apart."""
        ready = self._ready()
        empty = int((ready & (self.live == 0)).sum())
        excess = max(0, self.in_use() - self.usable())
        return empty + min(excess, int((ready & (self.live > 0) & self._apart(self.pinned)).sum()))

    def erasable(self) -> list[tuple[int, int]]:
        """(region, generation) of closed regions that no key opens any more and whose bytes are still there."""
        found = np.flatnonzero((self.state == RegionState.CLOSED) & (self.live == 0))
        return [(int(region), int(self.generation[region])) for region in found]

    def _apart(self, regions: Iterable[int]) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
        apart = np.ones(len(self.state), np.bool_)
        apart[list(regions)] = False
        return apart

    def _ready(self) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
        closed = (self.state <= RegionState.CLOSED) & (self.state != RegionState.OPEN)
        return np.asarray(closed & (self.held == 0), np.bool_)

    def _lowest(self, among: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> int:
        where = np.flatnonzero(among)
        return int(where[np.argmin(self.generation[where])])
