"""An erasure whose entry was lost is found, entered with its level and a read-back, and overwritten like all else."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from mihariban.base.clock import HOUR, MINUTE, SECOND
from mihariban.base.ids import id_text
from mihariban.ledger.tags import Tag
from mihariban.recorder.keeping import expire as expiring
from mihariban.recorder.keeping.missed import AT_START, LATER, find_missed
from mihariban.recorder.keeping.overwrite import overwrite_due
from mihariban.recorder.keeping.shrink import shrink_visits
from mihariban.volume.erasing import erasable_regions
from tests.support.office import OPENING, PERIOD, OfficeSite

GONE = OPENING + PERIOD + MINUTE


class PowerCut(BaseException):
    """Nothing in the program catches it."""


def _cut(*_: object) -> None:
    raise PowerCut


def _erase_and_cut(site: OfficeSite, patch: pytest.MonkeyPatch) -> None:
    """The keys are gone, then the power, before the entry."""
    site.clock.turn_to(GONE)
    patch.setattr(expiring, "_enter", _cut)
    with pytest.raises(PowerCut):
        expiring.expire(site.recorder, site.clock.wall())
    patch.undo()
    site.crash()
    site.clock.turn(HOUR)


def _done(site: OfficeSite) -> list[dict[str, object]]:
    return [each["object"] for each in site.entries(Tag.CLIP_KEY_DESTROY) if each["outcome"] == "done"]


def test_a_cut_between_erasure_and_entry_is_entered_at_the_next_start(
    site: OfficeSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With all that would have been entered: which clips, how late, read back now."""
    clips = site.recorder.volume.clips()
    _erase_and_cut(site, monkeypatch)
    site.start()
    (facts,) = _done(site)
    assert (facts["cause"], facts["level"], facts["count"], facts["read_back"]) == (AT_START, "E0", 3, 3)
    assert facts["lag_ms"] == (site.clock.wall() - min(clip.deadline for clip in clips)) // 1_000_000
    assert facts["seconds"] == sum(clip.duration for clip in clips) // SECOND
    told = site.recorder.control.store.text(bytes.fromhex(str(facts["list.cam1.2026-11-24"])))
    assert told is not None and len(json.loads(told.text)) == 3
    rows = {row.clip: row for row in site.recorder.control.erasures(waiting_only=True)}
    assert rows.keys() == {clip.clip for clip in clips}
    assert {(row.deadline, row.read_back) for row in rows.values()} == {(clip.deadline, True) for clip in clips}
    assert all(row.erased for row in site.visits)


def test_what_was_noted_and_not_yet_erased_is_not_entered(site: OfficeSite, monkeypatch: pytest.MonkeyPatch) -> None:
    """The power failed before the keys went: they go in the new life, once."""
    site.clock.turn_to(GONE)
    monkeypatch.setattr(site.recorder.volume, "destroy_expired", _cut)
    with pytest.raises(PowerCut):
        expiring.expire(site.recorder, site.clock.wall())
    site.crash()
    site.start()
    assert _done(site) == []
    expiring.expire(site.recorder, site.clock.wall())
    assert [facts["cause"] for facts in _done(site)] == ["deadline"]
    assert find_missed(site.recorder, site.clock.wall()) == 0


def test_no_note_outlives_its_entry(site: OfficeSite) -> None:
    """It names clips and times."""
    site.clock.turn_to(GONE)
    expiring.expire(site.recorder, site.clock.wall())
    assert site.recorder.control.remembered_names("erasing:") == []


def test_an_erasure_while_the_book_could_not_be_written_is_found_by_its_regions(site: OfficeSite) -> None:
    """Nothing could be noted, and then the power failed: which clips these were is lost, that they are gone is not."""
    regions = {clip.region for clip in site.recorder.volume.clips()}
    site.clock.turn_to(GONE)
    with site.unwritable():
        expiring.expire(site.recorder, site.clock.wall())
        site.crash()
    site.clock.turn(HOUR)
    site.start()
    rows = site.recorder.control.erasures(waiting_only=True)
    assert {row.region for row in rows} == regions
    assert {(row.cause, row.level, row.read_back) for row in rows} == {(AT_START, "E0", True)}
    facts = next(each for each in _done(site) if "regions" in each)
    assert (facts["cause"], facts["level"], facts["regions"]) == (AT_START, "E0", len(regions))
    assert facts["count"] == facts["read_back"] >= 3  # keys that were ever in these pages
    ended = next(each for each in _done(site) if "regions" not in each)
    assert {"level", "lag_ms", "read_back"} <= ended.keys()
    entries = len(site.entries(Tag.CLIP_KEY_DESTROY))
    site.restart()
    assert len(site.entries(Tag.CLIP_KEY_DESTROY)) == entries


def test_by_comparison_only_what_is_missing_twice_counts(site: OfficeSite) -> None:
    """Between a deed and its entry a region looks the same as one whose entry was lost."""
    site.clock.turn_to(GONE)
    site.recorder.volume.destroy_expired()
    assert find_missed(site.recorder, site.clock.wall()) == 0
    assert find_missed(site.recorder, site.clock.wall()) >= 3
    assert find_missed(site.recorder, site.clock.wall()) == 0
    assert {row.cause for row in site.recorder.control.erasures()} == {LATER}


def test_what_was_found_is_overwritten_at_once(site: OfficeSite) -> None:
    """Since when it waits is not known, so the rule's lag may be over."""
    site.clock.turn_to(GONE)
    with site.unwritable():
        expiring.expire(site.recorder, site.clock.wall())
        site.crash()
    site.start()
    while overwrite_due(site.recorder, site.clock.wall()):
        pass
    assert erasable_regions(site.recorder.volume) == []
    assert site.recorder.control.erasures(waiting_only=True) == []


def test_a_region_is_overwritten_though_no_row_tells_of_it(site: OfficeSite) -> None:
    """What counts is the ring, not the book."""
    site.clock.turn_to(GONE)
    site.recorder.volume.destroy_expired()
    while erasable_regions(site.recorder.volume):
        overwrite_due(site.recorder, site.clock.wall())
    assert [each["outcome"] for each in site.entries(Tag.CLIP_REGION_OVERWRITE)][-1] == "done"


def test_the_papers_of_an_ended_hold_wait_to_be_overwritten_too(site: OfficeSite) -> None:
    """They hold a name and a reason. Nothing is found missing afterwards."""
    hold = site.hold(8, 22)
    site.release(id_text(hold.id))
    rows = site.recorder.control.erasures(waiting_only=True)
    assert {row.deadline for row in rows if row.visit == hold.id} == {site.clock.wall()}
    site.restart()
    assert set(erasable_regions(site.recorder.volume)) <= {(row.region, row.generation) for row in rows}
    assert _done(site) == []
    site.clock.turn(168 * HOUR)
    while overwrite_due(site.recorder, site.clock.wall()):
        pass
    assert erasable_regions(site.recorder.volume) == []


def test_a_record_that_shrinks_leaves_its_bytes_counted(sites: Callable[..., OfficeSite]) -> None:
    """Where the rule lets them wait for two years, they are neither forgotten nor found missing."""
    site = sites(policy=lambda text: text.replace("max_lag_after_expiry_h = 168\n", "max_lag_after_expiry_h = 20000\n"))
    site.clock.turn_to(GONE)
    expiring.expire(site.recorder, site.clock.wall())
    before = site.recorder.control.erasures(waiting_only=True)
    site.clock.turn(60 * 24 * HOUR)
    assert shrink_visits(site.recorder, site.clock.wall()) == 2
    after = site.recorder.control.erasures(waiting_only=True)
    assert sorted((row.region, row.bytes) for row in after) == sorted((row.region, row.bytes) for row in before)
    assert {row.visit for row in after} == {bytes(16)}
    assert not {row.clip for row in after if row.filmed_from == 0} & {row.clip for row in before}
    site.restart()
    assert len([each for each in _done(site) if each["cause"] == AT_START]) == 0
