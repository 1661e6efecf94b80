"""Drawings: well-formed, escaped, numbers on them, nothing outside the frame."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from mihariban.office.reports.drawing import Series, columns, rows

NS = "{http://www.w3.org/2000/svg}"


@pytest.mark.parametrize("draw", [columns, rows])
@pytest.mark.parametrize("count", [1, 7, 24, 62])
def test_a_drawing_is_sound(draw: object, count: int) -> None:
    """Every value stands there as a number; bars are inside the frame and as long as their share."""
    values = list(range(1, count + 1))
    series = [Series("来訪", values), Series("続いた", [n // 2 for n in values], "hatch")]
    svg = ElementTree.fromstring(draw("d", "題", "説明", [str(n) for n in values], series))  # type: ignore[operator]  # noqa: S314  # our own text
    width, height = int(svg.attrib["width"]), int(svg.attrib["height"])
    texts = [each.text for each in svg.iter(f"{NS}text")]
    assert all(str(n) in texts for n in values)
    for bar in svg.iter(f"{NS}rect"):
        x, y, w, h = (int(bar.attrib[name]) for name in ("x", "y", "width", "height"))
        assert x >= 0 and x + w <= width and y >= 0 and y + h <= height
    assert (svg.attrib["role"], svg.attrib["aria-label"]) == ("img", "題. 説明")


def test_texts_are_escaped_and_zero_has_no_bar() -> None:
    """A label is text, whatever it looks like; nothing is divided by nothing."""
    svg = columns("d", "<script>", "&", ["<b>"], [Series("<i>", [0], "dots")])
    assert "<script>" not in svg and "<b>" not in svg and "<i>" not in svg
    tree = ElementTree.fromstring(svg)  # noqa: S314  # our own text
    assert len(list(tree.iter(f"{NS}rect"))) == 1, "the legend's alone"
    assert not list(ElementTree.fromstring(columns("e", "", "", [], [])).iter(f"{NS}rect"))  # noqa: S314  # the same
