from __future__ import annotations

from fractions import Fraction

import pytest

from mihariban.policy import most_footage_hours, needed_bytes, weekly_filming_hours, weekly_open_hours
from mihariban.policy.capacity import days_until_full, ring_hours
from mihariban.policy.site import Site
from tests.policy.rules import SAGA, city


def test_sagas_sums() -> None:
    """52.5 h a week; 1,800 h in 240 days; 1,920 h last 256 days."""
    assert weekly_open_hours(SAGA) == weekly_filming_hours(SAGA) == Fraction("52.5")
    assert most_footage_hours(SAGA) == 1800
    assert days_until_full(1920, SAGA) == 256


def test_other_cities_sums() -> None:
    """Around the clock for a week; a library's 42 + 8 hours; nothing where nothing is known."""
    assert most_footage_hours(city("ichikawa-model")) == 168
    assert weekly_open_hours(city("uruma-kiosk-2020"), "library") == 4 * 9 + 2 * 7
    assert days_until_full(100, city("oi-2023")) is None


@pytest.mark.parametrize("cameras", [1, 2, 3])
@pytest.mark.parametrize("kbit_s", [200, 3000])
def test_the_size_asked_for_is_the_size_that_holds_the_period(cameras: int, kbit_s: int) -> None:
    """Whole regions, just enough: one per cent less is too little."""
    facts = {
        "site": {"id": "s", "policy_site": "honchosha-1f"},
        "camera": tuple({"id": f"c{n}", "source": "demo:"} for n in range(cameras)),
    }
    bare = Site.model_validate({**facts, "recorder": {"id": "r", "volume": {"expected_kbit_s": kbit_s}}})
    size = needed_bytes(SAGA, bare)
    assert size is not None
    assert size % bare.recorder.volume.region_bytes == 0
    for share, enough in ((100, True), (99, False)):
        volume = {"expected_kbit_s": kbit_s, "size": str(size * share // 100)}
        sized = Site.model_validate({**facts, "recorder": {"id": "r", "volume": volume}})
        hours = ring_hours(sized)
        assert hours is not None
        assert (hours >= 1800) == enough
    assert ring_hours(bare) is None
