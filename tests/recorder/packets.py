"""Packets made by hand, for tests that need no picture."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from mihariban.base.clock import SECOND
from mihariban.recorder.packet import Packet, StreamConfig

CONFIG = StreamConfig("h264", 640, 360, Fraction(1, 1000), b"\x01extradata", "length")


def packet(
    t: float, *, key: bool = False, size: int = 100, broken: bool = False, config: StreamConfig = CONFIG
) -> Packet:
    """One packet displayed ``t`` seconds after 1970."""
    ticks = round(t * 1000)
    data = (b"K" if key else b"p") + ticks.to_bytes(8, "big") + bytes(max(0, size - 9))
    return Packet(data, ticks, ticks, key, round(t * SECOND), round(t * SECOND), config, broken)


def stream(begin: float, end: float, *, fps: int = 10, group: float = 2.0, size: int = 100) -> Iterator[Packet]:
    """Packets from ``begin`` up to but without ``end``, a key frame every ``group`` seconds of the time line."""
    count = round((end - begin) * fps)
    for index in range(count):
        t = begin + index / fps
        yield packet(t, key=round(t * fps) % round(group * fps) == 0, size=size)
