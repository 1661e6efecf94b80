"""Capacity against the rule, days ahead; and holds whose review is overdue."""

from __future__ import annotations

from collections.abc import Callable

from mihariban.base.clock import DAY, HOUR, MINUTE
from mihariban.ledger.tags import Tag
from mihariban.recorder.health.kinds import FindingKind
from mihariban.recorder.keeping.forecast import forecast, review_holds
from tests.support.office import OfficeSite


def _found(site: OfficeSite, kind: FindingKind) -> bool:
    site.clock.turn(2 * HOUR)
    site.recorder.health.tick(site.clock.wall(), site.clock.monotonic())
    return any(finding.kind is kind for finding in site.recorder.health.current())


def test_a_short_ring_is_said_days_before_footage_is_lost(site: OfficeSite) -> None:
    """Once a day, with how long it lasts and how long the rule wants."""
    before = len(site.entries(Tag.EXPIRY_CAPACITY_FORECAST))
    site.clock.turn(DAY)
    wall = site.clock.wall()
    assert forecast(site.recorder, wall)
    assert forecast(site.recorder, wall + HOUR)
    entries = site.entries(Tag.EXPIRY_CAPACITY_FORECAST)
    assert len(entries) == before + 1
    facts = entries[-1]["object"]
    figures = site.recorder.volume.stat(wall)
    assert facts["rule_hours"] == 5760
    assert facts["kept_hours"] == int(figures.lifetime_hours or 0) < 5760
    assert facts["days"] == ((figures.overwritten_at or 0) - wall) // DAY > 1
    assert _found(site, FindingKind.CAPACITY_SHORT)
    assert site.entries(Tag.VISIT_FOOTAGE_LOSE) == []
    assert forecast(site.recorder, wall + DAY)
    assert len(site.entries(Tag.EXPIRY_CAPACITY_FORECAST)) == before + 2


def test_a_ring_that_is_long_enough_is_no_finding(sites: Callable[..., OfficeSite]) -> None:
    """The same ring under a rule of two days, once a day has shown the rate; before, nothing is judged."""
    site = sites(policy=lambda text: text.replace("amount = 5760\n", "amount = 48\n"))
    assert site.recorder.volume.stat(site.clock.wall()).lifetime_hours is None
    site.clock.turn(DAY)
    assert (site.recorder.volume.stat(site.clock.wall()).lifetime_hours or 0) >= 48
    before = len(site.entries(Tag.EXPIRY_CAPACITY_FORECAST))
    assert not forecast(site.recorder, site.clock.wall())
    assert not _found(site, FindingKind.CAPACITY_SHORT)
    assert len(site.entries(Tag.EXPIRY_CAPACITY_FORECAST)) == before


def test_an_overdue_review_is_entered_once_and_lasts(site: OfficeSite) -> None:
    """It keeps what it keeps; nobody ends it but a decision."""
    row = site.hold(10, 18, review=site.clock.wall() + 2 * DAY)
    assert review_holds(site.recorder, site.clock.wall()) == 0
    site.clock.turn(2 * DAY)
    for _ in range(2):
        assert review_holds(site.recorder, site.clock.wall()) == 1
    site.restart()
    assert review_holds(site.recorder, site.clock.wall()) == 1
    (entry,) = site.entries(Tag.HOLD_REVIEW_OVERDUE)
    assert entry["object"]["hold"]
    assert _found(site, FindingKind.HOLD_REVIEW_OVERDUE)
    assert site.recorder.control.holds(kept_only=True) == [row]
    site.release(site.door.holds()[0].id)
    assert review_holds(site.recorder, site.clock.wall()) == 0
    site.clock.turn(MINUTE)
    assert not _found(site, FindingKind.HOLD_REVIEW_OVERDUE)
