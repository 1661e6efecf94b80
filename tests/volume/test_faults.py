"""A disk that fails, and the contract every file layer keeps."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from mihariban.base.clock import TurnedClock
from mihariban.base.files import BlockFile, RealFile
from mihariban.volume import ChunkDamaged, ClipHeader, Volume, VolumeFull, VolumeIoError, VolumeSpec
from mihariban.volume.errors import VolumeNoRoom
from mihariban.volume.simulated import SimulatedMachine
from tests.volume.support import REGION, START, chunk, record


def _machine(room: int = 1 << 30) -> tuple[SimulatedMachine, Volume, TurnedClock]:
    machine, clock = SimulatedMachine(room), TurnedClock(START)
    spec = VolumeSpec(8192 + 6 * REGION, REGION, 0.34, "hall", "r1")
    return machine, Volume.create(machine, spec, clock=clock, random=random.Random(3).randbytes), clock


@pytest.mark.parametrize("kind", ["real", "simulated"])
def test_every_file_layer_keeps_the_contract(kind: str, tmp_path: Path) -> None:
    """Writes land where they should, reads end at the end of the file, buffers may be reused after a write."""
    file: BlockFile
    if kind == "real":
        (tmp_path / "f").write_bytes(bytes(9000))
        file = RealFile(tmp_path / "f")
    else:
        file = SimulatedMachine().open("f", create=True)
        file.durable.extend(bytes(9000))
    buffer = bytearray(b"abcdef")
    file.pwrite(4090, memoryview(buffer))
    buffer[:] = b"xxxxxx"
    assert file.pread(4088, 10) == b"\0\0abcdef\0\0"
    file.sync()
    assert file.pread(4090, 6) == b"abcdef"
    assert (file.size(), len(file.pread(8990, 100)), file.pread(9000, 5)) == (9000, 10, b"")
    file.close()
    file.close()


@pytest.mark.parametrize("name", ["ring.vol", "keys.tab"])
@pytest.mark.parametrize("what", ["write", "sync"])
def test_after_a_failure_of_the_disk_nothing_is_written_until_reopened(name: str, what: str) -> None:
    """EIO is told once and stays; a later sync is never taken for success; reopening keeps all that was durable."""
    machine, volume, clock = _machine()
    kept = record(volume, clock)
    machine.failing = lambda did, file: (did, file) == (what, name)
    with pytest.raises(VolumeIoError):
        for _ in range(20):
            record(volume, clock, size=30000)
    machine.failing = lambda _did, _file: False
    before = machine.operations
    with pytest.raises(VolumeIoError, match="opened anew"):
        record(volume, clock)
    with pytest.raises(VolumeIoError):
        volume.commit()
    volume.close()
    assert machine.operations == before
    again = Volume.open(machine.after_power_cut(random.Random(1)), clock=clock)
    assert len(list(again.read(kept))) == 3
    record(again, clock)
    again.close()


def test_a_read_that_fails_is_a_damaged_chunk(tmp_path: Path) -> None:
    """EIO while reading footage names the chunk; it does not stop recording."""
    machine, volume, clock = _machine()
    clip = record(volume, clock)
    machine.failing = lambda did, file: (did, file) == ("read", "ring.vol")
    damaged: list[ChunkDamaged] = []
    assert list(volume.read(clip, damaged)) == []
    assert len(damaged) == 3
    machine.failing = lambda _did, _file: False
    record(volume, clock)
    assert len(list(volume.read(clip))) == 3
    volume.close()


def test_any_flipped_bit_of_a_chunk_is_found() -> None:
    """Head, text, tag: no flipped bit yields other footage."""
    machine, volume, clock = _machine()
    clip = record(volume, clock, chunks=1, size=300)
    want = list(volume.read(clip))
    region = volume.clip(clip).region
    base = 8192 + region * REGION + 4096
    ring = machine.files["ring.vol"].durable
    for bit in random.Random(5).sample(range(400 * 8), 120):
        ring[base + bit // 8] ^= 1 << bit % 8
        damaged: list[ChunkDamaged] = []
        got = list(volume.read(clip, damaged))
        ring[base + bit // 8] ^= 1 << bit % 8
        assert (got, len(damaged)) in (([], 1), (want, 0))
        assert got == [] or bit // 8 in range(28, 32)  # spare bytes of the head are authenticated too
    assert list(volume.read(clip)) == want
    volume.close()


def test_a_stale_region_is_not_taken_for_the_present_one() -> None:
    """Old bytes of the disk in the place of a newer clip are damage, never the older footage."""
    machine, volume, clock = _machine()
    first = record(volume, clock)
    region = volume.clip(first).region
    span = slice(8192 + region * REGION, 8192 + (region + 1) * REGION)
    old = bytes(machine.files["ring.vol"].durable[span])
    for _ in range(30):
        record(volume, clock, size=30000)
    newer = next(info for info in volume.clips() if info.region == region)
    machine.files["ring.vol"].durable[span] = old
    damaged: list[ChunkDamaged] = []
    assert list(volume.read(newer.clip, damaged)) == []
    assert damaged
    volume.close()


def test_no_room_is_told_before_anything_is_written() -> None:
    """The simulated disk is too small: figures, and nothing left behind."""
    with pytest.raises(VolumeNoRoom):
        _machine(room=100_000)


def test_a_full_simulated_volume_keeps_its_open_clips() -> None:
    """VolumeFull for one camera does not disturb the others."""
    _, volume, clock = _machine()
    first = volume.begin_clip("c0", ClipHeader(bytes(16)))
    with pytest.raises(VolumeFull):
        for number in range(1, 9):
            volume.begin_clip(f"c{number}", ClipHeader(bytes(16)))
    assert first.append(chunk(clock, 0, b"goes on"))
    volume.commit()
    assert first.durable == 1
    volume.close()
