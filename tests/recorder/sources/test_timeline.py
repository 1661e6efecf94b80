"""The time line against simulated cameras: hours of drift, jitter, steps and jumps, no second of it waited for."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

import pytest

from mihariban.base.clock import HOUR, MINUTE, SECOND
from mihariban.recorder.sources.timeline import Instant, Placed, Ticks, TimeLimits, TimeLine

BASE = Fraction(1, 90_000)
NOON = 1_700_000_000 * SECOND
MS = SECOND // 1000


@dataclass
class Camera:
    """A camera whose clock is wrong by ``ppm`` and whose packets arrive late by chance."""

    ppm: float = 0.0
    fps: int = 3
    hours: float = 8.0
    latency: int = 20 * MS
    seed: int = 1

    def packets(self) -> Iterator[tuple[int, int, int]]:
        """(moment taken, ticks of the camera, moment of arrival), ns and ticks on the true monotonic clock."""
        chance = random.Random(self.seed)
        arrived = 0
        for number in range(int(self.hours * 3600 * self.fps)):
            taken = number * SECOND // self.fps + 5 * SECOND
            ticks = round((taken / SECOND) * (1 + self.ppm / 1e6) * 90_000)
            late = chance.expovariate(1 / 15) + (400 if chance.random() < 0.02 else 0)
            arrived = max(arrived, taken + self.latency + int(late * MS))
            yield taken, ticks, arrived


def run(camera: Camera, *, step_at: int = 1 << 62, step: int = 0, start: int = NOON) -> list[tuple[int, Placed]]:
    """(true wall moment, placed) of every packet; the recorder's real-time clock steps once."""
    line = TimeLine(BASE, 6000)
    out = []
    for number, (taken, ticks, arrived) in enumerate(camera.packets()):
        moved = step if arrived >= step_at else 0
        seen = Instant(arrived, start + arrived + moved)
        out.append((start + taken + step, line.place(line.enter(ticks, ticks, number % 6 == 0, seen))))
    return out


@pytest.mark.parametrize("ppm", [-200, -50, 0, 200])
def test_eight_hours_of_drift_stay_within_a_tenth_of_a_second(ppm: int) -> None:
    """The error grows neither with the camera's drift nor with jitter, and nothing is cut for it."""
    placed = run(Camera(ppm=ppm))
    errors = [each.wall - true for true, each in placed[60:]]
    assert max(map(abs, errors)) <= 100 * MS
    assert not any(each.cut for _, each in placed)


def test_without_slewing_the_drift_would_show() -> None:
    """The control: the same camera with slewing forbidden leaves the tenth of a second (or is cut)."""
    line = TimeLine(BASE, 6000, TimeLimits(slew_ppm=0))
    worst = 0
    for taken, ticks, arrived in Camera(ppm=200, hours=2).packets():
        placed = line.place(line.enter(ticks, ticks, False, Instant(arrived, arrived)))
        worst = max(worst, abs(placed.wall - taken))
    assert worst > 300 * MS


def test_intervals_are_never_stretched_by_more_than_500_ppm() -> None:
    """Pictures keep their distance whatever the arrival does."""
    placed = [each for _, each in run(Camera(ppm=-200, hours=1))]
    for before, after in itertools.pairwise(placed):
        true = (after.pts - before.pts) * SECOND // 90_000
        # the budget is counted over arrivals, which lie up to half a second further apart than the pictures
        assert abs((after.monotonic - before.monotonic) - true) <= (true + SECOND) * 500 // 1_000_000 + 2


@pytest.mark.parametrize("step", [5400 * SECOND, -5400 * SECOND, 700 * MS])
def test_a_step_of_the_real_time_clock_starts_a_new_time_line(step: int) -> None:
    """One cut, in front of a key frame, soon after the step; before it the old time holds, after it the new."""
    placed = run(Camera(hours=0.5), step_at=10 * MINUTE, step=step)
    cuts = [number for number, (_, each) in enumerate(placed) if each.cut]
    assert len(cuts) == 1
    at = cuts[0]
    assert at % 6 == 0
    first_after = (10 * 60 - 5) * 3  # the camera begins five seconds into the simulation
    assert 0 <= at - first_after <= 3 * 10
    assert all(abs(each.wall - (true - step)) <= 100 * MS for true, each in placed[60:at])
    assert all(abs(each.wall - true) <= 100 * MS for true, each in placed[at:])
    monotonic = [each.monotonic for _, each in placed]
    assert all(a < b for a, b in itertools.pairwise(monotonic))


def test_a_small_step_is_slewed_not_cut() -> None:
    """Below half a second the wall time moves to the new value without a cut."""
    placed = run(Camera(hours=0.5), step_at=MINUTE, step=200 * MS)
    assert not any(each.cut for _, each in placed)
    assert abs(placed[-1][1].wall - placed[-1][0]) <= 100 * MS


def test_a_boot_before_ntp_is_cut_when_the_time_arrives() -> None:
    """A machine that wakes up in 1970 and learns the time a minute later: one cut, monotonic time goes on."""
    placed = run(Camera(hours=0.1), step_at=MINUTE, step=NOON, start=0)
    assert [each.cut for _, each in placed].count(True) == 1
    assert placed[0][1].wall < MINUTE
    assert abs(placed[-1][1].wall - placed[-1][0]) <= 100 * MS


@pytest.mark.parametrize("jump", [-20, 15, 3600, -3600, 2])
def test_a_jump_of_the_cameras_ticks_moves_no_picture(jump: int) -> None:
    """Decoding times go on growing, wall times stay right, the next key frame says that the line was cut."""
    line = TimeLine(BASE, 6000)
    placed = []
    for number, (taken, ticks, arrived) in enumerate(Camera(hours=0.1).packets()):
        jumped = ticks + (jump * 90_000 if number >= 500 else 0)
        packet = line.enter(jumped + 10**9, jumped + 10**9, number % 6 == 0, Instant(arrived, NOON + arrived))
        placed.append((NOON + taken, line.place(packet)))
    assert all(a.dts < b.dts for (_, a), (_, b) in itertools.pairwise(placed))
    cuts = [number for number, (_, each) in enumerate(placed) if each.cut]
    assert len(cuts) == 1
    assert 500 <= cuts[0] <= 500 + 3 * 10
    assert cuts[0] % 6 == 0
    errors = [abs(each.wall - true) for true, each in placed[60:]]
    assert max(errors[:440]) <= 100 * MS
    assert max(errors) <= 600 * MS
    assert max(errors[440 + 60 :]) <= 120 * MS


def test_ticks_that_stand_still_are_replaced_by_arrival() -> None:
    """A camera whose clock has stopped is dated by when its packets came."""
    line = TimeLine(BASE, 6000)
    placed = []
    for number, (taken, ticks, arrived) in enumerate(Camera(hours=0.05).packets()):
        stuck = min(ticks, 90_000 * 60)
        placed.append((taken, line.place(line.enter(stuck, stuck, number % 6 == 0, Instant(arrived, arrived)))))
    assert all(a.dts < b.dts for (_, a), (_, b) in itertools.pairwise(placed))
    assert max(abs(each.wall - true) for true, each in placed[60:]) <= 600 * MS


def test_a_backlog_at_the_start_does_not_shift_the_zero() -> None:
    """Packets stored up by the camera arrive late and together; the fresh ones decide."""
    line = TimeLine(BASE, 6000)
    burst = [line.enter(n * 6000, n * 6000, n == 0, Instant(2 * SECOND, 2 * SECOND)) for n in range(30)]
    fresh = [line.enter(n * 6000, n * 6000, False, Instant(n * SECOND // 15, n * SECOND // 15)) for n in range(30, 45)]
    walls = [line.place(each).wall for each in burst + fresh]
    assert walls == [n * 6000 * SECOND // 90_000 + walls[0] for n in range(45)]
    assert abs(walls[0]) < MS


def test_reordered_pictures_keep_their_display_time() -> None:
    """With B pictures the wall time follows the display order, the ticks the decoding order."""
    line = TimeLine(BASE, 6000)
    order = [(0, -2), (3, -1), (1, 0), (2, 1), (6, 2), (4, 3), (5, 4)]
    placed = []
    for pts, dts in order:
        seen = Instant((dts + 4) * SECOND // 15, (dts + 4) * SECOND // 15)
        placed.append(line.place(line.enter(pts * 6000, dts * 6000, pts == 0, seen)))
    shown = sorted(each.wall for each in placed)
    assert [each.wall for each in sorted(placed, key=lambda each: each.pts)] == shown
    assert not any(each.cut for each in placed)


def test_a_files_ticks_are_mended_without_a_clock() -> None:
    """Back, still, missing, absurdly far: each next packet follows by the usual interval; a pause is believed."""
    ticks = Ticks(Fraction(1, 1000), 40, longest_pause=HOUR // 1_000_000)
    raw = [0, 40, 80, 80, 80, 120, 0, 40, None, 80, 10_000_000_000, 10_000_000_040, 10_000_060_040]
    out = [ticks.mend(value, value) for value in raw]
    decoding = [dts for _, dts, _ in out]
    assert decoding == [0, 40, 80, 120, 160, 200, 240, 280, 320, 360, 400, 440, 60_440]
    assert [n for n, (_, _, mended) in enumerate(out) if mended] == [3, 4, 6, 9, 10]


def test_the_two_clocks_are_read_together() -> None:
    """A reading during which the machine slept is read again."""

    class Sleepy:
        def __init__(self) -> None:
            self.times = iter([0, 5 * SECOND, 10 * SECOND, 10 * SECOND + 10])

        def monotonic(self) -> int:
            return next(self.times)

        def wall(self) -> int:
            return NOON

    assert Instant.read(Sleepy()) == Instant(10 * SECOND + 5, NOON)  # type: ignore[arg-type]
