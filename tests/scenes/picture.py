"""Pictures of the generator: planes of grey and colour, and patches of people laid over them.

A patch is float32 of shape (height, width, 4): Y, U, V (all times cover) and cover 0-1, at full resolution. A frame is
one luma plane and one half-size plane of both chromas, as H.264 4:2:0 stores them, luma 16-235.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mihariban.recorder.sources.scene.raster import Layer

Floats = NDArray[np.float32]
Bytes = NDArray[np.uint8]

# ITU-R BT.601, limited range: rows give Y, U, V from R, G, B of 0-255.
_MATRIX = np.array(
    [[0.299, 0.587, 0.114], [-0.168736, -0.331264, 0.5], [0.5, -0.418688, -0.081312]], np.float32
) * np.array([[219 / 255], [224 / 255], [224 / 255]], np.float32)
_BIAS = np.array([16, 128, 128], np.float32)


@dataclass(frozen=True, slots=True)
class Patch:
    """Part of a picture with a cover, at ``left``, ``top`` (pixels, even, inside the picture)."""

    left: int
    top: int
    yuva: Floats


@dataclass(slots=True)
class Frame:
    """A picture being put together."""

    luma: Floats
    chroma: Floats  # (height / 2, width / 2, 2)

    def copy(self) -> Frame:
        return Frame(self.luma.copy(), self.chroma.copy())

    def lay(self, patch: Patch) -> None:
        """Lay a patch over the frame, in place."""
        height, width = patch.yuva.shape[:2]
        rows, columns = slice(patch.top, patch.top + height), slice(patch.left, patch.left + width)
        cover = patch.yuva[..., 3]
        under = self.luma[rows, columns]
        under *= 1 - cover
        under += patch.yuva[..., 0]
        small = patch.yuva[::2, ::2]
        below = self.chroma[
            patch.top // 2 : patch.top // 2 + small.shape[0], patch.left // 2 : patch.left // 2 + small.shape[1]
        ]
        below *= 1 - small[..., 3:]
        below += small[..., 1:3]

    def packed(self) -> Bytes:
        """As PyAV takes ``yuv420p``: uint8 of shape (height * 3 / 2, width)."""
        height, width = self.luma.shape
        out = np.empty((height * 3 // 2, width), np.uint8)
        np.clip(self.luma + np.float32(0.5), 1, 254, out=self.luma)
        out[:height] = self.luma
        np.clip(self.chroma + np.float32(0.5), 1, 254, out=self.chroma)
        planes = out[height:].reshape(2, height // 2, width // 2)
        planes[0] = self.chroma[..., 0]
        planes[1] = self.chroma[..., 1]
        return out


def frame_of(rgb: Bytes) -> Frame:
    """A picture (height, width, 3) as planes; both sides even."""
    yuv = rgb.astype(np.float32) @ _MATRIX.T + _BIAS
    return Frame(
        np.ascontiguousarray(yuv[..., 0]),
        np.ascontiguousarray((yuv[::2, ::2, 1:] + yuv[1::2, 1::2, 1:]) / 2),
    )


def yuva_of(layer: Layer) -> Floats:
    """A drawn layer as a patch's array."""
    cover = layer.rgba[..., 3:]
    return np.concatenate([layer.rgba[..., :3] @ _MATRIX.T + _BIAS * cover, cover], axis=2)


def place(source: Floats, size: tuple[int, int], left: float, top: float, scale: float, mirror: bool) -> Patch | None:
    """Lay ``source`` into a picture of ``size`` (width, height) with its corner at ``left``, ``top``, bilinearly.

    ``left`` and ``top`` may be fractions of a pixel, so that a sway of less than one still moves the picture.
    None where nothing of it lies inside.
    """
    height, width = source.shape[:2]
    x0, x1 = max(0, int(np.floor(left))) & ~1, min(size[0], int(np.ceil(left + width * scale)) + 1)
    y0, y1 = max(0, int(np.floor(top))) & ~1, min(size[1], int(np.ceil(top + height * scale)) + 1)
    x1, y1 = x1 + (x1 & 1), y1 + (y1 & 1)
    if x0 >= x1 or y0 >= y1:
        return None
    across = (np.arange(x0, x1, dtype=np.float32) + 0.5 - np.float32(left)) / np.float32(scale) - 0.5
    down = (np.arange(y0, y1, dtype=np.float32) + 0.5 - np.float32(top)) / np.float32(scale) - 0.5
    if mirror:
        across = width - 1 - across
    return Patch(x0, y0, _columns(_rows(source, down), across))


def _rows(source: Floats, at: Floats) -> Floats:
    low, share, inside = _steps(at, source.shape[0])
    share = (share * inside)[:, None, None]
    return source[low] * (inside[:, None, None] - share) + source[np.minimum(low + 1, source.shape[0] - 1)] * share


def _columns(source: Floats, at: Floats) -> Floats:
    low, share, inside = _steps(at, source.shape[1])
    share = (share * inside)[None, :, None]
    high = np.minimum(low + 1, source.shape[1] - 1)
    return source[:, low] * (inside[None, :, None] - share) + source[:, high] * share


def _steps(at: Floats, count: int) -> tuple[NDArray[np.intp], Floats, Floats]:
    """Index below, share of the next one, and 1 inside the source (0 outside, soft over one pixel)."""
    inside = np.clip(np.minimum(at + 1, count - at), 0, 1).astype(np.float32)
    bounded = np.clip(at, 0, count - 1)
    low = bounded.astype(np.intp)
    return low, (bounded - low).astype(np.float32), inside


def blurred(plane: Floats, radius: int) -> Floats:
    """Mean over a square of 2 * radius + 1, edges repeated."""
    size = 2 * radius + 1
    for axis in (0, 1):
        pads = [(0, 0), (0, 0)]
        pads[axis] = (radius + 1, radius)
        total = np.cumsum(np.pad(plane, pads, mode="edge"), axis=axis, dtype=np.float64)
        count = total.shape[axis]
        plane = ((np.take(total, range(size, count), axis) - np.take(total, range(count - size), axis)) / size).astype(
            np.float32
        )
    return plane
