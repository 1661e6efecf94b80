"""Time as a parameter."""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from mihariban.base.clock import HOUR, SECOND, SiteClock, SystemClock, TurnedClock, from_datetime, iso, to_datetime


def test_an_instant_survives_the_way_to_a_date_and_back() -> None:
    """Microseconds are kept, nanoseconds are cut off."""
    moment = datetime(2026, 11, 23, 8, 30, 0, 123456, tzinfo=ZoneInfo("Asia/Tokyo"))
    assert to_datetime(from_datetime(moment), ZoneInfo("Asia/Tokyo")) == moment
    assert iso(from_datetime(moment), UTC) == "2026-11-22T23:30:00.123+00:00"


def test_a_moment_without_a_zone_is_refused() -> None:
    """Nobody may guess the zone."""
    with pytest.raises(ValueError, match="without a time zone"):
        from_datetime(datetime(2026, 1, 1))  # noqa: DTZ001  # the case under test


def test_a_turned_clock_moves_only_when_turned() -> None:
    """Waiting turns it; a step moves the wall clock alone."""
    clock = TurnedClock(100 * SECOND)
    began = clock.monotonic()
    assert clock.wait(threading.Event(), 2.5) is False
    clock.step(HOUR)
    assert clock.wall() == 102 * SECOND + SECOND // 2 + HOUR
    assert clock.monotonic() - began == 2_500_000_000


def test_a_turned_clock_never_goes_back() -> None:
    """Turning to the past does nothing."""
    clock = TurnedClock(100 * SECOND)
    clock.turn_to(5 * SECOND)
    assert clock.wall() == 100 * SECOND


def test_a_site_clock_keeps_the_speed_of_its_base() -> None:
    """It starts where it is told and runs with the other."""
    base = TurnedClock(1_000 * SECOND)
    clock = SiteClock(base, 50 * SECOND)
    base.turn(3 * SECOND)
    assert clock.wall() == 53 * SECOND
    assert clock.monotonic() == base.monotonic()
    assert clock.boot_id() == base.boot_id()


def test_the_system_clock_names_its_boot() -> None:
    """The same boot has one name."""
    assert SystemClock().boot_id() == SystemClock().boot_id() != ""
