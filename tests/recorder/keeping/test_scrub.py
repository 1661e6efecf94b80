"""Everything stored is read again within its days, whatever the ring's size; damage is entered once it can be."""

from __future__ import annotations

import pytest

from mihariban.base.clock import DAY, MINUTE, SECOND
from mihariban.ledger.errors import LedgerUnwritable
from mihariban.ledger.tags import Tag
from mihariban.recorder.health.kinds import FindingKind
from mihariban.recorder.keeping import scrub as scrubbing
from mihariban.recorder.keeping.scrub import scrub
from mihariban.volume import ClipKind
from mihariban.volume.scrub import ScrubReport, ScrubState
from tests.support.office import OfficeSite

SAGA_BYTES = 2_592_000_000_000
"""1,920 hours at 3 Mbit/s."""


class Counting:
    """Reads whatever it is asked for, and says how much: no test disk holds 2.6 TB."""

    read: list[int]

    def __init__(self, _volume: object, _clock: object, state: ScrubState) -> None:
        self.state = state

    def step(self, budget: int) -> ScrubReport:
        self.read.append(budget)
        return ScrubReport(stored=budget, chunks=1)


@pytest.fixture
def counted(site: OfficeSite, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """What is read of a full ring of Saga's."""
    Counting.read = []
    monkeypatch.setattr(scrubbing, "Scrubber", Counting)
    monkeypatch.setattr(site.recorder.volume.catalogue, "sums", lambda _wanted: (108_000, SAGA_BYTES, 0))
    return Counting.read


def test_a_full_ring_is_read_within_its_days(site: OfficeSite, counted: list[int]) -> None:
    """By the duty's own period, in small slices: a day's share a day."""
    for _ in range(DAY // scrubbing.PERIOD):
        scrub(site.recorder, site.clock.wall())
        site.clock.turn(scrubbing.PERIOD)
    assert sum(counted) * 30 >= SAGA_BYTES
    assert max(counted) <= 4 << 20


def test_what_a_long_duty_missed_is_made_up_for(site: OfficeSite, counted: list[int]) -> None:
    """Up to a minute, in slices."""
    scrub(site.recorder, site.clock.wall())
    usual = sum(counted)
    counted.clear()
    site.clock.turn(MINUTE)
    scrub(site.recorder, site.clock.wall())
    assert sum(counted) == pytest.approx(usual * MINUTE / scrubbing.PERIOD, rel=0.01)
    assert len(counted) > 10


def test_it_is_behind_after_one_period(site: OfficeSite, counted: list[int]) -> None:
    """Not after two: the promise is thirty days."""
    site.recorder.control.remember("scrub", {"began": site.clock.wall(), "region": 0})
    for _ in range(2):
        site.clock.turn(15 * DAY - SECOND)
        scrub(site.recorder, site.clock.wall())
    kinds = lambda: [each.kind for each in site.recorder.health.current()]  # noqa: E731  # asked twice
    assert FindingKind.SCRUB_BEHIND not in kinds()
    site.clock.turn(MINUTE)
    scrub(site.recorder, site.clock.wall())
    assert FindingKind.SCRUB_BEHIND in kinds()


def _damage(site: OfficeSite) -> None:
    volume = site.recorder.volume
    clip = volume.clips(kind=ClipKind.VISIT)[0]
    chunk = volume.chunks(clip.clip)[0]
    at = volume.shape.offset(clip.region) + chunk.offset + chunk.length // 2
    byte = volume.ring.file.pread(at, 1)
    volume.ring.file.pwrite(at, bytes([byte[0] ^ 1]))


def _through(site: OfficeSite) -> None:
    """The pass under way, which may have read the damaged place before, and a whole one."""
    ended = 0
    while ended < 2:
        site.clock.turn(MINUTE)
        ended += scrub(site.recorder, site.clock.wall()).ended


def test_damage_is_entered_with_camera_and_second(site: OfficeSite, monkeypatch: pytest.MonkeyPatch) -> None:
    """And is an alarm; the pass is entered with how much it found."""
    monkeypatch.setattr(scrubbing, "pace", lambda *_: 1 << 20)
    _damage(site)
    _through(site)
    (entry,) = site.entries(Tag.CLIP_DAMAGE_FIND)
    assert entry["object"]["camera"] == "cam1"
    assert entry["object"]["at"].startswith("2026-11-24T")
    assert site.entries(Tag.VOLUME_SCRUB_FINISH)[-1]["object"]["damaged"] == 1


def test_damage_found_while_the_book_cannot_be_written_is_entered_later(
    site: OfficeSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was read and could not be entered is read again."""
    monkeypatch.setattr(scrubbing, "pace", lambda *_: 1 << 20)
    _damage(site)
    with site.unwritable(), pytest.raises(LedgerUnwritable):
        _through(site)
    assert site.entries(Tag.CLIP_DAMAGE_FIND) == []
    _through(site)
    assert len(site.entries(Tag.CLIP_DAMAGE_FIND)) == 1


def test_a_restart_goes_on_where_it_was(site: OfficeSite, monkeypatch: pytest.MonkeyPatch) -> None:
    """To half a minute."""
    monkeypatch.setattr(scrubbing, "pace", lambda *_: 2000)
    for _ in range(20):
        site.clock.turn(10 * SECOND)
        scrub(site.recorder, site.clock.wall())
    before = site.recorder.control.remembered("scrub")
    assert before["region"] or before["piece"]
    site.restart()
    scrub(site.recorder, site.clock.wall())
    after = site.recorder.control.remembered("scrub")
    assert (after["region"], after["piece"]) >= (before["region"], before["piece"])
