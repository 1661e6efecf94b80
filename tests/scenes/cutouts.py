"""People cut from the real clip by their difference to its empty scene. The clip is read, never copied into the tree.

The clip lies where MIHARIBAN_FOOTAGE points, by default ``../shared/footage`` beside the repository.
"""

from __future__ import annotations

import csv
import itertools
import os
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import av
import numpy as np

from .picture import Bytes, Floats, Frame, blurred

SIZE = (384, 216)
FPS = 10
_ROOT = Path(__file__).resolve().parents[2]
# Seconds of the clip between which each visitor stands at the table, read off by eye at five frames a second.
_STANDING = ((9.6, 17.8), (25.6, 43.2), (53.6, 68.0), (77.2, 85.6), (95.2, 118.6), (126.4, 134.4))


@dataclass(frozen=True, slots=True)
class Cutout:
    """One picture of a person: its corner in the clip at ``SIZE``, and Y, U, V, cover as uint8 (height, width, 4)."""

    left: int
    top: int
    yuva: Bytes

    def floats(self) -> Floats:
        """As a patch's array: colours times cover, cover 0-1."""
        out = self.yuva.astype(np.float32)
        out[..., 3] /= 255
        out[..., :3] *= out[..., 3:]
        return out


@dataclass(frozen=True, slots=True)
class Person:
    """One visitor of the clip: the pictures of walking up, of standing, and of leaving, ten a second."""

    coming: tuple[Cutout, ...]
    standing: tuple[Cutout, ...]
    leaving: tuple[Cutout, ...]


def footage() -> Path:
    """The folder of the real footage; it may not be there."""
    return Path(os.environ.get("MIHARIBAN_FOOTAGE", _ROOT.parent / "shared" / "footage"))


def available() -> bool:
    """Whether the real clip can be read."""
    return (footage() / "one-by-one.mp4").is_file()


@lru_cache(maxsize=1)
def _truth() -> list[tuple[float, float]]:
    with (footage() / "one-by-one.truth.csv").open(encoding="ascii") as file:
        return [(float(row["enter_s"]), float(row["leave_s"])) for row in csv.DictReader(file)]


@lru_cache(maxsize=1)
def _pictures() -> Bytes:
    """The whole clip, Y U V at full resolution of ``SIZE``, shape (frames, 3, height, width)."""
    with av.open(str(footage() / "one-by-one.mp4")) as container:
        frames = [frame.reformat(SIZE[0], SIZE[1], "yuv444p").to_ndarray() for frame in container.decode(video=0)]
    return np.stack([frame.reshape(3, SIZE[1], SIZE[0]) for frame in frames])


@lru_cache(maxsize=1)
def empty() -> Bytes:
    """The clip's empty scene: median of pictures well outside every visit; Y U V, shape (3, height, width)."""
    busy = [(enter - 0.6, leave + 0.8) for enter, leave in _truth()]
    pictures = _pictures()
    idle = [number for number in range(1388) if not any(enter <= number / FPS <= leave for enter, leave in busy)]
    return np.median(pictures[idle], axis=0).astype(np.uint8)


def empty_frame() -> Frame:
    """The empty scene as a frame of ``SIZE``."""
    planes = empty().astype(np.float32)
    return Frame(planes[0].copy(), np.stack([planes[1, ::2, ::2], planes[2, ::2, ::2]], axis=2))


@lru_cache(maxsize=6)
def person(number: int) -> Person:
    """Visitor 0-5 of the clip."""
    enter, leave = _truth()[number]
    first, last = _STANDING[number]
    numbers = [round(second * FPS) for second in (enter - 0.2, first, last, leave + 0.3)]
    cut = [[_cut(_pictures()[i]) for i in range(a, b)] for a, b in itertools.pairwise(numbers)]
    return Person(*(tuple(found for found in part if found is not None) for part in cut))


def _cut(picture: Bytes) -> Cutout | None:
    """The person in one picture of the clip: the largest group of columns that differ from the empty scene."""
    level = picture.astype(np.float32)
    scene = empty().astype(np.float32)
    # The clip's own camera corrects its exposure as dark clothes come in: the scene is followed before it is compared.
    scene[0] *= np.median(level[0, ::3, ::3] / np.maximum(scene[0, ::3, ::3], 8))
    apart = np.abs(level - scene)
    cover = _mended(np.clip((blurred(apart[0] + 0.8 * (apart[1] + apart[2]), 1) - 18) / 22, 0, 1))
    columns = (cover > 0.5).sum(axis=0)
    left, right = _largest_run(columns >= 3)
    rows = np.flatnonzero((cover[:, left:right] > 0.5).sum(axis=1) >= 2)
    if right - left < 3 or rows.size < 3:
        return None
    left, right = max(0, left - 4), min(SIZE[0], right + 4)
    top, bottom = max(0, int(rows[0]) - 4), min(SIZE[1], int(rows[-1]) + 5)
    part = np.moveaxis(picture[:, top:bottom, left:right], 0, 2)
    alpha = np.round(cover[top:bottom, left:right] * 255).astype(np.uint8)
    return Cutout(left, top, np.ascontiguousarray(np.concatenate([part, alpha[..., None]], axis=2)))


def _mended(cover: Floats) -> Floats:
    """Close holes up to eight pixels wide (clothes that look like the wall), keep the outline soft."""
    wide = _extreme(cover, 4, np.maximum)
    closed = _extreme(wide, 4, np.minimum)
    return blurred(np.maximum(cover, closed), 1)


def _extreme(plane: Floats, radius: int, pick: np.ufunc) -> Floats:
    for axis in (0, 1):
        out = plane
        for shift in range(1, radius + 1):
            for way in (shift, -shift):
                out = pick(out, np.roll(plane, way, axis))
        plane = out
    return plane


def _largest_run(flags: np.ndarray) -> tuple[int, int]:
    """Start and end of the longest run of true values, bridging gaps of five."""
    best, start, last = (0, 0), None, -10
    for place in np.flatnonzero(flags):
        if start is None or place - last > 6:
            start = int(place)
        last = int(place)
        if last + 1 - start > best[1] - best[0]:
            best = (start, last + 1)
    return best
