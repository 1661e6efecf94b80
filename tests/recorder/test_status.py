"""The recorder now."""

from __future__ import annotations

from mihariban.base.clock import HOUR, MINUTE, SECOND
from mihariban.recorder.health.kinds import FindingKind
from mihariban.recorder.status import recorder_status
from tests.support.office import OPENING, OfficeSite
from tests.support.sites import moment


def _camera(site: OfficeSite):
    (camera,) = recorder_status(site.recorder).cameras
    return camera


def test_a_camera_is_watched_when_it_is_at_work_within_the_hours(site: OfficeSite) -> None:
    """Neither before it was begun, nor with a gap, nor at night."""
    assert not _camera(site).watched
    site.film(OPENING + HOUR, seconds=4)
    assert (_camera(site).watched, _camera(site).recording) == (True, False)
    gap = site.recorder.control.begin_gap("cam1", site.clock.wall(), "camera_lost", "")
    assert not _camera(site).watched
    site.recorder.control.end_gap(gap, site.clock.wall())
    assert _camera(site).watched
    site.clock.turn_to(moment("2026-11-24 23:00:00"))
    assert not _camera(site).watched


def test_findings_colour_camera_and_recorder(site: OfficeSite) -> None:
    """An alarm is failing, in both languages, with its figures."""
    for _ in range(5):
        site.recorder.health.observe(FindingKind.CAMERA_COVERED, "cam1", True, {"share_permille": 980})
        site.clock.turn(MINUTE)
        site.recorder.health.tick(site.clock.wall(), site.clock.monotonic())
    status = recorder_status(site.recorder)
    assert (status.state, _camera(site).state) == ("failing", "failing")
    (found,) = [each for each in status.findings if each.camera == "cam1"]
    assert found.code == FindingKind.CAMERA_COVERED.value
    assert "cam1" in found.ja
    assert "cam1" in found.en
    assert found.figures == {"share_permille": 980}
    assert not site.door.healthy()


def test_the_book_and_the_clock_are_told(site: OfficeSite) -> None:
    """Origin, size, whether it can be written; site time with its zone; how far the clock can be believed."""
    status = recorder_status(site.recorder)
    assert status.ledger.origin == "mihariban/test/recorder/test-r1"
    assert status.ledger.size == site.recorder.control.store.size()
    assert status.ledger.writable
    assert status.at.endswith("+09:00")
    assert status.time_quality == "site"  # a turned clock is not the machine's
    with site.unwritable():
        site.recorder.bookkeeper.begin_gap("cam1", OPENING, "test", "")
        assert not recorder_status(site.recorder).ledger.writable
    site.recorder.owed.settle()


def test_room_for_holds_is_told(site: OfficeSite) -> None:
    """What a hold takes is no longer free."""
    free = recorder_status(site.recorder).holds.free_bytes
    assert free == 2 * 512 * 1024
    row = site.hold(10, 18)
    holds = recorder_status(site.recorder).holds
    assert holds.free_bytes == free - 512 * 1024
    assert (holds.count, holds.bytes) == (1, row.bytes)
    assert abs(holds.seconds - row.kept_ns / SECOND) < 0.001
