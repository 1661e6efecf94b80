"""Zones: polygons in fractions of the picture."""

from __future__ import annotations

import pytest

from mihariban.recorder.presence.zone import Zone


def test_the_whole_picture_is_all_of_it() -> None:
    """Every pixel is watched."""
    assert Zone.whole().mask(9, 16).all()


def test_two_corners_are_a_rectangle() -> None:
    """Half the picture is half the pixels."""
    mask = Zone.from_numbers([0.5, 0, 1, 1]).mask(10, 20)
    assert mask[:, 10:].all()
    assert not mask[:, :10].any()


def test_a_triangle_holds_half_of_its_rectangle() -> None:
    """Sides that are not upright."""
    assert Zone.from_numbers([0, 0, 1, 0, 0, 1]).mask(100, 100).mean() == pytest.approx(0.5, abs=0.01)


def test_several_polygons_add_up_and_ignored_ones_are_cut_out() -> None:
    """An ignored screen inside the second polygon."""
    left, right = ((0.0, 0.0), (0.25, 0.0), (0.25, 1.0), (0.0, 1.0)), ((0.5, 0.0), (1.0, 0.0), (1.0, 1.0), (0.5, 1.0))
    screen = ((0.75, 0.0), (1.0, 0.0), (1.0, 0.5), (0.75, 0.5))
    assert Zone((left, right), (screen,)).mask(40, 40).mean() == pytest.approx(0.75 - 0.125)


@pytest.mark.parametrize("numbers", [[], [0.1, 0.2], [0, 0, 1], [0, 0, 1, 1.2], [-0.1, 0, 1, 1]])
def test_what_is_no_zone_is_refused(numbers: list[float]) -> None:
    """Too few corners, an odd count, or outside the picture."""
    with pytest.raises(ValueError, match=r"zone|corners|polygon"):
        Zone.from_numbers(numbers)


def test_a_zone_has_a_polygon_of_three_corners() -> None:
    """Neither none nor a line."""
    with pytest.raises(ValueError, match="one polygon"):
        Zone(())
    with pytest.raises(ValueError, match="three corners"):
        Zone((((0.0, 0.0), (1.0, 1.0)),))
