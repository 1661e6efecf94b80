"""A disk that fails, and the contract every file layer keeps."""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from pathlib import Path

import pytest

from mihariban.base.clock import SECOND, TurnedClock
from mihariban.base.errors import MiharibanError
from mihariban.base.files import BlockFile, RealFile
from mihariban.volume import ChunkDamaged, ClipHeader, Volume, VolumeFull, VolumeIoError, VolumeSpec
from mihariban.volume.errors import VolumeNoRoom
from mihariban.volume.simulated import SimulatedFile, SimulatedMachine
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


# Every operation of a script in turn


class _Script:
    """Two cameras, a hold, a clip destroyed, a lap of the ring; what was acknowledged, by clip."""

    def __init__(self, machine: SimulatedMachine) -> None:
        self.machine = machine
        self.clock = TurnedClock(START)
        self.durable: dict[bytes, int] = {}
        self.sent: dict[bytes, list[bytes]] = {}
        self.gone: set[bytes] = set()
        self.volume: Volume | None = None

    def open(self) -> Volume:
        """The volume, opened by a new life; one that ended badly is closed first."""
        if self.volume is not None:
            self.volume.close()
        self.volume = Volume.open(self.machine, clock=self.clock, random=random.Random(len(self.sent)).randbytes)
        return self.volume

    def play(self) -> None:
        """Until the end or the first error."""
        volume = self.open()
        first = self._record(volume, "a", 2)
        volume.hold(first)
        self._record(volume, "b", 2)
        second = self._record(volume, "a", 1)
        volume.release(first)
        self.gone.add(second)
        volume.destroy(second)
        for _ in range(3):
            self._record(volume, "b", 3)
        volume.close()

    def _record(self, volume: Volume, camera: str, chunks: int) -> bytes:
        writer = volume.begin_clip(camera, ClipHeader(bytes(16)), new_region=True)
        sent = self.sent.setdefault(writer.clip, [])
        for number in range(chunks):
            sent.append(writer.clip[:4] + bytes([number]) * 20_000)
            assert writer.append(chunk(self.clock, number, sent[-1]))
            volume.commit()
            self.durable[writer.clip] = writer.durable
            self.clock.turn(SECOND)
        writer.close()
        volume.commit()
        return writer.clip

    def judge(self, volume: Volume) -> None:
        """All that was acknowledged is there as it was sent, unless destroyed or overwritten in order."""
        present = {info.clip for info in volume.clips()}
        for clip in present:
            got = [each.data for each in volume.read(clip)]
            assert got == self.sent[clip][: len(got)], "other content than was sent"
            assert len(got) >= self.durable.get(clip, 0), "an acknowledged chunk is lost"
        missing = [clip for clip in self.durable if clip not in present and clip not in self.gone]
        order = [clip for clip in self.durable if clip not in self.gone]
        assert missing == order[: len(missing)], "a clip is gone before older ones"


def _blank() -> SimulatedMachine:
    machine, volume, _ = _machine()
    volume.close()
    return machine


def _count(machine: SimulatedMachine) -> int:
    script = _Script(machine.fresh())
    script.play()
    return script.machine.operations


@pytest.mark.parametrize("lands", ["nothing", "all", "half"])
def test_each_write_and_sync_of_a_script_that_fails_loses_nothing(lands: str) -> None:
    """EIO at operation n, for all n, with none, all or the first half of the write on the disk: VolumeIoError and
    nothing else; the volume opened anew, without a power cut and with one, has all that was acknowledged and takes
    new clips."""
    blank = _blank()
    for place in range(1, _count(blank) + 1):
        machine = blank.fresh()
        script = _Script(machine)
        _fail_once(machine, place, lands)
        with pytest.raises(VolumeIoError):
            script.play()
        machine.failing = lambda _did, _name: False
        if place % 2:
            assert script.volume is None or script.volume.close() is None
            script.volume, script.machine = None, machine.after_power_cut(random.Random(place))
        volume = script.open()
        script.judge(volume)
        record(volume, script.clock)
        volume.close()


def _fail_once(machine: SimulatedMachine, place: int, lands: str) -> None:
    """Operation ``place``, counted over writes and syncs, fails with EIO; what ``lands`` of a write is on the disk."""
    count = [0]

    def failing(did: str, name: str) -> bool:
        if did == "read":
            return False
        count[0] += 1
        if count[0] != place:
            return False
        pending = machine.files[name].pending
        if did == "write" and pending:  # the simulated file has taken it already
            offset, data = pending.pop()
            part = {"nothing": b"", "all": data, "half": data[: len(data) // 2]}[lands]
            pending.extend([(offset, part)] if part else [])
        return True

    machine.failing = failing


def _read_everything(machine: SimulatedMachine, script: _Script) -> tuple[int, int]:
    """Open and read all: (chunks read, each as sent; damages and errors that were named)."""
    named, read = 0, 0
    try:
        volume = Volume.read_only(machine, clock=script.clock)
    except MiharibanError:
        return 0, 1
    for clip in [info.clip for info in volume.clips()]:
        damaged: list[ChunkDamaged] = []
        try:
            got = [each.data for each in volume.read(clip, damaged)]
        except MiharibanError:
            named += 1
            continue
        assert set(got) <= set(script.sent[clip]), "other content than was sent"
        assert got == [data for data in script.sent[clip] if data in got], "out of order"
        read, named = read + len(got), named + len(damaged) + len(volume.findings)
    volume.close()
    return read, named


def _played() -> tuple[_Script, SimulatedMachine, int]:
    script = _Script(_blank())
    script.play()
    whole, _ = _read_everything(script.machine.fresh(), script)
    return script, script.machine, whole


def test_each_read_with_a_flipped_bit_shows_no_other_footage(monkeypatch: pytest.MonkeyPatch) -> None:
    """A bit that the disk turned, in each read of opening and reading in turn: what comes out was sent, at its place,
    and the rest of the footage is still read."""
    script, machine, whole = _played()
    chance = random.Random(4)
    least = whole
    for place in range(1, _reads(machine, script, monkeypatch) + 1):
        with monkeypatch.context() as patch:
            _spoil(patch, place, lambda _file, _offset, data: _flipped(data, chance))
            read, _ = _read_everything(machine.fresh(), script)
        least = min(least, read) if read else least
    assert least >= whole - 3  # one page, header or chunk: at most the clips of one region


def _flipped(data: bytes, chance: random.Random) -> bytes:
    if not data:
        return data
    bit = chance.randrange(len(data) * 8)
    return data[: bit // 8] + bytes([data[bit // 8] ^ 1 << bit % 8]) + data[bit // 8 + 1 :]


def test_each_stale_read_shows_no_other_footage(monkeypatch: pytest.MonkeyPatch) -> None:
    """A read that gives what stood there before the last lap: never footage of another clip or of another moment."""
    script = _Script(_blank())
    script.play()
    before = {name: bytes(file.durable) for name, file in script.machine.files.items()}
    script.play()
    script.play()
    machine, differed = script.machine, 0
    for place in range(1, _reads(machine, script, monkeypatch) + 1):
        differing: list[bool] = []

        def stale(file: SimulatedFile, offset: int, data: bytes, differing: list[bool] = differing) -> bytes:
            old = before[file.name][offset : offset + len(data)]
            differing.append(old != data)
            return old

        with monkeypatch.context() as patch:
            _spoil(patch, place, stale)
            _read_everything(machine.fresh(), script)
        differed += any(differing)
    assert differed > 20


def _reads(machine: SimulatedMachine, script: _Script, monkeypatch: pytest.MonkeyPatch) -> int:
    """How many reads opening and reading everything takes."""
    count = [0]

    def counted(_file: SimulatedFile, _offset: int, data: bytes) -> bytes:
        count[0] += 1
        return data

    with monkeypatch.context() as patch:
        _spoil(patch, 0, counted)
        _read_everything(machine.fresh(), script)
    return count[0]


def _spoil(patch: pytest.MonkeyPatch, place: int, change: Callable[[SimulatedFile, int, bytes], bytes]) -> None:
    """Read number ``place`` gives what ``change`` makes of it; 0 for every read."""
    count = [0]
    real = SimulatedFile.pread

    def pread(self: SimulatedFile, offset: int, length: int) -> bytes:
        data = real(self, offset, length)
        count[0] += 1
        return change(self, offset, data) if place in (0, count[0]) else data

    patch.setattr(SimulatedFile, "pread", pread)


def test_a_real_file_completes_short_writes_and_reads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A kernel may take or give less than was asked for; what was written is whole all the same."""
    write, read = os.pwrite, os.pread
    monkeypatch.setattr(os, "pwrite", lambda fd, data, offset: write(fd, bytes(data[:100]), offset))
    monkeypatch.setattr(os, "pread", lambda fd, length, offset: read(fd, min(length, 70), offset))
    file = RealFile(tmp_path / "f", create=True)
    data = random.Random(1).randbytes(1234)
    file.pwrite(10, data)
    assert file.pread(10, 2000) == data
    file.close()
