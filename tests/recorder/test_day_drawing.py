"""The drawing of a day: complete without colour, in both languages, without scripts."""

from __future__ import annotations

import xml.etree.ElementTree as ET  # reads what we have just written ourselves

import pytest

from mihariban.base.clock import HOUR, MINUTE
from mihariban.recorder.accounting import Stretch, day_account
from mihariban.recorder.day_drawing import CameraDay, day_bar, day_svg, legend, sums
from tests.recorder.test_accounting import DAY, JAPAN, MIDNIGHT, NEXT, OPEN, WHOLE

_SVG = "{http://www.w3.org/2000/svg}"
ACCOUNT = day_account(
    DAY, JAPAN, OPEN,
    [Stretch(MIDNIGHT + 11 * HOUR, MIDNIGHT + 11 * HOUR + 30 * MINUTE, "MH304")], [], WHOLE,
    [Stretch(MIDNIGHT + 9 * HOUR, MIDNIGHT + 9 * HOUR + 4 * MINUTE)], NEXT,
)  # fmt: skip


@pytest.mark.parametrize("language", ["ja", "en"])
def test_the_drawing_says_everything_in_words_too(language: str) -> None:
    """Title, description, a legend, a label for each span, sums with causes; each state has a pattern of its own."""
    cause, length = ("カメラの映像切れ", "30分") if language == "ja" else ("camera's picture lost", "30 min")
    days = [CameraDay("cam1", ACCOUNT), CameraDay('<cam"2&', ACCOUNT)]
    root = ET.fromstring(day_svg(days, JAPAN, "本庁舎 <1階>", language))  # type: ignore[arg-type]  # noqa: S314  # our own text
    assert root.attrib["role"] == "img"
    title, description = root.find(f"{_SVG}title"), root.find(f"{_SVG}desc")
    assert title is not None and "本庁舎 <1階>" in (title.text or "")
    assert description is not None and f"{cause} {length}" in (description.text or "")
    labels = [each.attrib["aria-label"] for each in root.iter(f"{_SVG}rect") if "aria-label" in each.attrib]
    assert len(labels) == 2 * len(ACCOUNT.spans)
    assert any(cause in label and "11:00:00-11:30:00" in label for label in labels)
    patterns = [ET.tostring(each) for each in root.iter(f"{_SVG}pattern")]
    assert len(patterns) == len(set(patterns)) == 5
    words = " ".join(each.text or "" for each in root.iter(f"{_SVG}text"))
    assert ("来訪" in words) is (language == "ja")
    assert not list(root.iter(f"{_SVG}script"))


def test_spans_lie_where_they_were() -> None:
    """In order, without holes, and nine o'clock at nine twenty-fourths."""
    root = ET.fromstring(day_svg([CameraDay("cam1", ACCOUNT)], JAPAN, "s"))  # noqa: S314  # our own text
    bars = [each for each in root.iter(f"{_SVG}rect") if "aria-label" in each.attrib]
    places = [(float(bar.attrib["x"]), float(bar.attrib["width"])) for bar in bars]
    assert places[0][0] == 120
    assert places[-1][0] + places[-1][1] == pytest.approx(1030, abs=0.02)
    assert places[2][0] == pytest.approx(120 + 910 * 9 / 24, abs=0.01)


def test_a_short_gap_shows_in_the_terminal() -> None:
    """However narrow the line is."""
    bar = day_bar(ACCOUNT, 24)
    assert len(bar) == 24
    assert bar[11] == "!"
    assert bar[9] == "█"
    assert bar[0] == "·"
    assert "途切れ" in legend("ja")
    assert "(camera's picture lost 30 min)" in sums(ACCOUNT, "en")


def test_no_camera_no_drawing() -> None:
    """Said plainly."""
    with pytest.raises(ValueError, match="camera"):
        day_svg([], JAPAN, "s")
