"""The drawing of a day: complete without colour, in both languages, without scripts."""

from __future__ import annotations

import xml.etree.ElementTree as ET  # reads what we have just written ourselves

import pytest

from mihariban.base.clock import HOUR, MINUTE
from mihariban.policy import FilmingWindow
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


def _bars(drawn: str) -> list[tuple[float, float]]:
    root = ET.fromstring(drawn)  # noqa: S314  # our own text
    bars = [each for each in root.iter(f"{_SVG}rect") if "aria-label" in each.attrib]
    return [(float(bar.attrib["x"]), float(bar.attrib["width"])) for bar in bars]


def _hours(drawn: str) -> list[str]:
    root = ET.fromstring(drawn)  # noqa: S314  # our own text
    return [each.text or "" for each in root.iter(f"{_SVG}text") if each.attrib["font-size"] == "12"]


def test_spans_lie_where_they_were() -> None:
    """In order, without holes; the axis goes from half past seven to half past five, each full hour is written."""
    drawn = day_svg([CameraDay("cam1", ACCOUNT)], JAPAN, "s")
    places = _bars(drawn)
    assert places[0][0] == 120
    assert places[-1][0] + places[-1][1] == pytest.approx(1030, abs=0.02)
    assert places[2][0] == pytest.approx(120 + 910 * 1.5 / 10, abs=0.01)
    assert _hours(drawn) == [str(hour) for hour in range(8, 18)]


def _account(*windows: tuple[float, float]) -> CameraDay:
    opened = [FilmingWindow(MIDNIGHT + round(a * HOUR), MIDNIGHT + round(b * HOUR)) for a, b in windows]
    return CameraDay("cam1", day_account(DAY, JAPAN, opened, [], [], WHOLE, [], NEXT))


def test_a_day_without_hours_is_drawn_whole() -> None:
    """There is nothing to cut it down to."""
    drawn = day_svg([_account()], JAPAN, "s")
    assert _bars(drawn) == [(120, 910)]
    assert _hours(drawn) == ["0", "3", "6", "9", "12", "15", "18", "21", "24"]


def test_the_axis_serves_all_cameras_and_ends_with_the_day() -> None:
    """A camera that films in the morning and one that films at night share it."""
    drawn = day_svg([_account((9, 10)), _account((22, 23.75))], JAPAN, "s")
    assert _hours(drawn)[:2] == ["9", "12"] and _hours(drawn)[5] == "24"
    assert _hours(day_svg([_account((0.25, 3))], JAPAN, "s")) == ["0", "1", "2", "3"]


def test_a_page_with_a_heading_leaves_the_title_to_it() -> None:
    """Whoever cannot see the drawing is told its title all the same."""
    drawn = day_svg([CameraDay("cam1", ACCOUNT)], JAPAN, "本庁舎", titled=False)
    root = ET.fromstring(drawn)  # noqa: S314  # our own text
    assert "の見守り" in (root.findtext(f"{_SVG}title") or "")
    assert not any("の見守り" in (each.text or "") for each in root.iter(f"{_SVG}text"))


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
