"""Every condition under which presence has to be right, on small drawn pictures with turned time."""

from __future__ import annotations

import numpy as np
import pytest

from mihariban.recorder.presence.scene import SceneMemory
from mihariban.recorder.presence.zone import Zone
from tests.recorder.presence.drawing import (
    HEIGHT,
    WIDTH,
    Levels,
    Run,
    along,
    every,
    faint,
    person,
    room,
    visitor,
)


def one_visit(run: Run, enter: float, leave: float, tolerance: float = 1.0) -> None:
    """Exactly one visit, told within a second of the truth."""
    visits = run.visits()
    assert len(visits) == 1, visits
    assert visits[0][0] == pytest.approx(enter, abs=tolerance)
    assert visits[0][1] == pytest.approx(leave, abs=tolerance)


def test_an_ordinary_visit_is_bounded_by_what_was_seen() -> None:
    """Enter and leave are dated to the first and last trace, with reason and score."""
    run = Run().film(visitor(8, 20), every(0, 26))
    one_visit(run, 8, 20, 0.6)
    enter, leave = (event for event in run.events if event.kind in ("enter", "leave"))
    assert (enter.reason, leave.reason) == ("stayed_in_zone", "scene_empty")
    assert enter.score > 0.05 > leave.score
    assert enter.box is not None


def test_an_empty_scene_makes_no_visit() -> None:
    """Nothing but noise for a minute, from the very first picture."""
    run = Run(noise=4).film(lambda _t: room(), every(0, 60))
    assert run.visits() == []
    assert run.told("doubt")[0][1] == "scene_unknown"


def test_a_passer_by_is_no_visit() -> None:
    """Somebody crosses the zone in less than the start delay."""
    run = Run().film(visitor(8, 9.2), every(0, 15, 0.1))
    assert run.visits() == []


def test_half_an_hour_almost_motionless_is_one_visit() -> None:
    """A sway of a pixel a minute, one look every ten seconds; the leave is seen within ten seconds."""

    def draw(t: float) -> Levels:
        x = along(t, 8, 1820)
        return room() if x is None else person(room(), x + round(0.5 + 0.5 * np.sin(t / 9.5)))

    run = Run().film(draw, every(0, 20)).film(draw, every(20, 1810, 10)).film(draw, every(1810, 1832))
    one_visit(run, 8, 1820)
    assert run.told("leave")[0][0] <= 1830


@pytest.mark.parametrize("contrast", [25.0, -25.0])
def test_a_contrast_of_25_levels_suffices(contrast: float) -> None:
    """Somebody without texture, 25 levels from the background, on a fifth of the picture, in noise."""

    def draw(t: float) -> Levels:
        x = along(t, 8, 188)
        return room() if x is None else faint(room(), x, contrast)

    run = Run(noise=2.5).film(draw, every(0, 20)).film(draw, every(20, 180, 5)).film(draw, every(180, 196))
    one_visit(run, 8, 188)


def test_a_lamp_switched_while_nobody_is_there_makes_no_visit() -> None:
    """Half the light at once, with a hard new shadow, and back: another empty scene, known the second time."""

    def draw(t: float) -> Levels:
        if not 10 <= t < 30:
            return room()
        dim = room() * 0.5
        dim[30:52, 60:92] *= 0.6
        return dim

    run = Run().film(draw, every(0, 50))
    assert run.visits() == []
    assert len(run.memory.references) == 2


@pytest.mark.parametrize("factor", [0.5, 1.5])
def test_a_lamp_switched_while_somebody_is_there_changes_nothing(factor: float) -> None:
    """The visit goes on, and the leave is seen under the new light."""

    def draw(t: float) -> Levels:
        return visitor(8, 24)(t) * (factor if t >= 15 else 1.0)

    one_visit(Run().film(draw, every(0, 30)), 8, 24)


def test_sunrise_makes_no_visit_and_hides_none() -> None:
    """The light doubles over ten minutes, more on one side; one visit in the midst of it."""
    slope = np.linspace(0.6, 1.3, WIDTH)[None, :]

    def draw(t: float) -> Levels:
        return visitor(300, 420)(t) * (0.5 + 0.4 * t / 600 * slope)

    times = (
        every(0, 10) + every(10, 296, 4) + every(296, 310) + every(310, 410, 4) + every(410, 430) + every(430, 600, 4)
    )
    one_visit(Run().film(draw, times), 300, 420)


def test_exposure_jumps_make_no_visit() -> None:
    """The whole picture jumps every three seconds, up into clipping."""

    def draw(t: float) -> Levels:
        return visitor(20, 40)(t) * (0.7, 1.0, 1.35, 0.85)[int(t / 3) % 4]

    one_visit(Run().film(draw, every(0, 50)), 20, 40)


def test_somebody_so_close_that_nine_tenths_change_is_one_visit() -> None:
    """Neither a lamp nor a new scene: it came over the rim and it moves."""

    def draw(t: float) -> Levels:
        x = along(t, 8, 40, place=80)
        return room() if x is None else person(room(), x, top=-40, width=170 if 12 < t < 36 else 90, dark=90)

    one_visit(Run().film(draw, every(0, 46)), 8, 40)


def test_people_behind_the_zone_are_no_visit() -> None:
    """Two people pass and stand outside the zone."""
    zone = Zone.from_numbers([0.45, 0.0, 1.0, 1.0])

    def draw(t: float) -> Levels:
        return person(room(), min(40.0, -14 + (t - 8) * 20)) if 8 <= t < 40 else room()

    assert Run(zone=zone).film(draw, every(0, 46)).visits() == []


def test_a_hand_over_is_one_visit_and_flagged() -> None:
    """The next one comes before the first has gone."""

    def draw(t: float) -> Levels:
        first, second = along(t, 8, 30, place=95), along(t, 26, 50, place=60 if t < 31 else 95)
        picture = room()
        if first is not None:
            picture = person(picture, first)
        return picture if second is None else person(picture, second, top=28, dark=-60, stripes=8)

    run = Run().film(draw, every(0, 56))
    one_visit(run, 8, 50)
    assert [reason for _, reason in run.told("handover")] == ["another_person"]


@pytest.mark.parametrize("noise", [4.0, 8.0])
def test_sensor_noise_neither_makes_nor_hides_a_visit(noise: float) -> None:
    """Grain of a dark camera at analysis size."""
    one_visit(Run(noise=noise).film(visitor(12, 40), every(0, 50)), 12, 40)


def test_mains_flicker_neither_makes_nor_hides_a_visit() -> None:
    """Bands of light roll over the picture."""
    rows = np.arange(HEIGHT)[:, None]

    def draw(t: float) -> Levels:
        return visitor(12, 30)(t) * (1 + 0.1 * np.sin(rows / 12 + t * 7.3))

    one_visit(Run().film(draw, every(0, 40)), 12, 30)


def test_a_burnt_in_clock_neither_makes_nor_keeps_a_visit() -> None:
    """Digits that change every second in a corner."""

    def draw(t: float) -> Levels:
        picture = visitor(15, 30)(t)
        for place in range(8):
            digit = np.random.default_rng((int(t) // 10 ** max(0, 3 - place), place)).integers(0, 2, (5, 3))
            picture[4:9, 100 + place * 5 : 103 + place * 5] = 30 + 200 * digit
        return picture

    one_visit(Run().film(draw, every(0, 40)), 15, 30)


def test_the_kiosks_own_screen_neither_makes_nor_keeps_a_visit() -> None:
    """Pages that change at once every five seconds, with and without somebody there."""

    def draw(t: float) -> Levels:
        picture = room()
        page = np.random.default_rng(int(t / 5)).integers(40, 220, (4, 3))
        picture[34:50, 84:108] = np.kron(page, np.ones((4, 8)))
        x = along(t, 42, 63, place=60)
        return picture if x is None else person(picture, x)

    one_visit(Run().film(draw, every(0, 75)), 42, 63)


def left_behind(t: float) -> Levels:
    """A visitor from 8 to 24 s who leaves a bag."""
    picture = room()
    if t >= 18:
        picture[66:82, 60:80] = 40
        picture[70:72, 60:80] = 90
    x = along(t, 8, 24)
    return picture if x is None else person(picture, x)


def test_a_thing_left_behind_ends_the_visit_and_is_reported() -> None:
    """Within ten minutes, with the moment it was left; the thing then belongs to the scene."""
    run = Run().film(left_behind, every(0, 30)).film(left_behind, every(30, 640, 2))
    assert [reason for _, reason in run.told("left_behind")] == ["thing_remains"]
    told = next(event for event in run.events if event.kind == "left_behind")
    assert (told.at - run.events[0].at) / 1e9 == pytest.approx(24, abs=1.5)
    assert run.told("leave")[0][0] <= 24 + 600
    assert len(run.visits()) == 1


def test_the_scene_before_the_thing_is_still_known() -> None:
    """When the bag has been fetched, the visit that fetched it ends at once."""

    def draw(t: float) -> Levels:
        x = along(t, 400, 415, place=70)
        picture = left_behind(t) if t < 408 else room()
        return picture if x is None else person(picture, x)

    run = Run().film(left_behind, every(0, 30)).film(left_behind, every(30, 395, 2)).film(draw, every(395, 425))
    assert run.visits()[1] == (pytest.approx(400, abs=1), pytest.approx(415, abs=1))


def test_a_second_person_who_stays_motionless_is_no_thing() -> None:
    """One goes, the other stands on for half an hour, swaying a pixel each minute: nothing is cut."""

    def draw(t: float) -> Levels:
        picture = room()
        going, staying = along(t, 8, 24, place=120), along(t, 9, 1840, place=60)
        if staying is not None:
            picture = person(picture, staying + (int(t / 60) % 2), top=26, dark=-45, stripes=4)
        return picture if going is None else person(picture, going)

    run = Run().film(draw, every(0, 30)).film(draw, every(30, 1830, 10)).film(draw, every(1830, 1850))
    one_visit(run, 8, 1840)
    assert run.told("left_behind") == []


def test_somebody_who_never_moved_away_is_kept_in_doubt() -> None:
    """Without a departure nothing ends the visit, not even ten minutes without any movement; that is told."""
    run = Run().film(visitor(8, 9000), every(0, 20)).film(visitor(8, 9000), every(20, 1500, 10))
    assert run.visits() == [(pytest.approx(8, abs=1), None)]
    assert "nothing_moves" in [reason for _, reason in run.told("doubt")]


def test_after_a_restart_the_empty_scene_is_still_known() -> None:
    """Somebody is there at the start: present from the first picture, and the leave is seen."""
    before = Run().film(lambda _t: room(), every(0, 20))
    memory = SceneMemory.from_bytes(before.memory.to_bytes())
    run = Run(memory=memory).film(visitor(-10, 12), every(0, 20))
    one_visit(run, 0, 12)


def test_a_start_with_somebody_there_and_nothing_known_ends_when_the_scene_has_settled() -> None:
    """Presence is told once somebody moves; when they have gone, the scene that then stands still is the empty one."""
    run = Run().film(visitor(-10, 20), every(0, 60)).film(visitor(70, 90), every(60, 100))
    assert run.told("doubt")[0][1] == "scene_unknown"
    assert [leave is not None for _, leave in run.visits()] == [True, True]
    assert run.visits()[1] == (pytest.approx(70, abs=1), pytest.approx(90, abs=1))


def test_somebody_walking_about_at_the_start_is_present() -> None:
    """Movement that does not come to rest within four seconds of a start with nothing known is presence."""

    def draw(t: float) -> Levels:
        return person(room(), 60 + 40 * np.sin(t)) if t < 10 else room()

    run = Run().film(draw, every(0, 60))
    assert run.visits()[0][0] == 0
    assert run.told("enter")[0][1] == "present_at_start"


def test_a_visit_is_closed_with_the_reason_of_the_interruption() -> None:
    """A lost camera ends what it can no longer see."""
    run = Run().film(visitor(8, 60), every(0, 20))
    events = run.judge.close(run.events[0].at + 21 * 10**9, "camera_lost")
    assert [(event.kind, event.reason) for event in events] == [("leave", "camera_lost")]
    assert not run.judge.occupied
