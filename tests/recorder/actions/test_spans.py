"""What may be shown of a camera's time, and why there is nothing in the rest."""

from __future__ import annotations

from mihariban.base.clock import HOUR
from mihariban.recorder.actions.spans import visible, why
from mihariban.recorder.keeping.expire import expire
from tests.support.office import CAMERA, OPENING, PERIOD, OfficeSite, after


def test_of_each_visit_what_was_said_is_visible(site: OfficeSite) -> None:
    """Those that reach into the span, and no others."""
    first, second = site.visits
    assert visible(site.recorder, CAMERA, after(0), after(56)) == {
        row.id: (row.recorded_from, row.recorded_to) for row in (first, second)
    }
    assert set(visible(site.recorder, CAMERA, after(25), after(56))) == {second.id}
    assert visible(site.recorder, CAMERA, after(24), after(26)) == {}
    assert visible(site.recorder, "cam2", after(0), after(56)) == {}


def test_each_hole_has_its_reason(site: OfficeSite) -> None:
    """A gap before a closed period before erased footage before nobody there."""
    control, reason = site.recorder.control, why(site.recorder, CAMERA)
    assert reason(after(24), after(26)) == "no_visit"
    gap = control.begin_gap(CAMERA, after(100), "camera_lost", "no answer")
    assert reason(after(99), after(101)) == "gap camera_lost"
    control.end_gap(gap, after(110))
    assert reason(after(105), after(106)) == "gap camera_lost"
    assert reason(after(111), after(112)) == "no_visit"
    control.begin_closed(CAMERA, after(200), "outside hours")
    assert reason(after(300), after(301)) == "closed"
    control.end_closed(CAMERA, after(400))
    assert reason(after(401), after(402)) == "no_visit"


def test_erased_footage_is_called_erased(site: OfficeSite) -> None:
    """As long as the visit's record is whole."""
    site.clock.turn_to(OPENING + PERIOD + HOUR)
    expire(site.recorder, site.clock.wall())
    reason = why(site.recorder, CAMERA)
    assert reason(after(10), after(12)) == "erased"
    assert reason(after(24), after(26)) == "no_visit"
