"""Area-averaging and the light-proof difference of two pictures."""

from __future__ import annotations

import numpy as np
import pytest

from mihariban.recorder.presence.arrays import REACH, Print, box_mean, box_of, grey, mean_level, shrink, spread

RANDOM = np.random.default_rng(3)
SCENE = RANDOM.uniform(30, 220, (40, 60))


def test_shrinking_is_the_mean_of_every_square() -> None:
    """Each pixel of the small picture is the mean of its square; the rest at the rim is dropped."""
    luma = RANDOM.integers(0, 256, (43, 65), dtype=np.uint8)
    small = shrink(luma, 4)
    expected = luma[:40, :64].reshape(10, 4, 16, 4).mean((1, 3)) - 128
    np.testing.assert_allclose(small, expected, atol=1e-3)


def test_a_white_picture_does_not_overflow() -> None:
    """The largest factor of a 4K picture still sums exactly."""
    assert mean_level(shrink(np.full((40, 40), 255, np.uint8), 20)) == pytest.approx(255)


def test_box_means_are_those_of_each_window() -> None:
    """Every window of 5 x 5, computed the slow way."""
    picture = grey(SCENE)
    expected = np.array([[picture[y : y + 5, x : x + 5].mean() for x in range(56)] for y in range(36)])
    np.testing.assert_allclose(box_mean(picture), expected, atol=1e-3)


@pytest.mark.parametrize(("gain", "offset"), [(1.0, 0.0), (0.5, 20.0), (1.6, -30.0), (0.3, 0.0)])
def test_gain_and_offset_leave_nothing_unexplained(gain: float, offset: float) -> None:
    """A lamp, an exposure step, a dimmer."""
    rest = Print(grey(SCENE * gain + offset)).unexplained(Print(grey(SCENE)))
    assert float(rest.max()) < 3


def test_a_step_of_its_own_is_unexplained() -> None:
    """An outline of 25 levels on a plain wall stands out of the weakest structure that counts."""
    plain = np.full((40, 60), 150.0)
    somebody = plain.copy()
    somebody[10:, 20:40] -= 25
    rest = Print(grey(somebody)).unexplained(Print(grey(plain)))
    assert float(rest[20, 20 - REACH]) > 100
    assert float(rest[20, 50]) < 1e-2


def test_a_covered_structure_is_unexplained() -> None:
    """Somebody without any structure of their own hides that of the scene."""
    rest = Print(grey(np.full((40, 60), 90.0))).unexplained(Print(grey(SCENE)))
    assert float(np.median(rest)) > 60


def test_the_box_is_in_fractions_of_the_picture() -> None:
    """A map is smaller than its picture by two pixels on every side."""
    mask = np.zeros((36, 56), np.bool_)
    assert box_of(mask) is None
    mask[8:18, 13:28] = True
    assert box_of(mask) == pytest.approx((15 / 60, 10 / 40, 30 / 60, 20 / 40))


def test_spreading_reaches_the_neighbours_only() -> None:
    """A single mark becomes a square."""
    mask = np.zeros((9, 9), np.bool_)
    mask[4, 4] = True
    assert spread(mask, 2).sum() == 25
    mask[:] = False
    mask[0, 0] = True
    assert spread(mask, 2).sum() == 9
