"""Every case shows what its truth says: pictures with and without the people tell them apart."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import av
import numpy as np
import pytest

from mihariban.base.clock import SECOND
from tests.scenes.actors import Faint
from tests.scenes.case import PASSING_S, STARTS_AT, ZONE_SHARE, Case
from tests.scenes.conditions import dwell
from tests.scenes.plan import SMOKE, cases

_FAINTEST = 20  # levels, a little below the 25 that the faint conditions draw


@pytest.fixture(scope="module")
def smoke() -> dict[str, Case]:
    return {case.condition: case for case in cases("smoke")}


def _changed(case: Case, t: float) -> float:
    """Share of the zone that the people of the visits change at a moment."""
    without = replace(case, groups=())
    apart = np.abs(case.drawn(t).luma - without.drawn(t).luma)
    return float((apart[case.zone_mask] >= _FAINTEST).mean())


@pytest.mark.parametrize("condition", SMOKE)
def test_people_can_be_seen_inside_the_truth_and_only_there(smoke, condition):
    case = smoke[condition]
    assert len(case.truth) == 2
    for visit in case.truth:
        for share in (0.2, 0.5, 0.8):
            assert _changed(case, visit.enter_s + share * (visit.leave_s - visit.enter_s)) > 0.02
        assert _changed(case, visit.enter_s - 0.5) < ZONE_SHARE
        assert _changed(case, visit.leave_s + 0.5) < ZONE_SHARE
    for before, after in pairwise(case.truth):
        assert after.enter_s - before.leave_s > 2.5
    assert case.truth[-1].leave_s + 10 < case.duration_s


def test_passers_by_are_never_long_enough_in_the_zone_to_be_visits(smoke):
    case = smoke["passers"]
    assert case.passers
    assert all(dwell(case, passer) <= PASSING_S for passer in case.passers)


def test_a_hand_over_never_empties_the_zone(smoke):
    case = smoke["handover"]
    changed = [visit for visit in case.truth if visit.handover]
    assert changed
    for visit in changed:
        moments = np.arange(visit.enter_s + 0.2, visit.leave_s - 0.2, 0.2)
        assert min(_changed(case, float(t)) for t in moments) >= ZONE_SHARE


def test_somebody_close_changes_nine_tenths_of_the_picture(smoke):
    case = smoke["close_up"]
    person, visit = case.groups[0].people[0], case.truth[0]
    assert max(case.share(person, visit.enter_s + n) for n in range(int(visit.leave_s - visit.enter_s))) >= 0.9


@pytest.mark.parametrize("condition", ["contrast_still", "contrast_sway"])
def test_faint_outlines_cover_a_fifth_by_few_levels_and_no_colour(smoke, condition):
    case = smoke[condition]
    person = case.groups[0].people[0]
    assert isinstance(person, Faint)
    assert 25 <= abs(person.levels) <= 30
    middle = (case.truth[0].enter_s + case.truth[0].leave_s) / 2
    assert case.share(person, middle) >= 0.18
    shown, empty = case.drawn(middle), replace(case, groups=()).drawn(middle)
    assert np.abs(shown.luma - empty.luma).max() <= 30.01
    assert np.array_equal(shown.chroma, empty.chroma)


def test_whoever_stands_for_long_sways_a_pixel_of_320_each_minute(smoke):
    case = smoke["still_long"]
    person, visit = case.groups[0].people[0], case.truth[0]

    def middle(t: float) -> float:
        patch = person.at(t)
        columns = patch.yuva[..., 3].sum(axis=0)
        return (patch.left + float((columns * np.arange(columns.size)).sum() / columns.sum())) * 320 / case.size[0]

    for begin in np.arange(visit.enter_s + 5, visit.leave_s - 66, 7):
        places = [middle(float(begin) + n) for n in range(0, 61, 2)]
        assert 1.0 <= max(places) - min(places) < 4.0


def test_a_thing_left_behind_is_in_view_after_its_owner_has_gone(smoke):
    case = smoke["left_behind"]
    gone = case.truth[0].leave_s
    assert case.truth[0].left_behind
    apart = np.abs(case.drawn(gone + 60).luma - case.room.luma)
    assert (apart > 25).mean() > ZONE_SHARE
    assert case.truth[1].enter_s - gone > 600


def test_the_packets_are_the_pictures_with_key_frames_at_their_distance(smoke):
    case = replace(smoke["clock"], duration_s=6.0)
    packets = list(case.packets())
    assert [packet.wall - STARTS_AT for packet in packets] == [
        round(n * SECOND / case.fps) for n in range(6 * case.fps)
    ]
    keys = [packet.wall for packet in packets if packet.key]
    assert {b - a for a, b in pairwise(keys)} == {round(case.gop_s * SECOND)}
    assert [packet.data for packet in packets] == [packet.data for packet in case.packets()]
    decoder = av.CodecContext.create("h264", "r")
    shown = [frame for packet in packets for frame in decoder.decode(av.Packet(packet.data))]
    shown += decoder.decode(None)
    _, first = next(case.frames())
    luma = shown[0].to_ndarray()[: case.size[1]].astype(int)
    assert np.abs(luma - first[: case.size[1]]).mean() < 4


def test_an_interrupted_case_goes_on_at_its_own_time(smoke):
    case = smoke["restart"]
    stop, resume = case.interrupted
    assert [round(t, 3) for t, _ in case.frames(0)][-1] == pytest.approx(stop - 1 / case.fps, abs=0.01)
    t, _ = next(case.frames(1))
    assert t == pytest.approx(resume, abs=0.01)
    first = next(case.packets(1))
    assert first.key
    assert first.wall == STARTS_AT + round(resume * SECOND)


def test_a_case_can_be_written_to_a_file(smoke, tmp_path):
    case = replace(smoke["noise"], duration_s=3.0)
    path = case.encode(tmp_path / "case.mp4")
    with av.open(str(path)) as container:
        assert sum(1 for _ in container.decode(video=0)) == round(3.0 * case.fps)
