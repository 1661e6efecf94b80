"""A wrong clock closes footage and destroys none; erasure waits where time is in doubt, and says so."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from mihariban.base.clock import DAY, HOUR, MINUTE, SECOND
from mihariban.ledger.tags import Tag
from mihariban.recorder.actions.put_policy import put_policy
from mihariban.recorder.contract.errors import GrantExpired
from mihariban.recorder.contract.orders import PolicyOrder
from mihariban.recorder.health.kinds import FindingKind
from mihariban.recorder.keeping.watch_time import confirm_time
from mihariban.volume import ClipKind, ClipRefused
from tests.support.office import DECIDED, OPENING, PERIOD, OfficeSite, second_version


def _clips(site: OfficeSite) -> int:
    return len(site.recorder.volume.clips(kind=ClipKind.VISIT))


def _tick(site: OfficeSite, seconds: int = 70) -> None:
    for _ in range(seconds):
        site.clock.turn(SECOND)
        site.recorder.tick()


def _doubts(site: OfficeSite) -> list[dict[str, object]]:
    found = site.recorder.control.findings(open_only=True)
    return [dict(each.figures) for each in found if each.kind == FindingKind.CLOCK_DISPUTED]


@contextmanager
def _reboot(site: OfficeSite) -> Iterator[None]:
    site.stop()
    yield
    site.clock._boot_id = f"00000000-0000-0000-0000-{int(site.clock.boot_id()[-12:]) + 1:012}"
    site.clock._monotonic = SECOND
    site.start()


def test_a_clock_a_year_ahead_closes_and_destroys_nothing(site: OfficeSite) -> None:
    """Not readable at once; an alarm within the minute, entered; when the clock is right again all is there."""
    clip = site.recorder.volume.clips(kind=ClipKind.VISIT)[0]
    site.recorder.tick()
    site.clock.step(400 * DAY)
    with pytest.raises(ClipRefused):
        list(site.recorder.volume.read(clip.clip))
    _tick(site)
    assert _clips(site) == 2
    (figures,) = _doubts(site)
    assert figures == {"hours": 400 * 24, "clips": 3}
    begun = [each["object"] for each in site.entries() if each["object"].get("kind") == FindingKind.CLOCK_DISPUTED]
    assert len(begun) == 1
    site.clock.step(-400 * DAY)
    _tick(site)
    assert _doubts(site) == []
    assert list(site.recorder.volume.read(clip.clip))
    assert not [row for row in site.visits if row.erased]


def test_while_in_doubt_what_is_due_goes_all_the_same(site: OfficeSite) -> None:
    """By the time that passes: within a minute of the true deadline, though the clock says a year more."""
    due = max(clip.deadline for clip in site.recorder.volume.clips(kind=ClipKind.VISIT))
    site.recorder.tick()
    site.clock.step(400 * DAY)
    site.clock.turn(due - (OPENING + 60 * SECOND) - 30 * SECOND)
    site.recorder.tick()
    assert _clips(site) == 2 or _clips(site) == 1
    _tick(site, 90)
    assert _clips(site) == 0


@pytest.mark.parametrize("lives", [1, 9])
def test_without_a_time_server_for_months_and_over_boots_expiry_keeps_its_minute(site: OfficeSite, lives: int) -> None:
    """The quality of the clock is unknown all the time; each power-off lasts days."""
    due = max(clip.deadline for clip in site.recorder.volume.clips(kind=ClipKind.VISIT))
    for _ in range(lives):
        site.clock.turn(PERIOD // lives - 5 * DAY)
        site.recorder.tick()
        with _reboot(site):
            site.clock.turn(4 * DAY)
    site.clock.turn_to(due - 10 * SECOND)
    site.recorder.tick()
    assert _clips(site) == 1
    _tick(site)
    assert _clips(site) == 0
    assert _doubts(site) == []


def test_after_a_long_time_off_erasure_waits_for_the_administrator(site: OfficeSite) -> None:
    """Longer than is plausible without anybody saying so. What is confirmed is entered, and expiry follows."""
    site.recorder.tick()
    with _reboot(site):
        site.clock.turn(PERIOD + DAY)
    _tick(site)
    assert _clips(site) == 2
    assert len(_doubts(site)) == 1
    confirm_time(site.recorder.control, site.recorder.now(), "時報と比べた")
    _tick(site)
    assert _clips(site) == 0
    assert _doubts(site) == []
    (entry,) = site.entries(Tag.CLOCK_TIME_CONFIRM)
    assert entry["object"]["hours"] == (PERIOD + DAY) // HOUR
    assert "時報" not in str(entry)


def test_doubt_survives_restarts(site: OfficeSite) -> None:
    """A restart of process or machine proves nothing about the clock."""
    site.recorder.tick()
    site.clock.step(400 * DAY)
    for _ in range(3):
        site.restart()
        _tick(site, 30)
        with _reboot(site):
            site.clock.turn(MINUTE)
        _tick(site, 30)
    assert _clips(site) == 2
    assert len(_doubts(site)) == 1


def test_without_its_book_the_ring_tells_the_newest_instant(site: OfficeSite) -> None:
    """A new book and a wrong clock at once."""
    with site.recorder.control.transaction() as db:
        db.execute("DELETE FROM remembered WHERE name = 'time'")
    site.crash()
    site.clock.step(400 * DAY)
    site.start()
    _tick(site)
    assert _clips(site) == 2


def test_a_grant_that_was_over_stays_over_when_the_clock_goes_back(site: OfficeSite) -> None:
    """Never presented before; its time had come."""
    grant = site.grant(8, 22, until=site.clock.wall() + 60 * SECOND)
    site.office.present(grant)
    site.clock.turn(HOUR)
    site.recorder.tick()
    site.clock.step(-3590 * SECOND)
    with pytest.raises(GrantExpired):
        site.open_grant(grant)


def test_a_rule_of_the_future_dates_nothing_while_in_doubt(site: OfficeSite) -> None:
    """A version in force by a wrong clock alone would shorten for good."""
    site.recorder.tick()
    text = second_version(
        site.folder.policy.read_text(encoding="utf-8"), effective_from="2027-12-01", hours=48,
        applies_to_existing="replace",
    )  # fmt: skip
    order = site.office.push_policy(DECIDED, text=text, version="2", document_number="見本第3号")
    put_policy(site.recorder, site.decided(PolicyOrder, order))
    before = [clip.deadline for clip in site.recorder.volume.clips()]
    site.clock.step(400 * DAY)
    _tick(site)
    assert [clip.deadline for clip in site.recorder.volume.clips()] == before
