from __future__ import annotations

import calendar
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mihariban.base.clock import DAY, HOUR, from_datetime, iso, to_datetime
from mihariban.policy import Policy, expires_at, keep_until, overwrite_by
from mihariban.policy.errors import PolicyIncomplete
from tests.policy.rules import SAGA, TOKYO, city, saga_with

WALLS = st.integers(1_451_606_400, 3_000_000_000).map(lambda seconds: seconds * 1_000_000_000 + 7)


def with_period(amount: int, unit: str, start: str = "recorded_at") -> Policy:
    keep = SAGA.retention.model_copy(update={"amount": amount, "unit": unit, "start": start})
    return SAGA.model_copy(update={"retention": keep})


def expiry(rule: Policy, text: str) -> str:
    found = expires_at(rule, from_datetime(datetime.fromisoformat(text + "+09:00")), TOKYO)
    assert found is not None
    return iso(found, TOKYO)[:19]


@given(wall=WALLS, amount=st.integers(1, 20_000))
def test_hours_are_elapsed_hours(wall: int, amount: int) -> None:
    """To the nanosecond; 5,760 of them are 240 days."""
    assert expires_at(with_period(amount, "hour"), wall, TOKYO) == wall + amount * HOUR
    assert expires_at(SAGA, wall, TOKYO) == wall + 240 * DAY


@given(wall=WALLS, amount=st.integers(1, 3000), weeks=st.booleans())
def test_days_from_the_recording_keep_the_time_of_day(wall: int, amount: int, weeks: bool) -> None:
    """In a zone without summer time that is 24 hours each."""
    rule = with_period(amount, "week" if weeks else "day")
    assert expires_at(rule, wall, TOKYO) == wall + amount * (7 if weeks else 1) * DAY


@given(wall=WALLS, amount=st.integers(1, 3000))
def test_days_from_the_next_day_end_with_a_midnight(wall: int, amount: int) -> None:
    """The whole of the last day is kept, never less than the days said, and less than a day more."""
    found = expires_at(with_period(amount, "day", "next_day"), wall, TOKYO)
    assert found is not None
    assert to_datetime(found, TOKYO).time().isoformat() == "00:00:00"
    assert amount * DAY < found - wall <= (amount + 1) * DAY


@given(wall=WALLS, amount=st.integers(1, 60), years=st.booleans(), next_day=st.booleans())
def test_months_never_skip_a_month(wall: int, amount: int, years: bool, next_day: bool) -> None:
    """The day corresponds, or the month's last day takes its place."""
    rule = with_period(amount, "year" if years else "month", "next_day" if next_day else "recorded_at")
    found = expires_at(rule, wall, TOKYO)
    assert found is not None
    begin = to_datetime(wall, TOKYO).date() + timedelta(days=1 if next_day else 0)
    last = to_datetime(found - 1, TOKYO).date() if next_day else to_datetime(found, TOKYO).date()
    months = begin.year * 12 + begin.month - 1 + amount * (12 if years else 1)
    year, month = divmod(months, 12)
    length = calendar.monthrange(year, month + 1)[1]
    if not next_day:
        assert (last.year, last.month, last.day) == (year, month + 1, min(begin.day, length))
    elif begin.day > length:
        assert (last.year, last.month, last.day) == (year, month + 1, length)
    else:
        following = last + timedelta(days=1)
        assert (following.year, following.month, following.day) == (year, month + 1, begin.day)


@given(one=WALLS, two=WALLS, unit=st.sampled_from(["hour", "day", "week", "month", "year"]), next_day=st.booleans())
def test_what_was_filmed_later_never_expires_earlier(one: int, two: int, unit: str, next_day: bool) -> None:
    """Order is kept in every unit."""
    rule = with_period(3, unit, "next_day" if next_day else "recorded_at")
    first, second = (expires_at(rule, wall, TOKYO) for wall in sorted((one, two)))
    assert first is not None
    assert second is not None
    assert first <= second


@pytest.mark.parametrize(
    ("amount", "unit", "start", "recorded", "ends"),
    [
        (1, "month", "recorded_at", "2027-01-31T12:00:00", "2027-02-28T12:00:00"),
        (1, "month", "recorded_at", "2028-01-31T12:00:00", "2028-02-29T12:00:00"),
        (1, "year", "recorded_at", "2028-02-29T12:00:00", "2029-02-28T12:00:00"),
        (1, "month", "next_day", "2027-01-30T12:00:00", "2027-03-01T00:00:00"),
        (1, "month", "next_day", "2027-01-15T12:00:00", "2027-02-16T00:00:00"),
        (7, "day", "next_day", "2026-11-24T23:59:59", "2026-12-02T00:00:00"),
        (7, "day", "next_day", "2026-11-24T00:00:00", "2026-12-02T00:00:00"),
        (24, "hour", "next_day", "2026-11-24T10:00:00", "2026-11-26T00:00:00"),
        (12, "month", "next_day", "2026-12-31T10:00:00", "2028-01-01T00:00:00"),
    ],
)
def test_periods_of_the_civil_code(amount: int, unit: str, start: str, recorded: str, ends: str) -> None:
    """Counted by hand (Civil Code 140, 143)."""
    assert expiry(with_period(amount, unit, start), recorded) == ends


@pytest.mark.parametrize(
    ("name", "ends"),
    [
        ("kyotanabe-fire-2018", "2026-12-02T00:00:00"),  # about 7 days from the next day
        ("tennoji-2024", "2026-12-02T00:00:00"),
        ("aisho-2008", "2026-12-08T10:00:00"),  # 2 weeks in principle
        ("oi-2023", "2026-12-24T10:00:00"),  # at most 30 days
        ("yodogawa-2022", "2026-12-08T10:00:00"),  # about 14 days
        ("ichikawa-model", "2026-12-01T10:00:00"),
        ("saga-kiosk-2016", "2027-07-22T10:00:00"),
    ],
)
def test_the_cities_periods(name: str, ends: str) -> None:
    """Recorded on 24 November 2026 at 10:00."""
    assert expiry(city(name), "2026-11-24T10:00:00") == ends


def test_a_number_that_is_not_known_is_no_answer() -> None:
    """Neither "the minimum necessary period" without ours nor an unread one becomes a deadline."""
    for name in ("atsugi-toilet", "kasuya-2023"):
        with pytest.raises(PolicyIncomplete, match=name):
            expires_at(city(name), 0, TOKYO)


def test_the_minimum_necessary_is_carried_out_by_our_number() -> None:
    """own_amount and own_unit."""
    keep = city("atsugi-toilet").retention.model_copy(update={"own_amount": 5})
    rule = city("atsugi-toilet").model_copy(update={"retention": keep})
    assert expires_at(rule, 0, TOKYO) == 5 * DAY


@pytest.mark.parametrize("basis", ["capacity", "footage_hours"])
def test_without_a_clock_there_is_no_deadline(tmp_path: Path, basis: str) -> None:
    """Only capacity or hours of footage limit the keeping."""
    rule = saga_with(tmp_path, ('basis = "wall_clock"', f'basis = "{basis}"')).policy
    assert expires_at(rule, 5, TOKYO) is None
    assert keep_until(rule, 5, TOKYO) == 5


def test_a_site_may_have_its_own_period(tmp_path: Path) -> None:
    """Where the rule allows it."""
    own = '[[retention.sites]]\nid = "honchosha-1f"\namount = 3\nunit = "day"\nreason_ja = "特別の理由"\n\n[erasure]'
    rule = saga_with(
        tmp_path,
        ("capacity_hint_hours = 1920", "capacity_hint_hours = 1920\nsites_may_differ = true"),
        ("[erasure]", own),
        (
            'fields = ["retention.basis", ',
            'fields = ["retention.sites", "retention.sites_may_differ", "retention.basis", ',
        ),
    ).policy
    assert expires_at(rule, 0, TOKYO, "honchosha-1f") == 3 * DAY
    assert expires_at(rule, 0, TOKYO) == 240 * DAY


def test_a_minimum_is_kept_until_its_end() -> None:
    """Saga's period is also a duty to have the footage; Oi's limit is not."""
    assert keep_until(SAGA, 0, TOKYO) == 240 * DAY
    assert keep_until(city("oi-2023"), 9, TOKYO) == 9


def test_when_an_expired_area_must_be_overwritten() -> None:
    """Within the lag; at once where waiting is not allowed; whenever where it is."""
    assert overwrite_by(SAGA, 0) == 168 * HOUR
    for lazy, expected in ((True, None), (False, 0)):
        erasure = SAGA.erasure.model_copy(update={"max_lag_after_expiry_h": None, "lazy_allowed": lazy})
        assert overwrite_by(SAGA.model_copy(update={"erasure": erasure}), 0) == expected
