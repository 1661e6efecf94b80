"""Clips for measuring, made from the real footage: the same scene, large, with grain, as a camera would send it."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

FOOTAGE = Path(os.environ.get("MIHARIBAN_FOOTAGE", Path(__file__).parent.parent.parent / "shared" / "footage"))
REAL = FOOTAGE / "one-by-one.mp4"
WORK = Path(__file__).parent / "work"

Picture = NDArray[np.uint8]


class FootageMissingError(RuntimeError):
    """The real footage is not on this machine."""


def real_pictures(begin: float, end: float) -> list[Picture]:
    """Decoded pictures (height, width, 3) of the real clip between two seconds."""
    if not REAL.exists():
        raise FootageMissingError(f"no footage at {REAL}: set MIHARIBAN_FOOTAGE")
    with av.open(str(REAL)) as container:
        return [
            frame.to_ndarray(format="rgb24") for frame in container.decode(video=0) if begin <= (frame.time or 0) < end
        ]


def there_and_back(pictures: list[Picture], count: int) -> Iterator[Picture]:
    """``count`` pictures, forwards and backwards, so that the loop has no seam."""
    order = list(range(len(pictures))) + list(range(len(pictures) - 2, 0, -1))
    for index in range(count):
        yield pictures[order[index % len(order)]]


def encode(
    path: Path,
    pictures: Iterator[Picture],
    *,
    width: int,
    height: int,
    fps: int,
    kbit_s: int,
    group_s: float,
    grain: float,
    source_fps: int = 10,
) -> None:
    """Write an H.264 clip as a camera sends it: bit rate, key-frame distance, grain of ``grain`` grey levels."""
    rng = np.random.default_rng(20160122)
    noise = rng.normal(0, grain, (height + 64, width + 64, 1)).astype(np.int16)
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=fps)
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        stream.bit_rate = kbit_s * 1000
        stream.time_base = Fraction(1, fps)
        stream.options = {
            "preset": "veryfast",
            "bf": "0",
            "g": str(round(group_s * fps)),
            "sc_threshold": "0",
            "maxrate": f"{kbit_s}k",
            "bufsize": f"{2 * kbit_s}k",
        }
        step = source_fps / fps
        current, shown = None, -1
        number = 0
        for index, picture in enumerate(pictures):
            while number * step < index + 1:
                if shown != index:
                    frame = av.VideoFrame.from_ndarray(picture, format="rgb24").reformat(width, height)
                    current, shown = frame.to_ndarray(format="rgb24").astype(np.int16), index
                y, x = rng.integers(0, 64, 2)
                grainy = np.clip(current + noise[y : y + height, x : x + width], 0, 255).astype(np.uint8)
                out = av.VideoFrame.from_ndarray(grainy, format="rgb24")
                out.pts = number
                container.mux(stream.encode(out))
                number += 1
        container.mux(stream.encode(None))


def camera_clip(name: str, begin: float, end: float, seconds: int) -> Path:
    """1920x1080, 15 fps, 3 Mbit/s, a key frame every two seconds, from a span of the real clip; made once."""
    path = WORK / f"{name}-{seconds}s.mp4"
    if not path.exists():
        WORK.mkdir(exist_ok=True)
        temporary = path.with_suffix(".part.mp4")
        pictures = there_and_back(real_pictures(begin, end), seconds * 10)
        encode(temporary, pictures, width=1920, height=1080, fps=15, kbit_s=3000, group_s=2, grain=4)
        temporary.rename(path)
    return path


def nobody(seconds: int = 40) -> Path:
    """The empty scene."""
    return camera_clip("nobody", 0.5, 5.0, seconds)


def somebody(seconds: int = 40) -> Path:
    """Somebody steps up after four seconds and then stands at the table for as long as the clip lasts."""
    path = WORK / f"somebody-{seconds}s.mp4"
    if not path.exists():
        WORK.mkdir(exist_ok=True)
        temporary = path.with_suffix(".part.mp4")
        arrival = real_pictures(88.0, 100.0)
        standing = there_and_back(real_pictures(100.0, 116.0), seconds * 10 - len(arrival))
        pictures = itertools.chain(arrival, standing)
        encode(temporary, pictures, width=1920, height=1080, fps=15, kbit_s=3000, group_s=2, grain=4)
        temporary.rename(path)
    return path
