from __future__ import annotations

import os
import time
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mihariban.base.clock import HOUR, MINUTE, SECOND, from_datetime
from mihariban.policy import FilmingCalendar, Policy, filming_windows
from tests.policy.rules import SAGA, TOKYO, city, entry, saga_with


def at(text: str) -> int:
    return from_datetime(datetime.fromisoformat(text).replace(tzinfo=TOKYO))


@pytest.fixture(params=["UTC", "America/New_York", "Asia/Tokyo"])
def host_zone(request: pytest.FixtureRequest) -> Iterator[str]:
    """The host's own time zone, which must not matter."""
    before = os.environ.get("TZ")
    os.environ["TZ"] = request.param
    time.tzset()
    yield request.param
    os.environ.pop("TZ")
    if before is not None:
        os.environ["TZ"] = before
    time.tzset()


def test_the_hosts_time_zone_does_not_matter(host_zone: str) -> None:
    """Opening and closing are instants of the site's zone, on a host in UTC too."""
    window = filming_windows(SAGA, date(2026, 11, 24), (), TOKYO)[0]
    assert (
        datetime.fromtimestamp(window.start_wall / SECOND, ZoneInfo("UTC")).isoformat() == "2026-11-23T23:30:00+00:00"
    )
    assert window.end_wall - window.start_wall == 10 * HOUR + 30 * MINUTE
    calendar = FilmingCalendar(SAGA, (), TOKYO)
    assert [
        calendar.is_open(at(f"2026-11-24T{clock}")) for clock in ("08:29:59", "08:30:00", "18:59:59", "19:00:00")
    ] == [
        False,
        True,
        True,
        False,
    ]


@pytest.mark.parametrize("moment", ["2026-11-21T12:00", "2026-11-23T12:00", "2026-11-25T03:00", "2026-12-31T10:00"])
def test_nothing_is_filmed_on_saturday_holiday_at_night_or_year_end(moment: str) -> None:
    """Closed to the nanosecond."""
    assert not FilmingCalendar(SAGA, (), TOKYO).is_open(at(moment))


def test_the_edges_are_exact_to_the_nanosecond() -> None:
    """The start is inside, the end is outside."""
    calendar = FilmingCalendar(SAGA, (), TOKYO)
    start, end = at("2026-11-25T08:30"), at("2026-11-25T17:15")
    answers = [calendar.is_open(wall) for wall in (start - 1, start, end - 1, end)]
    assert answers == [False, True, True, False]


def test_grace_lengthens_the_end_alone(tmp_path: Path) -> None:
    """And meets a following window where it reaches it."""
    rule = saga_with(tmp_path, ("capture_grace_after_close_s = 0", "capture_grace_after_close_s = 120")).policy
    window = filming_windows(rule, date(2026, 11, 25), (), TOKYO)[0]
    assert (window.start_wall, window.end_wall) == (at("2026-11-25T08:30"), at("2026-11-25T17:17"))
    more = entry(
        kind="extension", first_day=date(2026, 11, 25), last_day=date(2026, 11, 25), windows=(("17:16", "18:00"),)
    )
    assert len(filming_windows(rule, date(2026, 11, 25), (more,), TOKYO)) == 1
    assert len(filming_windows(SAGA, date(2026, 11, 25), (more,), TOKYO)) == 2


def test_a_camera_may_film_always_or_by_its_own_table(tmp_path: Path) -> None:
    """Independent of the kiosk's hours, holidays included where the table says nothing of them."""
    always = FilmingCalendar(city("muko-hall"), (), TOKYO)
    assert always.is_open(at("2027-01-01T00:00"))
    assert always.next_change(at("2027-01-01T00:00")) is None
    rule = saga_with(
        tmp_path,
        (
            'camera_hours = "same_as_kiosk"',
            'camera_hours = "table"\ncamera_table = [{ days = ["WED"], open = "08:00", close = "24:00" },'
            ' { days = ["THU"], open = "00:00", close = "06:00" }]',
        ),
        ('"operation.camera_hours"]', '"operation.camera_hours", "operation.camera_table"]'),
    ).policy
    calendar = FilmingCalendar(rule, (), TOKYO)
    window = calendar.window_at(at("2026-11-25T23:59"))
    assert window is not None
    assert (window.start_wall, window.end_wall) == (at("2026-11-25T08:00"), at("2026-11-26T06:00"))
    assert calendar.window_at(at("2026-11-26T03:00")) == window


def test_without_a_zone_there_is_no_answer() -> None:
    """Never the host's."""
    with pytest.raises(ValueError, match="time zone"):
        filming_windows(SAGA, date(2026, 11, 25))


def test_the_next_change_runs_through_openings_and_closings() -> None:
    """Friday evening to Sunday, over the year-end, and back from inside a window."""
    calendar = FilmingCalendar(SAGA, (), TOKYO)
    assert calendar.next_change(at("2026-11-20T17:15")) == at("2026-11-22T09:00")
    assert calendar.next_change(at("2026-12-28T17:15")) == at("2027-01-04T08:30")
    assert calendar.next_change(at("2026-11-24T08:30")) == at("2026-11-24T19:00")
    assert calendar.next_change(at("2026-11-24T08:29")) == at("2026-11-24T08:30")


def test_a_rule_that_never_opens_has_no_change() -> None:
    """Nothing is known of Oi's hours: nothing is filmed."""
    calendar = FilmingCalendar(city("oi-2023"), (), TOKYO)
    assert not calendar.is_open(at("2026-11-25T12:00"))
    assert calendar.next_change(at("2026-11-25T12:00")) is None


@pytest.fixture(scope="module")
def rules(tmp_path_factory: pytest.TempPathFactory) -> list[Policy]:
    """Rules whose windows meet, follow closely, or carry grace."""
    grace = saga_with(
        tmp_path_factory.mktemp("grace"), ("capture_grace_after_close_s = 0", "capture_grace_after_close_s = 7200")
    )
    night = saga_with(
        tmp_path_factory.mktemp("night"),
        (
            '{ days = ["SUN"], open = "09:00", close = "16:00" },',
            '{ days = ["SUN"], open = "00:00", close = "24:00" }, { days = ["MON"], open = "00:00", close = "02:00" },',
        ),
    )
    return [SAGA, grace.policy, night.policy, city("muko-hall")]


@given(
    number=st.integers(0, 3),
    minutes=st.lists(st.integers(0, 40 * 1440), min_size=1, max_size=12),
)
@settings(max_examples=150, deadline=None)
def test_the_cache_never_changes_an_answer(rules: list[Policy], number: int, minutes: list[int]) -> None:
    """Asked in any order, the calendar answers as the windows of the days around do."""
    rule = rules[number]
    calendar = FilmingCalendar(rule, (), TOKYO)
    for minute in minutes:
        wall = at("2026-12-10T00:00") + minute * MINUTE
        day = date(2026, 12, 10) + timedelta(days=minute // 1440)
        near = [w for ahead in (-1, 0, 1) for w in filming_windows(rule, day + timedelta(days=ahead), (), TOKYO)]
        expected = any(w.start_wall <= wall < w.end_wall for w in near)
        assert calendar.is_open(wall) == expected
        change = calendar.next_change(wall)
        if change is not None:
            assert change > wall
            assert calendar.is_open(change - 1) == expected
            assert calendar.is_open(change) != expected
