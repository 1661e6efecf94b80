"""Small video clips drawn and encoded for tests: nothing is fetched, nothing is filmed."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.video.codeccontext import VideoCodecContext

ENCODERS = {"h264": "libx264", "hevc": "libx265"}
_QUIET = {"libx265": {"x265-params": "log-level=none:pools=none:frame-threads=1:repeat-headers=1"}}


def pictures(count: int, width: int = 160, height: int = 96) -> Iterator[av.VideoFrame]:
    """Grey noise walls with a bright block that moves by a few pixels each picture."""
    wall = np.random.default_rng(7).integers(90, 110, (height, width, 3), dtype=np.uint8)
    for number in range(count):
        picture = wall.copy()
        left = 4 * number % (width - 16)
        picture[20:60, left : left + 16] = 220
        yield av.VideoFrame.from_ndarray(picture, format="rgb24")


def encoder(codec: str, *, width: int, height: int, fps: int, gop: int, bframes: int = 0) -> VideoCodecContext:
    """An Annex B encoder with parameter sets before each key picture."""
    name = ENCODERS[codec]
    context = VideoCodecContext.create(name, "w")
    context.width, context.height, context.pix_fmt = width, height, "yuv420p"
    context.time_base = Fraction(1, fps)
    context.framerate = Fraction(fps)
    context.gop_size = gop
    context.max_b_frames = bframes
    context.thread_count = 1
    context.options = {"preset": "ultrafast", **_QUIET.get(name, {})}
    if not bframes:
        context.options |= {"tune": "zerolatency"}
    return context


def access_units(
    codec: str, count: int, *, width: int = 160, height: int = 96, fps: int = 15, gop: int = 15, bframes: int = 0
) -> list[tuple[bytes, int, int]]:
    """Encoded access units as (data, pts, dts), ticks of 1/fps."""
    context = encoder(codec, width=width, height=height, fps=fps, gop=gop, bframes=bframes)
    units = []
    frames: list[av.VideoFrame | None] = [*pictures(count, width, height), None]
    for number, frame in enumerate(frames):
        if frame is not None:
            frame.pts = number
            frame.time_base = Fraction(1, fps)
        units += [(bytes(p), p.pts or 0, p.dts or 0) for p in context.encode(frame)]
    return units


def write_units(path: Path, codec: str, count: int = 60, *, fps: int = 15, gop: int = 15) -> Path:
    """A clip for the RTSP server: each access unit behind its length in four bytes."""
    units = access_units(codec, count, fps=fps, gop=gop)
    path.write_bytes(b"".join(struct.pack(">I", len(data)) + data for data, _, _ in units))
    return path
