"""Which clock is believed with what cannot be undone."""

from __future__ import annotations

import pytest

from mihariban.base.clock import DAY, HOUR, MINUTE, SECOND
from mihariban.recorder.trusted_time import DOWNTIME, STEP, Mark, Now, TrustedTime, confirmed

T = 1_800_000_000 * SECOND


def _now(wall: int, monotonic: int = 0, *, boot: str = "a", known: bool = False) -> Now:
    return Now(wall, 1000 * SECOND + monotonic, boot, known)


def _time(*, known: bool = False) -> TrustedTime:
    return TrustedTime(None, _now(T, known=known))


@pytest.mark.parametrize("known", [False, True])
@pytest.mark.parametrize("passed", [SECOND, HOUR, 400 * DAY])
def test_time_that_passes_on_both_clocks_is_believed(known: bool, passed: int) -> None:
    """For months without any time server, to the nanosecond: erasure comes at its deadline."""
    time = _time(known=known)
    assert time.certain(_now(T + passed, passed, known=known)) == T + passed
    assert not time.disputed


def test_months_of_drift_are_believed() -> None:
    """A clock nobody sets, 100 ppm off, looked at once a day or once in a quarter of a year."""
    time = _time()
    for day in (*range(1, 90), 180):
        wall = T + day * DAY * 1_000_100 // 1_000_000
        assert time.certain(_now(wall, day * DAY)) == wall, day


@pytest.mark.parametrize(
    ("ahead", "known", "believed"),
    [
        (STEP, False, True),
        (STEP + MINUTE, False, False),
        (9 * HOUR, False, False),
        (9 * HOUR, True, True),
        (DOWNTIME, True, True),
        (DOWNTIME + MINUTE, True, False),
        (400 * DAY, True, False),
        (400 * DAY, False, False),
    ],
)
def test_a_step_forward_within_a_boot(ahead: int, known: bool, believed: bool) -> None:
    """Where it is not believed, time goes on with the monotonic clock, and so does erasure."""
    time = _time()
    certain = time.certain(_now(T + HOUR + ahead, HOUR, known=known))
    assert (certain == T + HOUR + ahead) is believed
    assert time.disputed is not believed
    if not believed:
        assert certain == T + HOUR
        assert time.certain(_now(T + 2 * HOUR + ahead, 2 * HOUR, known=known)) == T + 2 * HOUR
        assert time.certain(_now(T + 3 * HOUR, 3 * HOUR)) == T + 3 * HOUR
        assert not time.disputed, "the clock is right again"


@pytest.mark.parametrize(
    ("away", "known_before", "known", "believed"),
    [
        (MINUTE, False, False, True),
        (DOWNTIME - MINUTE, False, False, True),
        (DOWNTIME + HOUR, False, False, False),
        (DOWNTIME + HOUR, False, True, False),  # marks set by hand: was it the old time that was wrong?
        (DOWNTIME + HOUR, True, False, False),
        (DOWNTIME + HOUR, True, True, True),
        (400 * DAY, True, True, True),
        (-HOUR, False, False, False),
        (-26 * 365 * DAY, True, False, False),  # an empty battery
    ],
)
def test_after_a_boot(away: int, known_before: bool, known: bool, believed: bool) -> None:
    """A plausible time off is believed; so is a reference where there was one before."""
    mark = _time(known=known_before).mark
    time = TrustedTime(Mark.from_json(mark.as_json()), _now(T + away, 0, boot="b", known=known))
    assert time.disputed is not believed
    expected = T + away if believed or away < 0 else T
    assert time.certain(_now(T + away, 0, boot="b", known=known)) == expected


def test_in_doubt_time_goes_on_over_further_boots() -> None:
    """At least the hours in which the machine ran have passed."""
    time = TrustedTime(_time().mark, _now(T + 400 * DAY, 0, boot="b"))
    assert time.certain(_now(T + 400 * DAY + HOUR, HOUR, boot="b")) == T + HOUR


def test_an_empty_battery_and_then_a_time_server() -> None:
    """The machine wakes in 2000, and minutes later it knows the time: no dispute is left."""
    time = TrustedTime(_time(known=True).mark, _now(946_684_800 * SECOND, 0, boot="b"))
    assert time.disputed
    wall = T + 2 * HOUR
    assert time.certain(_now(wall, MINUTE, boot="b", known=True)) == wall
    assert not time.disputed


def test_a_clock_that_goes_back_opens_nothing_again() -> None:
    """What was over is over; nothing is destroyed early either."""
    time = _time()
    time.look(_now(T + HOUR, HOUR))
    back = _now(T, HOUR + SECOND)
    assert time.certain(back) == T
    assert time.disputed
    assert time.latest(T) == T + HOUR
    corrected = _now(T, HOUR + SECOND, known=True)
    assert time.certain(corrected) == T
    assert not time.disputed
    assert time.latest(T) == T + HOUR


def test_what_the_administrator_confirms_is_believed() -> None:
    """Forward by more than anything else may; from there on as always."""
    time = _time()
    time.look(_now(T + 400 * DAY, HOUR))
    time.mark = confirmed(time.mark, _now(T + 400 * DAY, HOUR))
    wall = T + 400 * DAY + MINUTE
    assert time.certain(_now(wall, HOUR + MINUTE)) == wall
    assert time.latest(0) == wall
    assert time.mark.confirmed == 1
