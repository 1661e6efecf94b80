"""Holds: exactly the span, counted, verified, refused with figures, and told by the ring alone."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

import pytest

from mihariban.base.clock import DAY, SECOND, TurnedClock
from mihariban.base.files import RealFile
from mihariban.volume import (
    Chunk,
    ClipHeader,
    ClipKind,
    ClipRefused,
    HoldShareFull,
    Sample,
    Volume,
    VolumeSpec,
    check_volume,
)
from mihariban.volume import holding as holding_module
from mihariban.volume.copying import cut, same_samples, shots_of
from mihariban.volume.errors import CopyDiffers, HoldRefused, HoldUnknown
from mihariban.volume.holding import holds, keep, let_go, plan_hold, reconcile
from mihariban.volume.layout import BLOCK
from mihariban.volume.page import RegionState
from mihariban.volume.storage import Folder
from tests.volume.hold_support import CONFIG, pictures, readable, shown, visit
from tests.volume.support import REGION, START, make

HOLD = b"hold-number-one-"
OTHER = b"hold-number-two-"
DEADLINE = START + 30 * DAY


@pytest.fixture
def clock() -> TurnedClock:
    return TurnedClock(START)


@pytest.fixture
def volume(tmp_path: Path, clock: TurnedClock) -> Volume:
    return make(tmp_path, clock, regions=12, hold_share=0.34)


def _place(volume: Volume, start: int, end: int, hold: bytes = HOLD, camera: str = "front") -> holding_module.Kept:
    return keep(volume, plan_hold(volume, camera, start, end), hold, b"article 9")


def _codes(volume: Volume) -> list[str]:
    return [each.code for each in check_volume(volume, deep=True) if each.code != "not-in-place"]


def test_a_hold_keeps_exactly_its_span(volume: Volume, clock: TurnedClock) -> None:
    """A whole clip stays, of the two it cuts the narrower rest is copied; after the deadline that and nothing else is there."""
    clips = [visit(volume, clock, mark=b"v%d" % i, deadline=DEADLINE) for i in range(3)]
    low, high = START + 3 * SECOND + 250_000_000, START + 15 * SECOND
    before = [each for each in shown(volume, clips) if low <= each[0] < high]
    plan = plan_hold(volume, "front", low, high)
    assert [part.info.clip for part in plan.whole] == [clips[1]]
    assert [part.info.clip for part in plan.rests] == [clips[0], clips[2]]
    assert (plan.used, plan.needed, plan.share, plan.fits, plan.gaps) == (0, 2, 4, True, ())
    assert plan.seconds == pytest.approx(11.75)
    kept = keep(volume, plan, HOLD, b"article 9")
    assert (kept.regions, kept.hold.seconds, kept.hold.whole) == (2, plan.seconds, True)
    assert kept.hold.bytes - volume.clip(kept.hold.clip).stored == plan.bytes
    assert [info.notes["source"] for info in volume.clips(kind=ClipKind.COPY)] == [clips[0], clips[2]]
    assert {info.notes["hold"] for info in volume.clips(kind=ClipKind.COPY)} == {HOLD}
    clock.turn_to(DEADLINE)
    gone = volume.destroy_expired()
    assert [each.clip for each in gone] == [clips[0], clips[2]]
    assert all(each.verified for each in gone)
    left = readable(volume) + readable(volume, ClipKind.COPY)
    assert shown(volume, left) == before
    assert _codes(volume) == []
    volume.close()


def test_the_first_pictures_of_a_copy_are_lead_in(volume: Volume, clock: TurnedClock) -> None:
    """From the key frame on everything is stored; what lies before the span is marked, what lies behind is not there."""
    clip = visit(volume, clock, deadline=DEADLINE)
    _place(volume, START + 3 * SECOND + 500_000_000, START + 4 * SECOND)
    copy = volume.clips(kind=ClipKind.COPY)[0]
    chunks = list(volume.read(copy.clip))
    shots = list(shots_of(chunks))
    assert [(shot.wall - START) // 250_000_000 for shot in shots] == [8, 9, 10, 11, 12, 13, 14, 15]
    assert [shot.sample.lead_in for shot in shots] == [True] * 6 + [False] * 2
    assert shots[0].sample.key
    assert chunks[0].config == CONFIG
    assert (copy.start, copy.visit, copy.deadline) == (
        START + 3 * SECOND + 500_000_000,
        volume.clip(clip).visit,
        DEADLINE,
    )
    assert not any(chunk.notes for chunk in chunks)  # those of the visit's beginning are not of this span
    volume.close()


def test_a_picture_shown_later_but_needed_earlier_is_lead_in() -> None:
    """With reordered pictures: those behind the end that come first in decoding order are stored and not shown."""
    order = [0, 3, 1, 2, 6, 4, 5]  # display order of the pictures as they are decoded
    samples = tuple(Sample(1, pts * 100, i * 100, 0, i == 0) for i, pts in enumerate(order))
    chunk = Chunk(0, START, 0, "boot", "ok", CONFIG, samples, b"abcdefg")
    made = cut([chunk], START, START + 300_000_000)
    assert [(s.pts // 100, s.lead_in) for part in made for s in part.samples] == [
        (0, False),
        (3, True),
        (1, False),
        (2, False),
    ]
    made = cut([chunk], START + 100_000_000, START + 300_000_000)
    assert [(s.pts // 100, s.lead_in) for part in made for s in part.samples] == [
        (0, True),
        (3, True),
        (1, False),
        (2, False),
    ]
    assert same_samples([made], [chunk], START + 100_000_000, START + 300_000_000)
    assert not same_samples([made], [chunk], START, START + 300_000_000)
    assert not same_samples(
        [[replace(made[0], data=b"x" * len(made[0].data)), *made[1:]]],
        [chunk],
        START + 100_000_000,
        START + 300_000_000,
    )


def test_sound_and_picture_are_cut_each_for_itself(volume: Volume, clock: TurnedClock) -> None:
    """A second stream keeps its own configuration and only the samples of the span."""
    writer = volume.begin_clip("front", ClipHeader(bytes(16), deadline=DEADLINE))
    sound = replace(CONFIG, codec="aac", width=0, height=0)
    for number in range(4):
        writer.append(pictures(clock, number, b"picture", config=number == 0))
        samples = tuple(Sample(3, number * 1000 + 125 * i, number * 1000 + 125 * i, 125, True) for i in range(8))
        writer.append(
            Chunk(
                1,
                clock.wall(),
                clock.monotonic(),
                clock.boot_id(),
                "ok",
                sound if number == 0 else None,
                samples,
                b"abc" * 8,
            )
        )
        clock.turn(SECOND)
    writer.close()
    volume.commit()
    _place(volume, START + 2_125_000_000, START + 3_125_000_000)
    shots = [s for s in shots_of(list(volume.read(volume.clips(kind=ClipKind.COPY)[0].clip))) if not s.sample.lead_in]
    walls = {stream: [(s.wall - START) // 125_000_000 for s in shots if s.stream == stream] for stream in (0, 1)}
    assert walls == {0: [18, 20, 22, 24], 1: list(range(17, 25))}
    volume.close()


def test_several_holds_are_counted(volume: Volume, clock: TurnedClock) -> None:
    """What two holds keep stays until both are ended; ending one destroys its own copies alone."""
    clips = [visit(volume, clock, mark=b"v%d" % i, deadline=DEADLINE) for i in range(3)]
    _place(volume, START, START + 9 * SECOND)
    _place(volume, START + 6 * SECOND, START + 15 * SECOND, OTHER)
    assert [volume.clip(clip).holds for clip in clips] == [1, 1, 0]
    assert [len(hold.parts) for hold in holds(volume)] == [2, 2]
    let = let_go(volume, OTHER)
    assert (let.released, [each.info.kind for each in let.destroyed]) == (
        (clips[1],),
        [ClipKind.MANIFEST, ClipKind.COPY],
    )
    assert all(each.verified for each in let.destroyed)
    clock.turn_to(DEADLINE)
    assert [each.clip for each in volume.destroy_expired()] == [clips[1], clips[2]]
    assert let_go(volume, HOLD).released == (clips[0],)
    assert [each.clip for each in volume.destroy_expired()] == [clips[0]]
    assert (volume.stat().held_regions, volume.stat().clips, holds(volume)) == (0, 0, [])
    assert _codes(volume) == []
    volume.close()


def test_a_hold_over_what_only_a_copy_still_shows(volume: Volume, clock: TurnedClock) -> None:
    """The copy of one hold is a source like others: kept whole where it fits, copied narrower where not."""
    clip = visit(volume, clock, deadline=DEADLINE)
    _place(volume, START + SECOND, START + 5 * SECOND)
    before = shown(volume, [clip])
    clock.turn_to(DEADLINE)
    volume.destroy_expired()
    _place(volume, START, START + 6 * SECOND, OTHER)  # all there is: the copy, counted twice
    third = b"hold-number-3---"
    _place(volume, START + 3 * SECOND, START + 9 * SECOND, third)
    copies = volume.clips(kind=ClipKind.COPY)
    assert [(info.holds, info.notes["source"]) for info in copies] == [(2, clip), (1, clip)]
    let_go(volume, HOLD)
    assert shown(volume, [copies[0].clip]) == [
        each for each in before if START + SECOND <= each[0] < START + 5 * SECOND
    ]
    let_go(volume, OTHER)
    assert shown(volume, readable(volume, ClipKind.COPY)) == [
        each for each in before if START + 3 * SECOND <= each[0] < START + 5 * SECOND
    ]
    assert _codes(volume) == []
    volume.close()


def test_copies_that_overlap_are_kept_once(volume: Volume, clock: TurnedClock) -> None:
    """Two copies of one clip, the clip gone: a hold over both shows each instant once."""
    clip = visit(volume, clock, deadline=DEADLINE)
    _place(volume, START, START + 4 * SECOND)
    _place(volume, START + 2 * SECOND, START + 6 * SECOND, OTHER)
    before = shown(volume, [clip])
    clock.turn_to(DEADLINE)
    volume.destroy_expired()
    kept = _place(volume, START, START + 6 * SECOND, b"hold-number-3---").hold
    assert shown(volume, [part.clip for part in kept.parts]) == before
    volume.close()


def test_a_hold_that_does_not_fit_changes_nothing(volume: Volume, clock: TurnedClock, tmp_path: Path) -> None:
    """The share, what is used and what would be needed are told; nothing is written."""
    clips = [visit(volume, clock, mark=b"v%d" % i, size=7000, deadline=DEADLINE, seconds=4) for i in range(5)]
    before = volume.stat()
    keys = (tmp_path / "keys.tab").read_bytes()
    plan = plan_hold(volume, "front", START, START + 20 * SECOND)
    assert (plan.fits, plan.share, plan.used, plan.needed, len(plan.whole)) == (False, 4, 0, 6, 5)
    with pytest.raises(HoldShareFull, match="4 regions, 0 used, 6 more needed"):
        keep(volume, plan, HOLD, b"")
    assert (volume.stat(), (tmp_path / "keys.tab").read_bytes()) == (before, keys)
    _place(volume, START, START + 12 * SECOND)
    with pytest.raises(HoldShareFull, match="4 used"):
        _place(volume, START + 12 * SECOND, START + 16 * SECOND, OTHER)
    assert [volume.clip(clip).holds for clip in clips] == [1, 1, 1, 0, 0]
    for lap in range(30):  # recording goes on beside a full share
        visit(volume, clock, mark=b"w%d" % lap, size=7000, seconds=4)
    assert [volume.clip(clip).holds for clip in clips[:3]] == [1, 1, 1]
    volume.close()


def test_what_cannot_be_held_is_refused(volume: Volume, clock: TurnedClock) -> None:
    """A clip still being recorded, an empty span, an id taken, an expired clip, no footage at all."""
    clip = visit(volume, clock, deadline=START + 20 * SECOND)
    writer = volume.begin_clip("front", ClipHeader(bytes(16)))
    writer.append(pictures(clock, 0, b"now", config=True))
    volume.commit()
    plan = plan_hold(volume, "front", START, START + 60 * SECOND)
    assert plan.recording == (writer.clip,)
    with pytest.raises(HoldRefused, match="still being recorded"):
        keep(volume, plan, HOLD, b"")
    writer.close()
    volume.commit()
    with pytest.raises(ValueError, match="empty"):
        plan_hold(volume, "front", START, START)
    with pytest.raises(HoldRefused, match="no footage"):
        _place(volume, START - 60 * SECOND, START)
    _place(volume, START, START + 2 * SECOND)
    with pytest.raises(HoldRefused, match="there already"):
        _place(volume, START, START + 2 * SECOND)
    plan = plan_hold(volume, "front", START, START + 6 * SECOND)
    clock.turn(60 * SECOND)
    with pytest.raises(ClipRefused, match="deadline"):
        keep(volume, plan, OTHER, b"")
    plan = plan_hold(volume, "front", START, START + 6 * SECOND)
    assert (plan.expired, plan.whole[0].source) == ((clip,), clip)  # only the copy is left
    assert plan.gaps == ((START + 2 * SECOND, START + 6 * SECOND),)
    with pytest.raises(HoldUnknown):
        let_go(volume, OTHER)
    volume.close()


def test_a_copy_that_does_not_read_back_is_taken_back(
    volume: Volume, clock: TurnedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A hold on something else than the footage would be worse than none."""
    visit(volume, clock, deadline=DEADLINE)
    before = volume.stat()
    monkeypatch.setattr(holding_module, "same_samples", lambda *_: False)
    with pytest.raises(CopyDiffers):
        _place(volume, START, START + 3 * SECOND)
    after = volume.stat()
    assert (after.held_regions, after.clips, holds(volume)) == (before.held_regions, before.clips, [])
    monkeypatch.undo()
    assert _place(volume, START, START + 3 * SECOND).hold.whole
    volume.close()


def test_holds_outlive_the_index_and_the_process(tmp_path: Path, clock: TurnedClock) -> None:
    """After a restart without index.db everything about a hold comes from the ring; nothing needs to be put right."""
    volume = make(tmp_path, clock, regions=12, hold_share=0.34)
    for i in range(3):
        visit(volume, clock, mark=b"v%d" % i, deadline=DEADLINE)
    _place(volume, START + SECOND, START + 15 * SECOND)
    before = holds(volume)
    assert (before[0].document, before[0].camera, before[0].start) == (b"article 9", "front", START + SECOND)
    volume.close()
    Folder(tmp_path).remove("index.db")
    volume = Volume.open(tmp_path, clock=clock)
    assert holds(volume) == before
    assert reconcile(volume) == []
    assert _codes(volume) == []
    assert volume.ring.table.count(RegionState.OPEN) == 0
    volume.close()


def test_damaged_papers_end_no_hold(tmp_path: Path, clock: TurnedClock) -> None:
    """One broken half costs nothing. With both gone the hold is still told, and nothing it may have named is released."""
    volume = make(tmp_path, clock, regions=12, hold_share=0.34)
    visit(volume, clock, deadline=DEADLINE)
    kept = _place(volume, START, START + 3 * SECOND).hold
    info = volume.clip(kept.clip)
    chunks = volume.chunks(kept.clip)
    volume.close()
    for half in (0, 1):
        with (tmp_path / "ring.vol").open("r+b") as file:
            file.seek(8192 + info.region * REGION + chunks[half].offset + 100)
            file.write(b"damaged!")
        volume = Volume.open(tmp_path, clock=clock)
        if half == 0:
            assert holds(volume) == [kept]
            assert reconcile(volume) == []
        else:
            assert [(hold.hold, hold.whole) for hold in holds(volume)] == [(HOLD, False)]
            assert {each.what for each in reconcile(volume)} == {"damaged", "orphan"}
            assert volume.clip(kept.parts[0].clip).holds == 1
            assert "hold-damaged" in _codes(volume)
        volume.close()


def test_what_a_crash_left_is_put_right(volume: Volume, clock: TurnedClock, monkeypatch: pytest.MonkeyPatch) -> None:
    """Copies without papers go, counts without papers are taken down, and the second look finds nothing."""
    clips = [visit(volume, clock, mark=b"v%d" % i, deadline=DEADLINE) for i in range(2)]
    monkeypatch.setattr(holding_module, "paper_chunks", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        _place(volume, START, START + 9 * SECOND)
    monkeypatch.undo()
    assert volume.clip(clips[0]).holds == 1
    assert sorted(_codes(volume)) == ["hold-copy-orphan", "hold-count"]
    assert {each.what for each in reconcile(volume)} == {"orphan", "count"}
    assert (reconcile(volume), volume.clip(clips[0]).holds, volume.clips(kind=ClipKind.COPY)) == ([], 0, [])
    assert volume.stat().held_regions == 0
    volume.close()


def test_a_clip_that_fills_its_region_is_copied_in_two(tmp_path: Path, clock: TurnedClock) -> None:
    """Cut once more, a full region's footage takes more than a region: nothing of it is lost for that."""
    region = 32 << 10
    spec = VolumeSpec(8192 + 12 * region, region, 0.4, "s", "r")
    volume = Volume.create(tmp_path, spec, clock=clock, random=random.Random(1).randbytes)
    writer = volume.begin_clip("front", ClipHeader(bytes(16), deadline=DEADLINE))
    number = 0
    while writer.append(pictures(clock, number, b"full", 700, config=number == 0)):
        number += 1
        clock.turn(SECOND)
    writer.close()
    volume.commit()
    low, high = START + 250_000_000, START + number * SECOND
    before = [each for each in shown(volume, [writer.clip]) if low <= each[0] < high]
    plan = plan_hold(volume, "front", low, high)
    assert len(plan.rests[0].sizes) == 2
    kept = keep(volume, plan, HOLD, b"")
    assert shown(volume, [part.clip for part in kept.hold.parts]) == before
    assert (kept.regions, kept.hold.seconds) == (plan.needed, pytest.approx(plan.seconds))
    volume.close()


def test_the_last_picture_of_a_group_that_fills_its_region(tmp_path: Path, clock: TurnedClock) -> None:
    """One picture, and all before it as lead-in: there is no room for one chunk more, so none is split."""
    region = 32 << 10
    spec = VolumeSpec(8192 + 12 * region, region, 0.4, "s", "r")
    volume = Volume.create(tmp_path, spec, clock=clock, random=random.Random(1).randbytes)
    clip = visit(volume, clock, seconds=2, size=1900, deadline=DEADLINE)
    low, high = START + 1_750_000_000, START + 2 * SECOND
    before = [each for each in shown(volume, [clip]) if low <= each[0] < high]
    kept = _place(volume, low, high).hold
    assert len(before) == len(kept.parts) == 1
    assert shown(volume, [kept.parts[0].clip]) == before
    assert (kept.parts[0].start, volume.clip(kept.parts[0].clip).chunks) == (low, 2)
    volume.close()


def test_holds_that_ended_give_their_regions_back(volume: Volume, clock: TurnedClock) -> None:
    """After a release recording has more than its part: a new hold takes the oldest from it, never its own source."""
    for i in range(40):
        visit(volume, clock, mark=b"v%d" % i, size=7000, seconds=4, deadline=DEADLINE)
    oldest = volume.clips(kind=ClipKind.VISIT)
    for number in range(4):
        volume.hold(next(info.clip for info in oldest if info.region == sorted({i.region for i in oldest})[number]))
    for i in range(40):
        visit(volume, clock, mark=b"w%d" % i, size=7000, seconds=4, deadline=DEADLINE)
    for info in volume.clips():
        if info.held:
            volume.release(info.clip)
    stat = volume.stat()
    assert (stat.held_regions, stat.used_regions) == (0, 12)
    first = volume.clips(kind=ClipKind.VISIT)[0]
    kept = _place(volume, first.start, first.start + 2 * SECOND).hold
    assert kept.whole
    assert volume.clip(first.clip) == first
    volume.close()


def test_nothing_readable_of_a_hold_is_in_any_file(tmp_path: Path, clock: TurnedClock) -> None:
    """Pictures, document and ids of holds: in none of the files, while it runs and afterwards."""
    volume = make(tmp_path, clock, regions=12, hold_share=0.34)
    mark = b"canary-picture-16"
    clip = visit(volume, clock, mark=mark, deadline=DEADLINE)
    visit(volume, clock, mark=mark, deadline=DEADLINE)
    keep(volume, plan_hold(volume, "front", START, START + 9 * SECOND), HOLD, b"canary-of-document")
    found = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    let_go(volume, HOLD)
    volume.close()
    found += b"".join(path.read_bytes() for path in tmp_path.iterdir())
    for canary in (mark, HOLD, b"canary-of-document", clip, b"mihariban-hold"):
        assert canary not in found


def test_a_failing_disk_during_a_hold(tmp_path: Path, clock: TurnedClock, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever write fails: after opening anew the hold is there with all its parts or not at all."""
    make(tmp_path, clock, regions=12, hold_share=0.34).close()
    volume = Volume.open(tmp_path, clock=clock)
    visit(volume, clock, deadline=DEADLINE)
    volume.close()
    original = RealFile.pwrite
    for fail_at in range(1, 40, 3):
        volume = Volume.open(tmp_path, clock=clock)
        reconcile(volume)
        calls = 0

        def write(self: RealFile, offset: int, data: bytes, fail_at: int = fail_at) -> None:
            nonlocal calls
            calls += 1
            if calls == fail_at:
                raise OSError(5, "no")
            original(self, offset, data)

        monkeypatch.setattr(RealFile, "pwrite", write)
        try:
            _place(volume, START, START + 3 * SECOND)
            done = True
        except holding_module.MiharibanError:
            done = False
        monkeypatch.setattr(RealFile, "pwrite", original)
        volume.close()
        volume = Volume.open(tmp_path, clock=clock)
        reconcile(volume)
        assert reconcile(volume) == []
        assert [hold.whole for hold in holds(volume)] == ([True] if holds(volume) else [])
        assert holds(volume) or not done
        if holds(volume):
            let_go(volume, HOLD)
        assert volume.clips(kind=ClipKind.COPY) == []
        volume.close()


def test_the_block_size_is_what_the_room_is_reckoned_in() -> None:
    """A guard for the figures above."""
    assert (BLOCK, REGION) == (4096, 128 << 10)
