"""Disk, clock, ledger, scrub, and the day on which nobody came."""

from __future__ import annotations

from datetime import date

from mihariban.base.clock import DAY, SECOND, TurnedClock
from mihariban.ledger.errors import LedgerUnwritable
from mihariban.recorder.health.health import Health
from mihariban.recorder.health.machine import MachineHealth
from mihariban.volume import VolumeIoError
from mihariban.volume.finding import finding


def _machine() -> tuple[TurnedClock, Health, MachineHealth]:
    clock = TurnedClock(1_000 * SECOND)
    health = Health(clock)
    return clock, health, MachineHealth(health, clock.monotonic())


def _now(health: Health) -> list[tuple[str, str]]:
    return [(found.kind.value, found.subject) for found in health.current()]


def test_a_failing_ring_is_told_until_ten_quiet_minutes_have_passed() -> None:
    """With the code of the error."""
    clock, health, machine = _machine()
    machine.volume_failed(VolumeIoError(place="x", what="write", why="EIO"))
    assert health.current()[0].figures == {"code": VolumeIoError.code}
    clock.turn(500 * SECOND)
    machine.volume_failed(VolumeIoError(place="x", what="write", why="EIO"))
    clock.turn(500 * SECOND)
    health.tick(clock.wall(), clock.monotonic())
    assert _now(health) == [("ring_failing", "ring.vol")]
    clock.turn(101 * SECOND)
    health.tick(clock.wall(), clock.monotonic())
    assert _now(health) == []


def test_findings_of_the_volume_by_their_kind() -> None:
    """A moved file and holds over their share are kinds of their own; an open region after a crash is none."""
    _, health, machine = _machine()
    machine.volume_findings(
        [
            finding("volume-moved", moves=1),
            finding("holds-over-share", held=3, share=2),
            finding("footer-damaged", region=1),
            finding("footer-damaged", region=2),
            finding("region-open", region=4),
        ]
    )
    assert sorted(_now(health)) == [
        ("disk_changed", "volume-moved"),
        ("disk_error", "footer-damaged"),
        ("holds_over_share", "holds-over-share"),
    ]
    machine.volume_findings([finding("footer-damaged", region=1)])
    assert _now(health) == [("disk_error", "footer-damaged")]


def test_the_ledger() -> None:
    """Until the next entry succeeds."""
    _, health, machine = _machine()
    machine.ledger(LedgerUnwritable(why="full"))
    assert _now(health) == [("ledger_unwritable", "ledger")]
    machine.ledger(None)
    assert _now(health) == []


def test_a_clock_that_is_not_set_is_told_after_a_grace() -> None:
    """Five minutes after the start, and half a minute; holdover is still good."""
    clock, health, machine = _machine()
    for _ in range(300):
        machine.clock("unknown", clock.monotonic())
        clock.turn(SECOND)
    assert _now(health) == []
    for _ in range(40):
        machine.clock("unknown", clock.monotonic())
        clock.turn(SECOND)
    assert _now(health) == [("clock_unsynchronised", "recorder")]
    for _ in range(40):
        machine.clock("holdover", clock.monotonic())
        clock.turn(SECOND)
    assert _now(health) == []


def test_an_open_day_without_a_visit_is_told_until_somebody_comes() -> None:
    """A closed day and a day lost to gaps say nothing."""
    _, health, machine = _machine()
    machine.day_over("cam1", date(2026, 11, 22), open_seconds=0, visits=0)
    assert _now(health) == []
    machine.day_over("cam1", date(2026, 11, 24), open_seconds=30_000, visits=0)
    assert _now(health) == [("no_visit", "cam1 2026-11-24")]
    machine.day_over("cam2", date(2026, 11, 25), open_seconds=30_000, visits=5)
    assert _now(health) == [("no_visit", "cam1 2026-11-24")]
    machine.day_over("cam1", date(2026, 11, 25), open_seconds=30_000, visits=5)
    assert _now(health) == []


def test_cosignatures_and_scrub_against_their_limits() -> None:
    """A day late, and thirty days."""
    clock, health, machine = _machine()
    wall = clock.wall() + 100 * DAY
    machine.cosignatures(["office"], 90_000)
    machine.scrub(wall - 29 * DAY, wall)
    assert _now(health) == [("cosignature_overdue", "recorder")]
    machine.cosignatures([], 90_000)
    machine.scrub(wall - 31 * DAY, wall)
    assert _now(health) == [("scrub_behind", "recorder")]
    machine.scrub(None, wall)
    assert _now(health) == []
