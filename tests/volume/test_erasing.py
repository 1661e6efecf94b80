"""Erasure: what a region's new use ended, keys read back after they went, regions overwritten on request."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
import structlog

from mihariban.base.clock import DAY, SECOND, TurnedClock
from mihariban.base.files import RealFile
from mihariban.volume import ClipHeader, Volume, VolumeSpec, check_volume
from mihariban.volume import erasing as erasing_module
from mihariban.volume.erasing import Events, RegionEvent, erasable_regions, overwrite_region
from mihariban.volume.errors import RegionRefused
from mihariban.volume.holding import keep, let_go, plan_hold
from mihariban.volume.keys import KeyTable
from mihariban.volume.layout import BLOCK
from mihariban.volume.page import Page, RegionState
from mihariban.volume.simulated import PowerCut, SimulatedMachine
from mihariban.volume.storage import Folder
from tests.volume.hold_support import pictures, visit
from tests.volume.support import REGION, START, chunk, make, record

DEADLINE = START + 30 * DAY


@pytest.fixture
def clock() -> TurnedClock:
    return TurnedClock(START)


def _codes(volume: Volume) -> list[str]:
    return [each.code for each in check_volume(volume, deep=True) if each.code != "not-in-place"]


def _raw(folder: Path, region: int) -> bytes:
    return (folder / "ring.vol").read_bytes()[8192 + region * REGION :][:REGION]


def test_every_use_of_a_region_is_told(tmp_path: Path, clock: TurnedClock) -> None:
    """Taken with the clips that were still there, overwritten when the new footage has reached its end."""
    volume = make(tmp_path, clock)
    clips = [record(volume, clock, size=36000) for _ in range(6)]
    events = volume.drain_events()
    assert [(e.what, e.old_generation, e.lost) for e in events if e.what == "taken"] == [("taken", 0, ())] * 6
    assert [e.generation for e in events if e.what == "overwritten"] == [1, 2, 3, 4, 5]
    volume.destroy(clips[1])
    for _ in range(3):
        record(volume, clock, size=36000)
    taken = [e for e in volume.drain_events() if e.what == "taken"]
    assert [(e.region, e.old_generation, [info.clip for info in e.lost]) for e in taken] == [
        (6, 0, []),
        (0, 1, [clips[0]]),
        (2, 3, [clips[2]]),
    ]  # one of the two regions set aside took the place of the one that was emptied
    record(volume, clock, size=36000)
    assert [(e.what, e.region, e.old_generation) for e in volume.drain_events()] == [
        ("taken", 3, 4),
        ("overwritten", 2, 3),
    ]
    volume.close()


def test_events_nobody_asks_for_are_given_up_in_the_end() -> None:
    """Bounded, in order, and said once."""
    events = Events(most=2)
    with structlog.testing.capture_logs() as logs:
        for number in range(4):
            events.add(RegionEvent("taken", number, 0, 1))
    assert [each["event"] for each in logs] == ["region_events_given_up"]
    assert [each.region for each in events.drain()] == [2, 3]
    assert events.drain() == []


def test_expired_clips_go_in_portions_and_are_read_back(tmp_path: Path, clock: TurnedClock) -> None:
    """Those longest past first; a clip being written is left, whatever its deadline, until it is closed."""
    volume = make(tmp_path, clock)
    clips = [record(volume, clock, chunks=1, size=2000, deadline=START + (9 - i) * DAY) for i in range(5)]
    writer = volume.begin_clip("front", ClipHeader(bytes(16), deadline=START + DAY))
    writer.append(chunk(clock, 0, b"now"))
    volume.commit()
    clock.turn(10 * DAY)
    first, second = volume.destroy_expired(limit=2), volume.destroy_expired(limit=9)
    assert [each.clip for each in first + second] == clips[::-1]
    assert all(each.verified and each.slots_empty and each.unreadable for each in first + second)
    writer.close()
    volume.commit()
    assert [each.clip for each in volume.destroy_expired()] == [writer.clip]
    assert volume.clips() == []
    volume.close()


def test_a_key_that_stays_is_found_by_reading_back(
    tmp_path: Path, clock: TurnedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A destruction that reaches only one slot, or none, is not called verified."""
    volume = make(tmp_path, clock)
    one, two = record(volume, clock), record(volume, clock)
    monkeypatch.setattr(KeyTable, "settle", lambda self, pages=(): [self.write(page) for page in pages] and self.sync())
    volume.set_deadline(one, clock.wall())
    found = volume.destroy_expired()[0]
    assert (found.slots_empty, found.unreadable, found.verified) == (False, False, False)
    monkeypatch.setattr(KeyTable, "settle", lambda self, pages=(): None)
    volume.catalogue.amend(volume.keys.load(0).entries[1])  # type: ignore[union-attr]  # it is there
    volume.set_deadline(two, clock.wall())
    assert volume.destroy_expired()[0].verified is False
    volume.close()


def test_what_a_crash_left_open_expires_like_all_else(clock: TurnedClock) -> None:
    """A clip whose end was never written, and one of which nothing can be read any more, lose their keys on time."""
    machine = SimulatedMachine()
    Volume.create(machine, VolumeSpec(8192 + 8 * REGION, REGION, 0.25, "s", "r"), clock=clock).close()
    volume = Volume.open(machine, clock=clock)
    writers = [volume.begin_clip(camera, ClipHeader(bytes(16), deadline=DEADLINE)) for camera in ("a", "b")]
    for writer in writers:
        writer.append(chunk(clock, 0, b"left open"))
    volume.commit()
    places = [volume.clip(writer.clip).region for writer in writers]
    machine = machine.fresh()
    Volume.open(machine, clock=clock).close()  # recovery closes the regions
    machine = machine.fresh()
    ring = machine.files["ring.vol"].durable
    ring[8192 + places[1] * REGION + BLOCK + 40] ^= 1  # and then the disk loses one of them
    volume = Volume.open(machine, clock=clock)
    assert [info.clip for info in volume.clips()] == [writers[0].clip]
    clock.turn_to(DEADLINE)
    assert sorted(each.clip for each in volume.destroy_expired()) == sorted(writer.clip for writer in writers)
    assert not [
        entry for region in places for page in volume.keys.slots(region) for entry in page.entries if entry.live
    ]  # type: ignore[union-attr]  # both authenticate
    volume.close()


def test_a_region_is_overwritten_where_nothing_opens_it(tmp_path: Path, clock: TurnedClock) -> None:
    """Header, pieces and footer go, durably; it is told as done only once, and footage can come there again."""
    volume = make(tmp_path, clock, hold_share=0)
    clips = [record(volume, clock, size=36000) for _ in range(3)]
    region, generation = volume.clip(clips[0]).region, 1
    assert erasable_regions(volume) == []
    volume.destroy(clips[0])
    assert erasable_regions(volume) == [(region, generation)]
    assert volume.stat().erasable_regions == 1
    before = _raw(tmp_path, region)
    done = overwrite_region(volume, region, generation)
    after = _raw(tmp_path, region)
    assert (done.bytes, done.verified, done.level) == (REGION, True, volume.erasure_level())
    assert done.read_from in ("disk", "memory")
    assert all(after[at : at + BLOCK] != before[at : at + BLOCK] for at in range(0, REGION, BLOCK))
    assert b"MHRH" not in after[:BLOCK]
    assert erasable_regions(volume) == []
    assert _codes(volume) == []
    volume.close()
    Folder(tmp_path).remove("index.db")
    volume = Volume.open(tmp_path, clock=clock)
    assert erasable_regions(volume) == []
    assert _codes(volume) == []
    new = [record(volume, clock, size=36000) for _ in range(6)]
    assert volume.clip(new[-1]).region == region
    assert int(volume.ring.table.generation[region]) == 9
    volume.close()


def test_a_region_in_use_is_not_overwritten(tmp_path: Path, clock: TurnedClock) -> None:
    """Held, being written, of another generation, with keys left, empty, not there: refused, and not a byte changed."""
    volume = make(tmp_path, clock, regions=12, hold_share=0.34)
    visit(volume, clock, seconds=4, size=7000, deadline=DEADLINE)
    visit(volume, clock, seconds=4, size=7000, deadline=DEADLINE)
    hold = bytes(16)
    keep(volume, plan_hold(volume, "front", START, START + 4 * SECOND), hold, b"")
    writer = volume.begin_clip("back", ClipHeader(bytes(16)))
    writer.append(pictures(clock, 0, b"open", config=True))
    volume.commit()
    before = (tmp_path / "ring.vol").read_bytes()
    for region, generation, why in (
        (0, 1, "a hold keeps"),
        (1, 2, "being written"),
        (2, 3, "a hold keeps"),
        (3, 4, "being written"),
        (0, 7, "of generation 1"),
        (9, 0, "no footage"),
        (12, 0, "no such region"),
    ):
        with pytest.raises(RegionRefused, match=why):
            overwrite_region(volume, region, generation)
    assert (tmp_path / "ring.vol").read_bytes() == before
    let_go(volume, hold)
    with pytest.raises(RegionRefused, match="keys of its footage"):
        overwrite_region(volume, 0, 1)
    writer.close()
    volume.close()


def test_overwriting_that_does_not_read_back_is_not_believed(
    tmp_path: Path, clock: TurnedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The region stays on the list of those to be overwritten."""
    volume = make(tmp_path, clock)
    clips = [record(volume, clock, size=36000) for _ in range(2)]
    volume.destroy(clips[0])
    monkeypatch.setattr(erasing_module, "_direct", lambda *_: iter([b"something else"]))
    assert overwrite_region(volume, 0, 1).verified is False
    monkeypatch.undo()
    assert erasable_regions(volume) == [(0, 1)]

    def no_direct(*_: object) -> None:
        raise OSError(22, "not on this file system")

    monkeypatch.setattr(erasing_module, "_direct", no_direct)
    done = overwrite_region(volume, 0, 1)
    assert (done.verified, done.read_from) == (True, "memory")
    volume.close()


def test_power_cut_at_any_moment_of_overwriting(clock: TurnedClock) -> None:
    """Afterwards the region is either still to be overwritten or done; its neighbours are whole; nothing is found."""
    blank = SimulatedMachine()
    Volume.create(blank, VolumeSpec(8192 + 4 * REGION, REGION, 0, "s", "r"), clock=clock).close()
    volume = Volume.open(blank, clock=clock)
    clips = [record(volume, clock, size=36000) for _ in range(3)]
    volume.destroy(clips[0])
    volume.close()
    outcomes = set()
    for cut in range(1, 9):
        machine = blank.fresh()
        volume = Volume.open(machine, clock=clock)
        machine.operations, machine.cut_at = 0, cut
        try:
            overwrite_region(volume, 0, 1)
        except PowerCut:
            machine = machine.after_power_cut(random.Random(cut))
        volume = Volume.open(machine.fresh(), clock=clock)
        outcomes.add(len(erasable_regions(volume)))
        assert [len(list(volume.read(clip))) for clip in clips[1:]] == [3, 3]
        assert _codes(volume) == []
        assert volume.ring.table.next_generation() == 4
    assert outcomes == {0, 1}


def test_a_failing_disk_stops_overwriting(tmp_path: Path, clock: TurnedClock, monkeypatch: pytest.MonkeyPatch) -> None:
    """As every write does: nothing more until it is opened anew."""
    volume = make(tmp_path, clock)
    clips = [record(volume, clock, size=36000) for _ in range(2)]
    volume.destroy(clips[0])

    def fails(*_: object) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(RealFile, "sync", fails)
    with pytest.raises(erasing_module.MiharibanError, match="Input/output"):
        overwrite_region(volume, 0, 1)
    monkeypatch.undo()
    assert volume.ring.failed
    volume.close()


def test_the_page_of_an_overwritten_region_keeps_its_generation(tmp_path: Path, clock: TurnedClock) -> None:
    """A generation is used once, also where the newest footage of all was overwritten (V12)."""
    volume = make(tmp_path, clock)
    clip = record(volume, clock)
    volume.close()
    volume = Volume.open(tmp_path, clock=clock)
    volume.destroy(clip)
    overwrite_region(volume, 0, 1)
    page = volume.keys.load(0)
    assert page == Page(0, 1, RegionState.EMPTY, twin=True)
    record(volume, clock)
    assert int(volume.ring.table.generation.max()) == 2
    volume.close()
