"""Small volumes and chunks for the tests of the volume."""

from __future__ import annotations

import random
from pathlib import Path

from mihariban.base.clock import SECOND, TurnedClock
from mihariban.volume import Chunk, ClipHeader, CodecConfig, Sample, Volume, VolumeSpec

START = 1_795_305_600 * SECOND
CONFIG = CodecConfig("h264", 64, 48, (1, 1000), b"parameter-sets--", "annexb")
REGION = 128 << 10


def make(directory: Path, clock: TurnedClock, *, regions: int = 8, hold_share: float = 0.25, seed: int = 1) -> Volume:
    """A new volume of ``regions`` small regions."""
    spec = VolumeSpec(8192 + regions * REGION, REGION, hold_share, "hall", "r1")
    return Volume.create(directory, spec, clock=clock, random=random.Random(seed).randbytes)


def chunk(clock: TurnedClock, number: int, data: bytes, notes: dict[str, object] | None = None) -> Chunk:
    """One second with one key sample; the first carries the configuration."""
    sample = Sample(len(data), number * 1000, number * 1000, 1000, True)
    config = CONFIG if number == 0 else None
    return Chunk(0, clock.wall(), clock.monotonic(), clock.boot_id(), "ok", config, (sample,), data, notes or {})


def record(
    volume: Volume, clock: TurnedClock, camera: str = "front", chunks: int = 3, size: int = 9000, **header: int
) -> bytes:
    """A committed clip; its id."""
    writer = volume.begin_clip(camera, ClipHeader(visit=bytes(range(16)), **header))
    for number in range(chunks):
        if not writer.append(chunk(clock, number, bytes([number]) * size)):
            writer.close()
            return record(volume, clock, camera, chunks, size, **header)
        clock.turn(SECOND)
    writer.close(notes={"reason": "left"})
    volume.commit()
    return writer.clip
