"""The scorer of the bench finds every kind of mistake: one that cannot fail would judge nothing."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from bench.presence_score import ROLL_S, Found, judge, score
from tests.scenes.case import Case, Visit
from tests.scenes.picture import frame_of
from tests.scenes.plan import cases


def _case(*visits: Visit, parts: tuple[tuple[float, float], ...] = ()) -> Case:
    room = frame_of(np.zeros((36, 64, 3), np.uint8))
    case = Case("made/up/0", "made", 1, 100.0, 5, (64, 36), (), room, parts=parts)
    case.__dict__["truth"] = visits  # what is otherwise read off the actors
    return case


def _seen(enter: float, leave: float, delay: float = 1.0, **flags: bool) -> Found:
    return Found(enter, leave, leave + delay, **flags)


TWO = (Visit(10.0, 30.0), Visit(40.0, 60.0))


def test_the_truth_itself_scores_without_a_mistake():
    result = score(_case(*TWO), [_seen(10.0, 30.0), _seen(40.0, 60.0)])
    assert (result.visits, result.missed, result.false, result.merged, result.split) == (2, 0, 0, 0, 0)
    assert (result.presence, result.uncovered) == (40.0, 0.0)
    assert result.late == [1.0, 1.0]


def test_nothing_seen_misses_everything():
    result = score(_case(*TWO), [])
    assert (result.missed, result.uncovered) == (2, 40.0)


def test_a_visit_nobody_made_is_false():
    assert score(_case(*TWO), [_seen(10.0, 30.0), _seen(33.0, 36.0), _seen(40.0, 60.0)]).false == 1


def test_one_visit_over_two_true_ones_is_merged_and_covers_both():
    result = score(_case(*TWO), [_seen(10.0, 60.0)])
    assert (result.merged, result.missed, result.uncovered) == (1, 0, 0.0)


def test_two_visits_in_one_true_one_are_split():
    assert score(_case(*TWO), [_seen(10.0, 18.0), _seen(20.0, 30.0), _seen(40.0, 60.0)]).split == 1


@pytest.mark.parametrize(("enter", "leave", "lost"), [(20.0, 30.0, 7.0), (10.0, 20.0, 7.0), (14.0, 25.0, 3.0)])
def test_presence_beyond_the_rolls_is_not_covered(enter, leave, lost):
    assert ROLL_S == 3.0
    result = score(_case(Visit(10.0, 30.0)), [_seen(enter, leave)])
    assert result.uncovered == pytest.approx(lost)


def test_a_hole_in_the_middle_is_not_covered():
    result = score(_case(Visit(10.0, 50.0)), [_seen(10.0, 20.0), _seen(36.0, 50.0)])
    assert result.uncovered == pytest.approx(10.0)


def test_the_delay_counts_from_the_true_leave():
    assert score(_case(Visit(10.0, 30.0)), [_seen(10.0, 35.0, delay=4.0)]).late == [9.0]


def test_hand_overs_and_things_count_only_where_they_were_said():
    visits = (Visit(10.0, 30.0, handover=True), Visit(40.0, 60.0, left_behind=True))
    told = score(_case(*visits), [_seen(10.0, 30.0, handover=True), _seen(40.0, 60.0, left_behind=True)])
    silent = score(_case(*visits), [_seen(10.0, 30.0), _seen(40.0, 60.0)])
    assert (told.handovers, told.flagged, told.reported) == (1, 1, 1)
    assert (silent.handovers, silent.flagged, silent.reported) == (1, 0, 0)


def test_a_visit_over_a_restart_is_expected_on_both_sides_and_not_in_between():
    case = _case(Visit(10.0, 60.0), parts=((0.0, 30.0), (35.0, 100.0)))
    whole = score(case, [_seen(10.0, 30.0, 0.0), _seen(35.0, 60.0)])
    assert (whole.visits, whole.presence, whole.uncovered, whole.split) == (2, 45.0, 0.0, 0)
    assert score(case, [_seen(10.0, 30.0, 0.0)]).missed == 1


def test_scores_add_up():
    total = score(_case(*TWO), [])
    total.add(score(_case(*TWO), [_seen(10.0, 30.0)]))
    assert (total.visits, total.missed, total.uncovered, total.late) == (4, 3, 60.0, [1.0])


def test_the_judge_sees_the_people_of_a_case_and_nobody_without_them():
    case = next(cases("smoke", ("flicker",)))
    result = score(case, judge(case))
    assert (result.visits, result.missed, result.false, result.merged, result.split) == (2, 0, 0, 0, 0)
    deserted = replace(case, groups=(), duration_s=40.0)
    assert judge(deserted) == []
