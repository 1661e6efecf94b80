"""Antialiased shapes in numpy: each covers the pixels whose signed distance to its outline is below zero.

A layer is a patch of premultiplied RGBA (float32, colours 0-255, alpha 0-1) with its place in the picture, so that a
shape costs no more than its own bounding box. Coordinates are pixels, x to the right, y down; pixel (0, 0) has its
centre at (0.5, 0.5).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Colour = tuple[float, float, float]
Floats = NDArray[np.float32]
Bytes = NDArray[np.uint8]
Point = tuple[float, float]


class Layer:
    """A transparent patch to draw on.

    Args:
        left, top: place of the patch in the picture, pixels.
        width, height: size of the patch, pixels, at least 1.
    """

    __slots__ = ("left", "rgba", "top")

    def __init__(self, left: int, top: int, width: int, height: int) -> None:
        self.left = left
        self.top = top
        self.rgba: Floats = np.zeros((max(1, height), max(1, width), 4), np.float32)

    @property
    def alpha(self) -> Floats:
        """Cover of each pixel, 0-1, shape (height, width)."""
        return self.rgba[..., 3]

    def shade(self, factors: Floats) -> None:
        """Multiply the colours by ``factors``, any shape that broadcasts to (height, width)."""
        self.rgba[..., :3] *= np.broadcast_to(factors, self.rgba.shape[:2])[..., None]

    def trim(self) -> Layer | None:
        """The same patch without its empty rim; None where nothing is drawn."""
        drawn = self.alpha > 0
        rows, columns = np.flatnonzero(drawn.any(axis=1)), np.flatnonzero(drawn.any(axis=0))
        if not rows.size:
            return None
        y0, y1, x0, x1 = int(rows[0]), int(rows[-1]) + 1, int(columns[0]), int(columns[-1]) + 1
        small = Layer(self.left + x0, self.top + y0, 1, 1)
        small.rgba = np.ascontiguousarray(self.rgba[y0:y1, x0:x1])
        return small

    def onto(self, picture: Bytes) -> None:
        """Lay the patch over ``picture`` (height, width, 3), in place."""
        height, width = self.rgba.shape[:2]
        over = picture[self.top : self.top + height, self.left : self.left + width]
        if over.shape[:2] != (height, width):
            raise ValueError("the layer reaches beyond the picture")
        mixed = over * (1 - self.rgba[..., 3:])
        mixed += self.rgba[..., :3]
        np.clip(mixed, 0, 255, out=mixed)
        over[...] = mixed  # truncation, not rounding: a third faster, and nobody sees half a grey level

    def _window(self, left: float, top: float, right: float, bottom: float) -> tuple[Floats, Floats, Floats] | None:
        """The part of the patch inside a bounding box, and the x and y of its pixel centres in the picture."""
        height, width = self.rgba.shape[:2]
        x0, x1 = max(0, int(left) - 1 - self.left), min(width, int(right) + 2 - self.left)
        y0, y1 = max(0, int(top) - 1 - self.top), min(height, int(bottom) + 2 - self.top)
        if x0 >= x1 or y0 >= y1:
            return None
        xs = np.arange(x0, x1, dtype=np.float32)[None, :] + np.float32(self.left + 0.5)
        ys = np.arange(y0, y1, dtype=np.float32)[:, None] + np.float32(self.top + 0.5)
        return self.rgba[y0:y1, x0:x1], xs, ys

    def ellipse(self, x: float, y: float, rx: float, ry: float, colour: Colour, opacity: float = 1.0) -> None:
        """Fill an upright ellipse."""
        found = self._window(x - rx, y - ry, x + rx, y + ry)
        if found and rx > 0 and ry > 0:
            part, xs, ys = found
            radius = np.sqrt(((xs - x) / rx) ** 2 + ((ys - y) / ry) ** 2)
            _fill(part, (radius - 1) * min(rx, ry), colour, opacity)

    def capsule(self, a: Point, b: Point, ra: float, rb: float, colour: Colour, opacity: float = 1.0) -> None:
        """Fill a limb: the hull of two circles, roughly (the radius runs linearly between them)."""
        reach = max(ra, rb)
        found = self._window(
            min(a[0], b[0]) - reach, min(a[1], b[1]) - reach, max(a[0], b[0]) + reach, max(a[1], b[1]) + reach
        )
        if found:
            part, xs, ys = found
            dx, dy = b[0] - a[0], b[1] - a[1]
            along = ((xs - a[0]) * dx + (ys - a[1]) * dy) / max(dx * dx + dy * dy, 1e-6)
            along = np.clip(along, 0, 1)
            distance = np.hypot(xs - a[0] - along * dx, ys - a[1] - along * dy)
            _fill(part, distance - (ra + (rb - ra) * along), colour, opacity)

    def polygon(self, points: Sequence[Point], colour: Colour, rounding: float = 0.0, opacity: float = 1.0) -> None:
        """Fill a simple polygon, its corners rounded outwards by ``rounding`` pixels."""
        xs_of, ys_of = [p[0] for p in points], [p[1] for p in points]
        found = self._window(min(xs_of) - rounding, min(ys_of) - rounding, max(xs_of) + rounding, max(ys_of) + rounding)
        if found:
            part, xs, ys = found
            _fill(part, _to_polygon(points, xs, ys) - np.float32(rounding), colour, opacity)

    def box(self, left: float, top: float, right: float, bottom: float, colour: Colour, rounding: float = 0.0) -> None:
        """Fill an upright rectangle with rounded corners."""
        found = self._window(left, top, right, bottom)
        if found:
            part, xs, ys = found
            dx = np.abs(xs - (left + right) / 2) - ((right - left) / 2 - rounding)
            dy = np.abs(ys - (top + bottom) / 2) - ((bottom - top) / 2 - rounding)
            outside = np.hypot(np.maximum(dx, 0), np.maximum(dy, 0))
            _fill(part, outside + np.minimum(np.maximum(dx, dy), 0) - rounding, colour, 1.0)


def _to_polygon(points: Sequence[Point], xs: Floats, ys: Floats) -> Floats:
    """Signed distance to a polygon's outline, negative inside (even-odd rule)."""
    nearest = np.full(np.broadcast_shapes(xs.shape, ys.shape), np.inf, np.float32)
    inside = np.zeros(nearest.shape, bool)
    for (ax, ay), (bx, by) in zip(points, [*points[1:], points[0]], strict=True):
        dx, dy = bx - ax, by - ay
        along = np.clip(((xs - ax) * dx + (ys - ay) * dy) / max(dx * dx + dy * dy, 1e-6), 0, 1)
        np.minimum(nearest, (xs - ax - along * dx) ** 2 + (ys - ay - along * dy) ** 2, out=nearest)
        if dy:
            inside ^= ((ay > ys) != (by > ys)) & (xs < ax + (ys - ay) * (dx / dy))
    return np.where(inside, -np.sqrt(nearest), np.sqrt(nearest))


def _fill(part: Floats, distance: NDArray[np.floating], colour: Colour, opacity: float) -> None:
    """Mix ``colour`` into ``part`` where ``distance`` is below zero, softly over one pixel."""
    cover = np.clip(0.5 - distance, 0, 1) * np.float32(opacity)
    ink = np.array([*colour, 1.0], np.float32)
    part *= (1 - cover)[..., None]
    part += cover[..., None] * ink


def luma(colour: Colour) -> float:
    """Grey level of a colour as a camera stores it (ITU-R BT.601, 16-235)."""
    return 16 + (0.299 * colour[0] + 0.587 * colour[1] + 0.114 * colour[2]) * 219 / 255
