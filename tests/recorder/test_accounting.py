"""Every second of a day has one state, whatever the rows say."""

from __future__ import annotations

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mihariban.base.clock import HOUR, MINUTE, SECOND
from mihariban.policy import FilmingWindow
from mihariban.recorder.accounting import DayAccount, Life, Stretch, day_account, day_bounds

JAPAN, BERLIN = ZoneInfo("Asia/Tokyo"), ZoneInfo("Europe/Berlin")
DAY = date(2026, 11, 24)
MIDNIGHT, NEXT = day_bounds(DAY, JAPAN)
OPEN = [FilmingWindow(MIDNIGHT + 8 * HOUR, MIDNIGHT + 17 * HOUR)]
WHOLE = [Life(MIDNIGHT - 9 * HOUR, NEXT, NEXT)]


def _account(**rows: object) -> DayAccount:
    facts: dict[str, object] = {
        "windows": OPEN, "gaps": [], "closed": [], "lives": WHOLE, "visits": [], "now": NEXT + HOUR,
    }  # fmt: skip
    return day_account(DAY, JAPAN, **{**facts, **rows})  # type: ignore[arg-type]  # rows of a test


def _at(hour: float) -> int:
    return MIDNIGHT + round(hour * HOUR)


def _shown(account: DayAccount) -> list[tuple[float, str, str]]:
    return [((span.end - MIDNIGHT) / HOUR, span.state, span.cause) for span in account.spans]


def test_an_ordinary_day() -> None:
    """Closed, watched, a visit, closed."""
    account = _account(visits=[Stretch(_at(10), _at(10.5))])
    assert _shown(account) == [
        (8, "closed", "outside_hours"), (10, "watched", ""), (10.5, "visit", ""), (17, "watched", ""),
        (24, "closed", "outside_hours"),
    ]  # fmt: skip
    assert account.open_seconds == 9 * 3600
    assert account.gaps() == {}


def test_a_gap_names_its_cause_and_goes_before_a_visit() -> None:
    """What was not seen was not seen; outside the hours nothing is missing."""
    account = _account(visits=[Stretch(_at(10), _at(11))], gaps=[Stretch(_at(10.5), _at(18), "MH304")])
    assert _shown(account)[2:4] == [(10.5, "visit", ""), (17, "gap", "MH304")]
    assert account.gaps() == {"MH304": 6.5 * 3600}


def test_a_crash_is_a_gap_from_the_last_sign_of_life_to_the_next_start() -> None:
    """An open gap of the life that crashed ends with it: what follows is the recorder's own absence."""
    lives = [Life(_at(7), _at(9), None), Life(_at(9.5), _at(20), _at(20))]
    account = _account(lives=lives, gaps=[Stretch(_at(8.5), None, "MH304")])
    assert _shown(account)[1:5] == [
        (8.5, "watched", ""), (9, "gap", "MH304"), (9.5, "gap", "recorder_down"), (17, "watched", ""),
    ]  # fmt: skip


def test_what_is_not_yet_and_what_was_before_the_first_start_is_unknown() -> None:
    """Neither watched nor lost; a life that lives is watched up to now."""
    account = _account(lives=[Life(_at(9), _at(12) - 2 * SECOND, None)], now=_at(12))
    assert _shown(account)[1:4] == [
        (9, "unknown", "before_first_start"), (12, "watched", ""), (17, "unknown", "future"),
    ]  # fmt: skip
    dead = _account(lives=[Life(_at(9), _at(11), None)], now=_at(12))
    assert dead.gaps() == {"recorder_down": 3600}
    assert _account(lives=[]).seconds("unknown") == 9 * 3600


def test_closed_as_the_recorder_kept_it_is_closed() -> None:
    """A closure that was known then; closed periods around the hours change nothing."""
    rows = [Stretch(MIDNIGHT - HOUR, _at(8), "outside hours"), Stretch(_at(12), _at(13), "臨時休止")]
    account = _account(closed=rows)
    assert (13, "closed", "臨時休止") in _shown(account)
    assert account.open_seconds == 8 * 3600


@pytest.mark.parametrize(("day", "hours"), [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25), (date(2026, 6, 1), 24)])
def test_days_on_which_the_clocks_change(day: date, hours: int) -> None:
    """A day has as many seconds as it has; a window may begin on the day before."""
    start, end = day_bounds(day, BERLIN)
    windows = [FilmingWindow(start - 2 * HOUR, start + HOUR), FilmingWindow(end - HOUR, end + HOUR)]
    account = day_account(day, BERLIN, windows, [], [], [Life(start - HOUR, end, None)], [], end)
    assert account.seconds("watched", "closed") == hours * 3600
    assert account.seconds("watched") == 2 * 3600


_INSTANT = st.integers(-30 * 60, 54 * 60).map(lambda minutes: MIDNIGHT + minutes * MINUTE)
_STRETCH = st.builds(
    lambda a, b, open_: Stretch(min(a, b), None if open_ else max(a, b), "MH304"), _INSTANT, _INSTANT, st.booleans()
)
_WINDOW = st.builds(lambda a, b: FilmingWindow(min(a, b), max(a, b) + 1), _INSTANT, _INSTANT)


@st.composite
def _lives(draw: st.DrawFn) -> list[Life]:
    edges = sorted(draw(st.lists(_INSTANT, min_size=0, max_size=8, unique=True)))
    return [
        Life(begin, end, end if draw(st.booleans()) else None)
        for begin, end in zip(edges[::2], edges[1::2], strict=False)
    ]


@given(
    st.sampled_from([JAPAN, BERLIN]), st.lists(_WINDOW, max_size=4), st.lists(_STRETCH, max_size=5),
    st.lists(_STRETCH, max_size=3), _lives(), st.lists(_STRETCH, max_size=5), _INSTANT, st.integers(-1, 1),
)  # fmt: skip
def test_spans_tile_the_day(zone, windows, gaps, closed, lives, visits, now, shift) -> None:
    """From midnight to midnight, without hole or overlap, neighbours differ, and nothing open is forgotten."""
    day = DAY + timedelta(days=shift)
    account = day_account(day, zone, windows, gaps, closed, lives, visits, now)
    start, end = day_bounds(day, zone)
    assert (account.spans[0].start, account.spans[-1].end) == (start, end)
    for one, two in zip(account.spans, account.spans[1:], strict=False):
        assert one.end == two.start
        assert (one.state, one.cause) != (two.state, two.cause)
    assert all(span.start < span.end for span in account.spans)
    for span in account.spans:
        inside = any(window.start_wall <= span.start < window.end_wall for window in windows)
        assert inside or span.state == "closed"
        if inside and span.start >= now:
            assert span.state == "unknown"
        if span.state in ("watched", "visit"):
            assert any(life.started <= span.start for life in lives)
