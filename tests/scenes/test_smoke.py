"""One short case of every condition through the recorder's own watcher, from compressed packets to visits."""

from __future__ import annotations

import pytest

from bench.presence_score import judge, score
from tests.scenes.plan import SMOKE, cases

_BENCH_ONLY = {"left_behind"}  # twelve minutes of pictures: judged by the bench


@pytest.mark.parametrize("condition", [name for name in SMOKE if name not in _BENCH_ONLY])
def test_both_visits_are_found_whole_and_ends_are_told_in_time(condition):
    case = next(cases("smoke", (condition,)))
    result = score(case, judge(case))
    assert result.visits >= 2
    assert (result.missed, result.false, result.merged, result.split) == (0, 0, 0, 0)
    assert result.uncovered == pytest.approx(0, abs=0.01)
    assert max(result.late) <= 10
    assert result.flagged == result.handovers
