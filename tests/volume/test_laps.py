"""A hundred laps of a small ring on a real disk: the file stays where it is, and nothing readable gets into any file."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from mihariban.base.clock import DAY, SECOND, TurnedClock
from mihariban.volume import ClipKind, Volume
from mihariban.volume.erasing import erasable_regions, overwrite_region
from mihariban.volume.holding import keep, let_go, plan_hold
from mihariban.volume.placement import placement
from tests.volume.hold_support import visit
from tests.volume.support import START, make

LAPS = 100
CANARY = b"plain-canary-16b"


def _lap(volume: Volume, clock: TurnedClock, lap: int) -> None:
    """As many regions of visits as recording has; now and then a hold, its end, a region overwritten on request."""
    begin = clock.wall()
    for _ in range(4):
        visit(volume, clock, seconds=3, size=9000, mark=CANARY, deadline=clock.wall() + DAY)
    if lap % 8:
        return
    hold = lap.to_bytes(16, "big")
    keep(volume, plan_hold(volume, "front", begin + SECOND, begin + 6 * SECOND), hold, CANARY)
    if lap % 16:
        clock.turn(DAY)
        volume.destroy_expired()
    assert let_go(volume, hold).hold.whole
    for region, generation in erasable_regions(volume)[:1]:
        assert overwrite_region(volume, region, generation).verified


def test_the_ring_stays_where_it_is_for_a_hundred_laps(tmp_path: Path) -> None:
    """Extents, blocks and size are the same afterwards (FIEMAP); the canary is in no file, and a search would find it."""
    clock = TurnedClock(START)
    volume = make(tmp_path, clock, regions=7, hold_share=0.43)
    fd = os.open(tmp_path / "ring.vol", os.O_RDONLY)
    try:
        before = (placement(fd, tmp_path), os.fstat(fd).st_blocks, os.fstat(fd).st_size)
        for lap in range(LAPS):
            _lap(volume, clock, lap)
        assert int(volume.ring.table.generation.max()) >= LAPS * 4
        assert volume.clips(kind=ClipKind.COPY) == []
        running = b"".join(path.read_bytes() for path in tmp_path.iterdir())
        volume.close()
        os.fsync(fd)
        after = (placement(fd, tmp_path), os.fstat(fd).st_blocks, os.fstat(fd).st_size)
    finally:
        os.close(fd)
    found = running + b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert CANARY not in found
    (tmp_path / "control").write_bytes(CANARY)
    assert CANARY in b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert before[1:] == after[1:]
    if not before[0].signature:
        pytest.skip("this file system does not tell extents (FIEMAP): only size and blocks were compared")
    assert before[0] == after[0]
