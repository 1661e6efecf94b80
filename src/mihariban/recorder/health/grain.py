"""What only the full picture shows: its grain, and how sharp its edges are. Four dozen patches are looked at."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

Luma = NDArray[np.uint8]

ROWS: Final = 6
COLUMNS: Final = 8
_SIDE: Final = 64  # pixels of a patch at most
_ALIVE: Final = 0.8  # quantile over the patches; a burnt-in clock lies in fewer than the rest
_GRAIN_LEAST: Final = 0.3  # levels; what is calmer shows no grain
_CONTRAST: Final = 60.0  # levels squared; a patch of less variance has no edge to judge
_STEEPEST: Final = 0.98  # quantile of the slopes in a patch
_GRAIN_Z: Final = 2.33  # where that quantile lies for grain alone, in deviations
_GRAIN_MEDIAN: Final = 0.6745  # median of the absolute value of grain, in deviations


def patches(luma: Luma) -> Luma:
    """Patches spread evenly over the picture, copied: shape (patches, height, width)."""
    height, width = luma.shape
    tall, wide = min(_SIDE, height // ROWS), min(_SIDE, width // COLUMNS)
    tops = [(2 * row + 1) * height // (2 * ROWS) - tall // 2 for row in range(ROWS)]
    lefts = [(2 * column + 1) * width // (2 * COLUMNS) - wide // 2 for column in range(COLUMNS)]
    return np.stack([luma[top : top + tall, left : left + wide] for top in tops for left in lefts])


def liveliness(before: Luma, after: Luma) -> float:
    """How much of the grain that the picture shows has changed since the one before: about 1 for a living camera.

    Of the patch that changes more than four fifths of them. A lamp makes grain weaker in place and in time alike; of a
    frozen picture the grain stays, and what changes is only how the encoder rounds it.
    """
    changed = np.abs(after.astype(np.int16) - before).mean(axis=(1, 2))
    shown = np.maximum((_rough(before) + _rough(after)) / 2, np.float32(_GRAIN_LEAST))
    return float(np.quantile(changed / shown, _ALIVE))


def _rough(parts: Luma) -> NDArray[np.float32]:
    """Mean of what neither rows nor columns explain, levels: mostly grain where a patch is calm."""
    levels = parts.astype(np.int16)
    rest = levels[:, 1:, 1:] - levels[:, :-1, 1:] - levels[:, 1:, :-1] + levels[:, :-1, :-1]
    result: NDArray[np.float32] = np.abs(rest).mean(axis=(1, 2), dtype=np.float32)
    return result


def sharpness(parts: Luma) -> NDArray[np.float32]:
    """How steep the steepest edges of each patch are against its contrast, squared; NaN where there is no edge.

    Light and exposure scale both; a lens out of focus takes the slope and leaves the contrast. Grain is subtracted.
    """
    levels = parts.astype(np.float32)
    contrast = levels.var(axis=(1, 2))
    across = _slope(levels)
    down = _slope(levels.transpose(0, 2, 1))
    steep: NDArray[np.float32] = np.maximum(across, down) / np.maximum(contrast, 1e-6)
    steep[contrast < _CONTRAST] = np.nan
    return steep


def _slope(levels: NDArray[np.float32]) -> NDArray[np.float32]:
    """Square of the slope over two pixels at the steepest places of each patch, less what grain alone would show."""
    calm = levels[:, :-2] + levels[:, 1:-1] + levels[:, 2:]  # along the edge, where it is an edge
    slopes = np.abs(calm[:, :, 2:] - calm[:, :, :-2]).reshape(len(levels), -1) / np.float32(3)
    count = slopes.shape[1]
    half, top = count // 2, int(count * _STEEPEST)
    ranked = np.partition(slopes, (half, top), axis=1)
    grain = ranked[:, half] * np.float32(_GRAIN_Z / _GRAIN_MEDIAN)
    result: NDArray[np.float32] = np.maximum(ranked[:, top] ** 2 - grain**2, 0)
    return result
