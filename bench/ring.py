"""The ring against the bare disk: writing chunks, and making the index anew."""

from __future__ import annotations

import os
import random
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from bench.rows import Row, row
from mihariban.base.clock import SECOND, TurnedClock
from mihariban.base.units import KIB, MIB
from mihariban.volume import Chunk, ClipHeader, CodecConfig, Sample, Volume, VolumeSpec
from mihariban.volume.layout import BLOCK
from mihariban.volume.sealing import OVERHEAD

ROUNDS = 9
CONFIG = CodecConfig("h264", 1920, 1080, (1, 90_000), b"parameter sets", "annexb")


def write_path_rows(folder: Path | None = None) -> list[Row]:
    """Chunks of a second at 3 Mbit/s and of 1 MiB, each synced: through the volume, and raw into a pre-written file."""
    return [_write_row(folder, size, name) for size, name in ((384 * KIB, "384 KiB"), (MIB, "1 MiB"))]


def rebuild_rows(folder: Path | None = None) -> list[Row]:
    """Opening without index.db against reading key pages, headers and footers raw: from disk; from cache (shown)."""
    with _place(folder) as place:
        clips = _filled(place, regions=1500)
        return [_rebuild_row(place, clips, cold=cold) for cold in (True, False)]


class _place:  # noqa: N801  # reads as a phrase where it is used
    """A folder that is gone afterwards."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder

    def __enter__(self) -> Path:
        self.path = Path(tempfile.mkdtemp(prefix="ring", dir=self._folder))
        return self.path

    def __exit__(self, *_: object) -> None:
        shutil.rmtree(self.path, ignore_errors=True)


def _chunk(clock: TurnedClock, number: int, data: bytes) -> Chunk:
    size = len(data) // 15
    samples = [Sample(size, (number * 15 + i) * 6000, (number * 15 + i) * 6000, 6000, i == 0) for i in range(14)]
    samples.append(Sample(len(data) - 14 * size, (number * 15 + 14) * 6000, (number * 15 + 14) * 6000, 6000, False))
    config = CONFIG if number == 0 else None
    return Chunk(0, clock.wall(), clock.monotonic(), clock.boot_id(), "good", config, tuple(samples), data)


def _write_row(folder: Path | None, size: int, name: str) -> Row:
    clock = TurnedClock(1_800_000_000 * SECOND)
    count = 96 * MIB // size
    data = os.urandom(size)
    with _place(folder) as place:
        volume = Volume.create(place, VolumeSpec(161 * MIB, 16 * MIB, 0.0, "bench", "bench"), clock=clock)
        raw = place / "raw"
        _prewrite(raw, 160 * MIB)
        ours: list[float] = []
        bare: list[float] = []
        stored = -(-(size + OVERHEAD + 500) // BLOCK) * BLOCK
        for turn in range(ROUNDS + 1):
            pair = [
                (ours, lambda: _record(volume, clock, data, count)),
                (bare, lambda turn=turn: _raw(raw, stored, count, turn)),
            ]
            for times, run in pair if turn % 2 else reversed(pair):
                times.append(_timed(run))
        volume.close()
    share = [b / o for o, b in zip(ours[1:], bare[1:], strict=True)]
    speed = count * size / MIB / statistics.median(ours[1:])
    met = statistics.median(share) >= 0.85
    title = f"ring write path against raw writing, {name} a sync"
    return _row(title, share, "of raw", "0.85 or more", met=met, speed=f"{speed:.0f} MiB/s")


def _record(volume: Volume, clock: TurnedClock, data: bytes, count: int) -> None:
    writer = None
    number = 0
    for _ in range(count):
        if writer is None or number >= 60 or not writer.append(_chunk(clock, number, data)):
            if writer is not None:
                writer.close()
            full = writer is not None and number < 60
            writer = volume.begin_clip("front", ClipHeader(bytes(16)), new_region=full)
            number = 0
            if not writer.append(_chunk(clock, 0, data)):
                writer.close()
                writer = volume.begin_clip("front", ClipHeader(bytes(16)), new_region=True)
                assert writer.append(_chunk(clock, 0, data))
        number += 1
        clock.turn(SECOND)
        volume.commit()
    if writer is not None:
        writer.close()
    volume.commit()


def _raw(path: Path, size: int, count: int, turn: int) -> None:
    data = os.urandom(BLOCK) * (size // BLOCK)
    slots = 160 * MIB // size
    fd = os.open(path, os.O_WRONLY)
    try:
        for number in range(count):
            os.pwrite(fd, data, (turn * count + number) % slots * size)
            os.fdatasync(fd)
    finally:
        os.close(fd)


def _prewrite(path: Path, size: int) -> None:
    with path.open("wb") as file:
        for _ in range(size // MIB):
            file.write(os.urandom(MIB))
        file.flush()
        os.fsync(file.fileno())


def _filled(place: Path, regions: int) -> int:
    """A full volume of 288 KiB regions with two clips of 30 chunks each; how many clips."""
    clock = TurnedClock(1_800_000_000 * SECOND)
    rng = random.Random(1)
    spec = VolumeSpec(regions * 288 * KIB + 8192, 288 * KIB, 0.0, "bench", "bench")
    with_index = Volume.create(place, spec, clock=clock, random=rng.randbytes)
    for _ in range(regions):
        for part in range(2):
            writer = with_index.begin_clip("front", ClipHeader(bytes(16)), new_region=part == 0)
            for number in range(30):
                writer.append(_chunk(clock, number, b"x" * 3000))
                clock.turn(SECOND)
            writer.close()
    with_index.commit()
    clips = len(with_index.clips())
    with_index.close()
    return clips


def _rebuild_row(place: Path, clips: int, *, cold: bool) -> Row:
    spots = _spots(place)
    ours: list[float] = []
    bare: list[float] = []
    for turn in range(ROUNDS + 1):
        pair = [(ours, lambda: _rebuild(place, clips)), (bare, lambda: _read_raw(place, spots))]
        for times, run in pair if turn % 2 else reversed(pair):
            for name in ("index.db", "index.db-wal", "index.db-shm"):
                (place / name).unlink(missing_ok=True)
            if cold:
                _forget(place)
            times.append(_timed(run))
    ratios = [o / b for o, b in zip(ours[1:], bare[1:], strict=True)]
    each = statistics.median(ours[1:]) / len(spots) * 1e6
    name = f"index rebuild against reading the same raw, {'from the disk' if cold else 'from the cache'}"
    # From the cache the bare reads cost nothing, so the ratio says only what decrypting costs: shown, not judged.
    met = statistics.median(ratios) <= 2.0 if cold else None
    return _row(name, ratios, "x", "2 or less" if cold else "", met=met, region=f"{each:.0f} µs", clips=str(clips))


def _spots(place: Path) -> list[tuple[int, int, int]]:
    """(header, tail, bytes of the tail) of each region with footage."""
    volume = Volume.read_only(place)
    try:
        shape = volume.shape
        pages = [page for _, page in volume.keys.load_all() if page is not None and page.live]
        return [(shape.offset(p.region), shape.offset(p.region + 1) - p.tail, p.tail) for p in pages]
    finally:
        volume.close()


def _rebuild(place: Path, clips: int) -> None:
    volume = Volume.open(place)
    found = len(volume.clips())
    volume.close()
    assert found == clips


def _read_raw(place: Path, spots: list[tuple[int, int, int]]) -> None:
    keys = os.open(place / "keys.tab", os.O_RDONLY)
    while os.read(keys, MIB):
        pass
    os.close(keys)
    ring = os.open(place / "ring.vol", os.O_RDONLY)
    for header, tail, length in spots:
        os.pread(ring, BLOCK, header)
        os.pread(ring, length, tail)
    os.close(ring)


def _forget(place: Path) -> None:
    """Have the kernel drop what it keeps of the files; the host below may keep more."""
    for name in ("ring.vol", "keys.tab"):
        fd = os.open(place / name, os.O_RDONLY)
        os.fdatasync(fd)
        os.posix_fadvise(fd, 0, 0, os.POSIX_FADV_DONTNEED)
        os.close(fd)


def _timed(run: Callable[[], None]) -> float:
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


def _row(name: str, values: list[float], unit: str, target: str, *, met: bool | None, **peers: str) -> Row:
    spread = f"{min(values):.2f} to {max(values):.2f} over {len(values)} pairs"
    return row(name, statistics.median(values), unit, target=target, met=met, spread=spread, **peers)


if __name__ == "__main__":  # python -m bench.ring
    for found in [*write_path_rows(), *rebuild_rows()]:
        print(found)
