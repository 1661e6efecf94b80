"""The labelled cases stay what they were when they were fixed."""

from __future__ import annotations

import hashlib
import json

import pytest

from tests.scenes.cutouts import available
from tests.scenes.plan import _PEOPLE, HELD_OUT, SMOKE, TUNING, cases, seed_of


def _digest(value: object) -> str:
    return hashlib.sha256(json.dumps(value).encode()).hexdigest()[:16]


def _seeds(split, counts):
    return [seed_of(split, condition, number) for condition, (count, _) in counts.items() for number in range(count)]


def test_there_are_500_held_out_visits_and_the_things_left_behind_on_top():
    assert sum(count * visits for name, (count, visits) in HELD_OUT.items() if name != "left_behind") == 500
    assert HELD_OUT["left_behind"] == (8, 2)


def test_the_splits_share_neither_a_seed_nor_a_visitor_of_the_clip():
    held_out, tuning = set(_seeds("held_out", HELD_OUT)), set(_seeds("tuning", TUNING))
    assert not held_out & tuning
    assert len(held_out) == sum(count for count, _ in HELD_OUT.values())
    assert not set(_PEOPLE["held_out"]) & set(_PEOPLE["tuning"])


def test_the_seeds_are_the_pinned_ones():
    assert (
        _digest([_seeds("held_out", HELD_OUT), _seeds("tuning", TUNING), _seeds("smoke", SMOKE)]) == "0503708e716e0454"
    )


def test_the_truth_of_the_short_cases_is_the_pinned_one():
    table = [[c.name, [[v.enter_s, v.leave_s, v.handover, v.left_behind] for v in c.truth]] for c in cases("smoke")]
    assert _digest(table) == "93d165f34f0da5c3", table


def test_the_first_held_out_cases_are_the_pinned_ones():
    drawn = (next(cases("held_out", (condition,), real=False)) for condition in HELD_OUT)
    table = [[c.name, c.seed, c.fps, list(c.size), c.duration_s, round(c.truth[0].enter_s, 1)] for c in drawn]
    assert _digest(table) == "54bbb731377cd5d2", table


@pytest.mark.footage
@pytest.mark.skipif(not available(), reason="the real clip is not there")
def test_people_of_the_clip_enter_stand_and_leave():
    case = next(case for case in cases("tuning", ("clock",)) if case.real)
    assert len(case.truth) == 6
    for visit in case.truth:
        person = [one for group in case.groups for one in group.people]
        shares = [
            max(case.share(one, t) for one in person) for t in (visit.enter_s, (visit.enter_s + visit.leave_s) / 2)
        ]
        assert 0.004 <= shares[0] < shares[1]
        assert max(case.share(one, visit.leave_s + 0.5) for one in person) < 0.004
