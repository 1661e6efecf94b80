"""Each duty when it is due; one that cannot be done waits alone."""

from __future__ import annotations

import pytest

from mihariban.base.clock import MINUTE, SECOND
from mihariban.ledger.errors import LedgerForked, LedgerUnwritable
from mihariban.recorder.keeping.keeper import Duty, Keeper
from mihariban.recorder.service import Recorder
from tests.support.office import OfficeSite


class Diary:
    """Which duty was done when, in seconds."""

    def __init__(self, site: OfficeSite) -> None:
        self.site, self.lines = site, []
        self.began = site.clock.wall()

    def duty(self, name: str, period: int, error: Exception | None = None) -> Duty:
        def do(_recorder: Recorder, wall: int) -> None:
            self.lines.append((name, (wall - self.began) // SECOND))
            if error is not None:
                raise error

        return Duty(name, period, do)


def test_duties_are_done_in_their_periods(site: OfficeSite) -> None:
    """At once, then each after its time; a step of the wall clock changes nothing."""
    diary, keeper = Diary(site), Keeper(site.recorder)
    keeper.duties = [diary.duty("minute", MINUTE), diary.duty("often", 20 * SECOND)]
    for _ in range(61):
        keeper.tick(site.clock.wall())
        site.clock.turn(SECOND)
    assert [line for line in diary.lines if line[0] == "minute"] == [("minute", 0), ("minute", 60)]
    assert [second for name, second in diary.lines if name == "often"] == [0, 20, 40, 60]
    site.clock.step(-3600 * SECOND)
    keeper.tick(site.clock.wall())
    assert len(diary.lines) == 6


@pytest.mark.parametrize(
    "error",
    [LedgerUnwritable(why="full"), OSError("no"), LedgerForked(origin="x", size=1, why="y")],
    ids=lambda e: type(e).__name__,
)
def test_a_duty_that_cannot_be_done_keeps_none_from_theirs(site: OfficeSite, error: Exception) -> None:
    """It is named until it succeeds, and tried again when it is due."""
    diary, keeper = Diary(site), Keeper(site.recorder)
    errors = [diary.duty("bad", MINUTE, error), diary.duty("good", MINUTE)]
    keeper.duties = errors
    keeper.tick(site.clock.wall())
    assert [name for name, _ in diary.lines] == ["bad", "good"]
    assert set(keeper.failures) == {"bad"}
    site.clock.turn(MINUTE)
    keeper.duties = [diary.duty("bad", MINUTE), errors[1]]
    keeper.tick(site.clock.wall())
    assert keeper.failures == {}
    assert [name for name, _ in diary.lines] == ["bad", "good"] * 2


def test_a_fault_of_the_program_is_not_hidden(site: OfficeSite) -> None:
    """It reaches the supervisor, who counts it."""
    diary, keeper = Diary(site), Keeper(site.recorder)
    keeper.duties = [diary.duty("wrong", MINUTE, KeyError("x"))]
    with pytest.raises(KeyError):
        keeper.tick(site.clock.wall())


def test_everything_can_be_done_at_once(site: OfficeSite) -> None:
    """Due or not, all the real ones."""
    site.recorder.tick()
    site.recorder.keeper.all_now(site.clock.wall())
    assert site.recorder.keeper.failures == {}
