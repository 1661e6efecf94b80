"""Is it still the view that the camera was put up for? Asked of the directions of its edges.

A lamp, exposure or daylight changes how strong an edge is, seldom where it is or which way it runs. A person hides the
edges behind them and no others. So the field of edge directions is compared tile by tile with the one learned while
nobody was there. Directions are kept as doubled angles: an edge that turns from dark-bright to bright-dark (a window by
day and by night) stays the same edge.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from mihariban.recorder.presence.arrays import Grey

Field: TypeAlias = NDArray[np.complex64]
"""Per pixel: direction as a doubled angle, strength from 0 (flat) to nearly 1 (an edge)."""

TILE: Final = 12  # pixels of the small picture: sixteen by nine tiles
_WEAK: Final = np.float32(4.0)  # levels a pixel; an edge of this slope counts half. Above averaged grain.
_EDGE: Final = 0.3  # strength from which a pixel of the reference is an edge that stays
_EDGES_IN_TILE: Final = 10  # such pixels make a tile one that can be recognised
_SAME: Final = 0.5  # cosine between the edges of a tile and those learned
_STILL: Final = 0.75  # cosine of a tile with itself a while ago
_REACH: Final = 0.4  # of the picture; a shift beyond it leaves too little to compare


def edges(picture: Grey) -> Field:
    """The field of a small grey picture, smaller by one pixel on every side."""
    across = (picture[1:-1, 2:] - picture[1:-1, :-2]) / 2
    down = (picture[2:, 1:-1] - picture[:-2, 1:-1]) / 2
    gradient = across + 1j * down
    strength = np.abs(gradient)
    # g^2/|g| has the doubled angle; dividing by |g| + weak presses strength into 0 to 1
    result: Field = (gradient * gradient / np.maximum(strength, 1e-6) / (strength + _WEAK)).astype(np.complex64)
    return result


@dataclass(frozen=True, slots=True)
class Likeness:
    """A picture against the view learned. Shares are of the tiles that can be recognised, 0 to 1.

    Attributes:
        same: show the edges learned.
        flat: show no edges.
        foreign: show other edges.
    """

    same: float
    flat: float
    foreign: float


@dataclass(frozen=True, slots=True)
class Shift:
    """Where the view learned is found again.

    Attributes:
        across, down: as fractions of width and height.
        score: likeness there, 0 to 1; ``here``: likeness in the old place.
    """

    across: float
    down: float
    score: float
    here: float


def tile_sums(values: NDArray[Any]) -> NDArray[Any]:
    """Sums over tiles; the rest at the right and lower rim belongs to none."""
    rows, columns = values.shape[0] // TILE, values.shape[1] // TILE
    cut = values[: rows * TILE, : columns * TILE]
    result: NDArray[Any] = cut.reshape(rows, TILE, columns, TILE).sum(axis=(1, 3))
    return result


class View:
    """The edges of the empty scene, as learned.

    Args:
        field: mean of the fields seen.
        ignore: pixels of the small picture that are not looked at (a screen, a burnt-in clock), or None.
    """

    def __init__(self, field: Field, ignore: NDArray[np.bool_] | None = None) -> None:
        self.field = field
        self._ignore = ignore
        self._prepare()

    def _prepare(self) -> None:
        strong = np.abs(self.field) >= _EDGE
        if self._ignore is not None and self._ignore.shape == strong.shape:
            strong &= ~self._ignore
        self._strong = strong
        self._masked: Field = np.where(strong, self.field, np.complex64(0)).astype(np.complex64)
        self._power = tile_sums(np.abs(self._masked) ** 2)
        self.tiles: NDArray[np.bool_] = tile_sums(strong) >= _EDGES_IN_TILE
        self.count = int(self.tiles.sum())

    def learn(self, field: Field, weight: float) -> None:
        """Move towards a field seen while nobody was there."""
        self.field = (self.field + np.float32(weight) * (field - self.field)).astype(np.complex64)
        self._prepare()

    def same(self, field: Field) -> NDArray[np.bool_]:
        """Tiles that show the edges learned."""
        return self.tiles & (self._cosine(field) >= _SAME)

    def _cosine(self, field: Field) -> NDArray[Any]:
        agreement = tile_sums((np.conj(self._masked) * field).real)
        power = tile_sums(np.abs(np.where(self._strong, field, 0)) ** 2)
        cosine: NDArray[Any] = agreement / np.sqrt(np.maximum(power * self._power, 1e-9))
        return cosine

    def likeness(self, field: Field) -> Likeness:
        """Compare a picture's field of the same size."""
        same = self.same(field)
        flat = self.tiles & ~same & (tile_sums(np.abs(field) >= _EDGE) < _EDGES_IN_TILE)
        count = max(1, self.count)
        shares = float(same.sum()) / count, float(flat.sum()) / count
        return Likeness(*shares, max(0.0, 1.0 - sum(shares)))

    def shift(self, field: Field) -> Shift:
        """The shift at which the view fits best."""
        height, width = field.shape
        spectrum = np.fft.fft2(field) * np.conj(np.fft.fft2(self._masked))
        fit = np.fft.ifft2(spectrum).real
        here = float(fit[0, 0])
        down, across = int(height * _REACH), int(width * _REACH)
        fit[down + 1 : height - down] = -1
        fit[:, across + 1 : width - across] = -1
        row, column = np.unravel_index(int(fit.argmax()), fit.shape)
        norm = float(np.sqrt((np.abs(self._masked) ** 2).sum() * (np.abs(field) ** 2).sum())) or 1.0
        y, x = int(row) - height * (row > height // 2), int(column) - width * (column > width // 2)
        return Shift(float(x) / width, float(y) / height, float(fit[row, column]) / norm, here / norm)


class Rest:
    """How much of a picture has not moved since an anchor was dropped.

    Whoever fills the picture sways, and sooner or later every edge of theirs has moved; of a place, whichever it is,
    most edges stay however many people walk about in it.
    """

    def __init__(self, field: Field) -> None:
        self._field = field
        self._tiles: NDArray[np.bool_] = tile_sums(np.abs(field) >= _EDGE) >= _EDGES_IN_TILE
        self._count = max(1, int(self._tiles.sum()))

    def still(self, field: Field) -> float:
        """Share of the anchor's tiles that have looked the same in every picture up to this one, 0 to 1."""
        if field.shape != self._field.shape:
            return 0.0
        strong = np.abs(self._field) >= _EDGE
        one, two = np.where(strong, self._field, 0), np.where(strong, field, 0)
        power = tile_sums(np.abs(one) ** 2) * tile_sums(np.abs(two) ** 2)
        self._tiles &= tile_sums((np.conj(one) * two).real) >= _STILL * np.sqrt(np.maximum(power, 1e-9))
        return float(self._tiles.sum()) / self._count
