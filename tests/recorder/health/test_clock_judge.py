"""What a camera says of its clock, by ONVIF and by RTCP: believed when told twice, unknown where it is no date."""

from __future__ import annotations

import pytest

from mihariban.base.clock import HOUR, SECOND, TurnedClock
from mihariban.recorder.health.camera_clock import CameraTime
from mihariban.recorder.health.clock_judge import FRESH, NOT_WALL_TIME, REPORTS, CameraClock
from mihariban.recorder.health.health import Figures, Health

NOW = 1_795_000_000 * SECOND
FROM_1900_S, FROM_1970_S, FROM_2000_S = 2_208_988_800, 0, 946_684_800


class Rig:
    """A camera whose clock may be off by five seconds, asked and reporting at turned instants."""

    def __init__(self) -> None:
        self.clock = TurnedClock(NOW)
        self.health = Health(self.clock)
        self.camera = CameraClock("cam1", self.health, self.clock, 5.0)

    def rtcp(self, *ahead_s: float, every_s: float = 5.0) -> None:
        for each in ahead_s:
            self.clock.turn(round(every_s * SECOND))
            self.camera.rtcp(round(each * SECOND))

    def onvif(self, *ahead_s: float) -> None:
        for each in ahead_s:
            self.clock.turn(25 * SECOND)
            self.camera.onvif(CameraTime(NOW, each))

    @property
    def found(self) -> Figures | None:
        findings = self.health.current()
        assert len(findings) <= 1
        return findings[0].figures if findings else None


@pytest.fixture
def rig() -> Rig:
    return Rig()


def test_onvif_is_believed_when_told_twice(rig: Rig) -> None:
    """And is over as soon as the clock is right."""
    rig.onvif(-7.5)
    assert rig.found is None
    rig.onvif(-7.5)
    assert rig.found == {"source": "onvif", "deviation_ms": -7500, "threshold_ms": 5000}
    rig.onvif(4.0)
    assert rig.found is None


@pytest.mark.parametrize("ahead_s", [-9 * 3600, -60, -5.2, 5.2, 9 * 3600, 300 * 86_400])
def test_a_wrong_clock_by_rtcp_is_told_within_a_minute_and_over_within_another(rig: Rig, ahead_s: float) -> None:
    """Reports every 15 s, the fault in between."""
    rig.rtcp(*[0.0] * 8, every_s=15)
    rig.rtcp(*[ahead_s] * 4, every_s=15)
    assert rig.found == {"source": "rtcp", "deviation_ms": round(1000 * ahead_s), "threshold_ms": 5000}
    rig.rtcp(*[0.1] * 4, every_s=15)
    assert rig.found is None


def test_reports_held_up_on_their_way_are_no_finding(rig: Rig) -> None:
    """One in three may be as late as it likes; a steady small error is none either."""
    rig.rtcp(*[0.2, -30.0, 4.9] * 20)
    assert rig.found is None
    assert rig.camera.deviations() == {"rtcp": SECOND // 5}


def test_at_the_edge_of_the_limit_nothing_flaps(rig: Rig) -> None:
    """It begins beyond the limit, and ends a second inside it."""
    began: list[object] = []
    rig.health = Health(rig.clock, on_begin=began.append, on_end=began.append)
    rig.camera = CameraClock("cam1", rig.health, rig.clock, 5.0)
    rig.rtcp(*[5.1] * 5, *[4.8, 4.8, 5.2, 5.2, 4.2, 4.2] * 20)
    assert len(began) == 1
    rig.rtcp(*[3.9] * 3)
    assert len(began) == 2


@pytest.mark.parametrize("epoch_s", [FROM_1900_S * -1, FROM_1970_S, FROM_2000_S])
@pytest.mark.parametrize("up_s", [0, 1000, 3 * 365 * 86_400])
def test_the_time_since_switching_on_is_unknown_not_wrong(rig: Rig, epoch_s: int, up_s: int) -> None:
    """Whatever year it is counted from."""
    rig.rtcp(*[epoch_s + up_s - NOW / SECOND] * 30)
    assert (rig.found, rig.camera.deviations()) == (None, {})


def test_the_limit_of_what_is_a_date(rig: Rig) -> None:
    """A year and a day is still a wrong clock; beyond that it is none."""
    rig.rtcp(*[NOT_WALL_TIME / SECOND] * 4)
    assert rig.found is not None
    rig.rtcp(NOT_WALL_TIME / SECOND + 1)
    assert (rig.found, rig.camera.deviations()) == (None, {})


def test_onvif_may_be_off_by_years(rig: Rig) -> None:
    """It is asked for the date and nothing else: a camera back in 2000 has lost its clock."""
    rig.rtcp(*[FROM_2000_S - NOW / SECOND] * 3)
    rig.onvif(*[FROM_2000_S - NOW / SECOND] * 2)
    assert rig.found is not None and rig.found["source"] == "onvif"


def test_where_the_two_disagree_it_is_said_who_told_it(rig: Rig) -> None:
    """The one that finds the clock right does not overrule the other, and its figure stands beside."""
    rig.onvif(0.5)
    rig.rtcp(*[-9 * 3600.0] * REPORTS, *[-9 * 3600.0])
    assert rig.found == {"source": "rtcp", "deviation_ms": -9 * 3_600_000, "threshold_ms": 5000, "onvif_ms": 500}
    rig.onvif(0.5)
    assert rig.found is not None
    rig.rtcp(*[0.0] * REPORTS)
    assert rig.found is None


def test_a_right_report_does_not_confirm_an_odd_answer(rig: Rig) -> None:
    """One wrong answer by ONVIF between right reports stays one."""
    rig.rtcp(0, 0, 0)
    rig.onvif(60)
    rig.rtcp(*[0.0] * 4)
    assert rig.found is None
    rig.onvif(60)
    assert rig.found is not None and rig.found["rtcp_ms"] == 0


def test_what_was_told_long_ago_counts_no_more(rig: Rig) -> None:
    """Unknown again after two minutes; and the other source alone then says that it is over."""
    rig.onvif(60, 60)
    assert rig.camera.deviations() == {"onvif": 60 * SECOND}
    rig.clock.turn(FRESH + 1)
    assert rig.camera.deviations() == {}
    assert rig.found is not None, "nobody said that it is over"
    rig.rtcp(0, 0, 0)
    assert rig.found is None


def test_reports_too_seldom_are_never_put_together(rig: Rig) -> None:
    """One an hour tells nothing of now."""
    rig.rtcp(*[60.0] * 5, every_s=HOUR / SECOND)
    assert (rig.found, rig.camera.deviations()) == (None, {})


def test_two_cameras_are_two_subjects(rig: Rig) -> None:
    """Each has a clock of its own."""
    other = CameraClock("cam2", rig.health, rig.clock, 5.0)
    rig.onvif(60, 60)
    other.onvif(CameraTime(NOW, 0.0))
    assert [each.subject for each in rig.health.current()] == ["cam1"]
