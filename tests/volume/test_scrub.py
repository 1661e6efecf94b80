"""Scrubbing: the flipped byte is found and named, and nothing else is."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest

from mihariban.base.clock import DAY, SECOND, TurnedClock, iso
from mihariban.base.ids import id_text
from mihariban.volume import ClipHeader, Volume
from mihariban.volume.layout import BLOCK
from mihariban.volume.scrub import Scrubber, ScrubReport, ScrubState, pace
from mihariban.volume.sealing import HEAD
from tests.volume.support import REGION, START, chunk, make, record

MONTH = 30 * DAY


@pytest.fixture
def clock() -> TurnedClock:
    return TurnedClock(START)


def _whole_pass(volume: Volume, clock: TurnedClock, budget: int = 1 << 40) -> list[ScrubReport]:
    scrubber, reports = Scrubber(volume, clock), []
    while not reports or not reports[-1].ended:
        reports.append(scrubber.step(budget))
    return reports


def _flip(volume: Volume, offset: int) -> None:
    byte = volume.ring.file.pread(offset, 1)[0]
    volume.ring.file.pwrite(offset, bytes([byte ^ 0x20]))


def test_every_kind_of_byte_is_found_and_only_its_chunk(tmp_path: Path, clock: TurnedClock) -> None:
    """Each byte of the head, and bytes of meta, data, tag and padding, of the middle chunk of three."""
    volume = make(tmp_path, clock)
    clip = record(volume, clock, chunks=3, size=5000)
    info, (_, part, _) = volume.clip(clip), volume.chunks(clip)
    base = volume.shape.offset(info.region) + part.offset
    meta = part.length - HEAD - 16 - part.media
    padding = range(part.length, -(-part.length // BLOCK) * BLOCK)
    assert len(padding) > 100
    positions = [*range(HEAD), HEAD, HEAD + meta - 1, HEAD + meta, part.length - 17]
    positions += [part.length - 16, part.length - 1, padding[0], padding[-1], random.Random(1).choice(padding)]
    for position in positions:
        _flip(volume, base + position)
        (report,) = _whole_pass(volume, clock)
        _flip(volume, base + position)
        assert [error.facts for error in report.damaged] == [
            {
                "camera": "front",
                "clip": id_text(clip),
                "second": iso(part.wall),
                "region": info.region,
                "offset": part.offset,
            }
        ], position
        assert (report.chunks, report.findings) == (3, [])
    (report,) = _whole_pass(volume, clock)
    assert (report.damaged, report.chunks, report.stored) == ([], 3, 3 * 2 * BLOCK)
    volume.close()


def test_a_damaged_header_or_footer_is_found(tmp_path: Path, clock: TurnedClock) -> None:
    """They are no footage, but a rebuild of the index wants them."""
    volume = make(tmp_path, clock)
    clip = record(volume, clock)
    region = volume.clip(clip).region
    volume.close()
    for offset, code in ((50, "header-damaged"), (REGION - 50, "footer-damaged")):
        volume = Volume.open(tmp_path, clock=clock)
        _flip(volume, volume.shape.offset(region) + offset)
        (report,) = _whole_pass(volume, clock)
        assert [each.code for each in report.findings] == [code]
        _flip(volume, volume.shape.offset(region) + offset)
        assert _whole_pass(volume, clock)[0].findings == []
        volume.close()


def test_what_expired_is_passed_over_and_what_is_held_is_not(tmp_path: Path, clock: TurnedClock) -> None:
    """Three clips, one past its deadline, one past it and held: two are read, and damage in the other is no matter."""
    volume = make(tmp_path, clock)
    soon = START + 60 * SECOND
    expired, held = (record(volume, clock, chunks=1, deadline=soon) for _ in range(2))
    record(volume, clock, chunks=1)
    volume.hold(held)
    clock.turn(100 * SECOND)
    _flip(volume, volume.shape.offset(volume.clip(expired).region) + BLOCK + 100)
    (report,) = _whole_pass(volume, clock)
    assert (report.chunks, report.damaged) == (2, [])
    volume.close()


def test_destroyed_or_overwritten_meanwhile_is_no_damage(tmp_path: Path, clock: TurnedClock) -> None:
    """A reader that does not know yet: the writer destroys one clip and overwrites the regions of others."""
    writer = make(tmp_path, clock)
    clips = [record(writer, clock, size=30_000) for _ in range(6)]
    reader = Volume.read_only(tmp_path, clock=clock)
    scrubber = Scrubber(reader, clock)
    first = scrubber.step(1)
    assert (first.chunks, first.ended) == (1, False)
    writer.destroy(clips[0])
    for _ in range(14):
        record(writer, clock, size=30_000)
    rest = scrubber.step(1 << 40)
    assert (rest.damaged, rest.findings, rest.ended) == ([], [], True)
    assert reader.roots.generation == 0
    reader.close()
    writer.close()


def test_a_reader_goes_on_when_the_root_is_renewed_meanwhile(tmp_path: Path, clock: TurnedClock) -> None:
    """Twice even; the pages it reads are under a root it did not know when it began."""
    from mihariban.volume.rotate import rotate

    writer = make(tmp_path, clock)
    for _ in range(6):
        record(writer, clock, size=30_000)
    reader = Volume.read_only(tmp_path, clock=clock)
    scrubber = Scrubber(reader, clock)
    read = scrubber.step(1).chunks
    for _ in range(2):
        rotate(writer)
        report = scrubber.step(1)
        assert (report.damaged, report.findings) == ([], [])
        read += report.chunks
    report = scrubber.step(1 << 40)
    assert (read + report.chunks, report.damaged, report.findings) == (18, [], [])
    reader.close()
    writer.close()


def test_a_pass_covers_all_there_was_while_new_footage_arrives(tmp_path: Path, clock: TurnedClock) -> None:
    """Steps of a few chunks, the state through JSON each time, two clips recorded between any two steps."""
    volume = make(tmp_path, clock, regions=12)
    read: set[tuple[int, int]] = set()
    original = volume.reader.sound

    def sound(page, slot, info) -> bool:  # type: ignore[no-untyped-def]  # passed on
        read.add((page.generation, info.number))
        return original(page, slot, info)

    volume.reader.sound = sound  # type: ignore[method-assign]  # to see what is read
    for _ in range(7):
        record(volume, clock, size=30_000)
    there = {
        (volume.ring.page(info.region).generation, part.number)
        for info in volume.clips()
        for part in volume.chunks(info.clip)
    }
    state, steps = {}, 0
    while not state.get("passes"):
        scrubber = Scrubber(volume, clock, ScrubState.from_json(json.loads(json.dumps(state))))
        report = scrubber.step(70_000)
        assert (report.damaged, report.findings) == ([], [])
        assert report.stored <= 70_000 + 32_768
        state = scrubber.state.as_json()
        record(volume, clock, size=9000)
        steps += 1
    kept = {int(generation) for generation in volume.ring.table.generation}
    assert {each for each in there if each[0] in kept} <= read
    assert len(there) == 21
    assert steps > 5
    assert state["finished"] > START
    volume.close()


def test_an_open_clip_is_read_as_far_as_it_is_durable(tmp_path: Path, clock: TurnedClock) -> None:
    """Not what only the machine's memory has."""
    volume = make(tmp_path, clock)
    writer = volume.begin_clip("front", ClipHeader(bytes(16)))
    writer.append(chunk(clock, 0, b"a" * 900))
    volume.commit()
    writer.append(chunk(clock, 1, b"b" * 900))
    (report,) = _whole_pass(volume, clock)
    assert (report.chunks, report.damaged) == (1, [])
    volume.close()


def test_the_pace_covers_everything_in_the_period(tmp_path: Path, clock: TurnedClock) -> None:
    """Turned day by day at that pace a pass ends within thirty days, though the volume doubles meanwhile."""
    volume = make(tmp_path, clock, regions=40)
    assert pace(volume, MONTH) == 13  # at least a mebibyte a day
    for _ in range(10):
        record(volume, clock, size=30_000)
    period = 30_000 * SECOND
    scrubber, days = Scrubber(volume, clock), 0
    while not scrubber.state.passes:
        scrubber.step(pace(volume, period) * 1000)
        clock.turn(1000 * SECOND)
        days += 1
        if days % 3 == 0:
            record(volume, clock, size=30_000)
    assert days <= 30
    volume.close()


def test_a_state_that_makes_no_sense_begins_anew(tmp_path: Path, clock: TurnedClock) -> None:
    """A lost or damaged note costs a pass, no error; a region number beyond the ring ends the pass."""
    volume = make(tmp_path, clock)
    record(volume, clock)
    for facts in ({}, {"region": "x", "piece": -5}, {"generation": 99, "piece": 7}):
        report = Scrubber(volume, clock, ScrubState.from_json(facts)).step(1 << 40)
        assert (report.chunks, report.ended) == (3, True)
    assert Scrubber(volume, clock, ScrubState(region=999)).step(1 << 40).ended
    volume.close()
