"""Pictures as arrays: area-averaging, box sums, and the light-proof difference of two pictures.

The difference asks of every 5 x 5 window: is the one picture a brighter or darker print of the other? It fits gain and
offset by least squares and returns the variance that the fit leaves over. Lamps, exposure and daylight change gain and
offset smoothly and leave nothing; a person brings edges of their own and hides those of the scene.
"""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Grey: TypeAlias = NDArray[np.float32]
Mask: TypeAlias = NDArray[np.bool_]

REACH = 2  # a window reaches two pixels to each side; maps are that much smaller than pictures on every side
_AREA = float((2 * REACH + 1) ** 2)
_MIDDLE = 128.0  # subtracted before squaring: single precision then holds variances to a thousandth of a level squared
_RIDGE = 20.0  # levels squared; where the scene is flatter than this the gain cannot be told and stays at 1
_GAIN_MIN, _GAIN_MAX = 0.25, 4.0  # two stops of exposure either way


def shrink(luma: NDArray[Any], factor: int) -> Grey:
    """Mean of every ``factor`` x ``factor`` pixels, less the middle grey; a rest at the right and lower rim is dropped.

    Args:
        luma: uint8, height x width.
    """
    height, width = luma.shape[0] // factor, luma.shape[1] // factor
    cut = luma[: height * factor, : width * factor]
    rows = cut[0::factor].astype(np.uint16)
    for offset in range(1, factor):
        rows += cut[offset::factor]
    sums = rows[:, 0::factor].astype(np.float32)
    for offset in range(1, factor):
        sums += rows[:, offset::factor]
    sums *= np.float32(1.0 / (factor * factor))
    sums -= np.float32(_MIDDLE)
    return sums


def grey(levels: NDArray[Any]) -> Grey:
    """A picture in levels 0 to 255 as this package's pictures: single precision around middle grey."""
    return levels.astype(np.float32) - np.float32(_MIDDLE)


def mean_level(picture: Grey) -> float:
    """Mean brightness in levels 0 to 255."""
    return float(picture.mean()) + _MIDDLE


def box_mean(stack: Grey) -> Grey:
    """Mean over each 5 x 5 window along the last two axes; the result is smaller by two on every side."""
    two = stack[..., :-1, :] + stack[..., 1:, :]
    five = two[..., :-3, :] + two[..., 2:-1, :] + stack[..., 4:, :]
    two = five[..., :, :-1] + five[..., :, 1:]
    result: Grey = two[..., :, :-3] + two[..., :, 2:-1] + five[..., :, 4:]
    result *= np.float32(1.0 / _AREA)
    return result


class Print:
    """A picture prepared for comparison: its window means and variances."""

    __slots__ = ("mean", "picture", "variance")

    def __init__(self, picture: Grey) -> None:
        self.picture = picture
        mean, square = box_mean(np.stack((picture, picture * picture)))
        self.mean = mean
        self.variance = square - mean * mean

    def unexplained(self, scene: Print) -> Grey:
        """Variance of each window that ``scene``, under any gain and offset, does not explain (levels squared)."""
        return self.fitted(scene)[0]

    def fitted(self, scene: Print) -> tuple[Grey, Grey]:
        """What ``unexplained`` gives, and the gain of each window."""
        covariance = box_mean(self.picture * scene.picture) - self.mean * scene.mean
        gain = (covariance + np.float32(_RIDGE)) / (scene.variance + np.float32(_RIDGE))
        np.clip(gain, _GAIN_MIN, _GAIN_MAX, out=gain)
        rest: Grey = self.variance + gain * (gain * scene.variance - 2 * covariance)
        np.maximum(rest, 0, out=rest)
        return rest, gain


def box_of(mask: Mask) -> tuple[float, float, float, float] | None:
    """Bounding box of the marked pixels of a map, as fractions of the picture; None where nothing is marked."""
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    if not len(rows):
        return None
    height, width = mask.shape[0] + 2 * REACH, mask.shape[1] + 2 * REACH
    return (
        float(columns[0] + REACH) / width,
        float(rows[0] + REACH) / height,
        float(columns[-1] + REACH + 1) / width,
        float(rows[-1] + REACH + 1) / height,
    )


def spread(mask: Mask, reach: int = 3) -> Mask:
    """``mask`` and everything within ``reach`` pixels of it, along rows and columns."""
    wide = mask.copy()
    for step in range(1, reach + 1):
        wide[:, step:] |= mask[:, :-step]
        wide[:, :-step] |= mask[:, step:]
    tall = wide.copy()
    for step in range(1, reach + 1):
        tall[step:] |= wide[:-step]
        tall[:-step] |= wide[step:]
    return tall
