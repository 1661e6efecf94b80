"""The part of the picture where somebody counts as being at the kiosk."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np

from mihariban.recorder.presence.arrays import Mask

Polygon = tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Zone:
    """Polygons in fractions of the picture, origin at the upper left.

    Attributes:
        polygons: somebody inside any of them is present.
        ignore: never looked at, wherever it lies: a monitor, a burnt-in clock, a door's window.
    """

    polygons: tuple[Polygon, ...]
    ignore: tuple[Polygon, ...] = ()

    def __post_init__(self) -> None:
        for polygon in (*self.polygons, *self.ignore):
            if len(polygon) < 3:
                raise ValueError(f"a polygon needs three corners: {polygon}")
            if not all(0 <= value <= 1 for corner in polygon for value in corner):
                raise ValueError(f"corners are fractions of the picture, from 0 to 1: {polygon}")
        if not self.polygons:
            raise ValueError("a zone needs at least one polygon")

    @classmethod
    def whole(cls) -> Self:
        """The whole picture."""
        return cls((((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)),))

    @classmethod
    def from_numbers(cls, numbers: Sequence[float]) -> Self:
        """One polygon from x1, y1, x2, y2, …; two corners mean a rectangle.

        Raises:
            ValueError: an odd count, fewer than two corners, or a value outside 0 to 1.
        """
        if len(numbers) % 2 or len(numbers) < 4:
            raise ValueError("a zone is x1,y1,x2,y2,… with at least two corners")
        corners = tuple(zip(numbers[::2], numbers[1::2], strict=True))
        if len(corners) == 2:
            (x1, y1), (x2, y2) = corners
            corners = ((x1, y1), (x2, y1), (x2, y2), (x1, y2))
        return cls((corners,))

    def mask(self, height: int, width: int) -> Mask:
        """True where the centre of a pixel of a ``height`` x ``width`` picture is watched."""
        inside = _any_inside(self.polygons, height, width)
        return inside & ~_any_inside(self.ignore, height, width)


def _any_inside(polygons: Iterable[Polygon], height: int, width: int) -> Mask:
    found = np.zeros((height, width), dtype=np.bool_)
    for polygon in polygons:
        found |= _inside(polygon, height, width)
    return found


def _inside(polygon: Polygon, height: int, width: int) -> Mask:
    """Even-odd rule: count the sides crossed by the ray to the right."""
    y = ((np.arange(height) + 0.5) / height)[:, None]
    x = ((np.arange(width) + 0.5) / width)[None, :]
    odd = np.zeros((height, width), dtype=np.bool_)
    for (x1, y1), (x2, y2) in zip(polygon, (*polygon[1:], polygon[0]), strict=True):
        if y1 == y2:
            continue
        crossing = x1 + (y - y1) * (x2 - x1) / (y2 - y1)
        odd ^= ((y1 > y) != (y2 > y)) & (x < crossing)
    return odd
