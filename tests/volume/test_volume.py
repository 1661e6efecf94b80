"""An open volume: who may open it, what is kept, held, destroyed and overwritten."""

from __future__ import annotations

import os
import shutil
import stat
import threading
from pathlib import Path

import pytest
import structlog

from mihariban.base.clock import DAY, SECOND, TurnedClock
from mihariban.volume import (
    ChunkDamaged,
    ClipHeader,
    ClipRefused,
    ClipUnknown,
    HoldShareFull,
    Volume,
    VolumeFull,
    check_volume,
)
from mihariban.volume import storage as storage_module
from mihariban.volume.errors import (
    VolumeCopiesOnWrite,
    VolumeDamaged,
    VolumeExists,
    VolumeInUse,
    VolumeMissing,
    VolumeNoRoom,
    VolumeOfAnotherSite,
    VolumeTruncated,
    WrongKey,
)
from mihariban.volume.layout import BLOCK
from mihariban.volume.placement import placement
from mihariban.volume.storage import Folder
from tests.volume.support import REGION, START, chunk, make, record


@pytest.fixture
def clock() -> TurnedClock:
    return TurnedClock(START)


def _codes(volume: Volume) -> list[str]:
    """Findings, but for what the disk under the tests decides."""
    return [each.code for each in check_volume(volume, deep=True) if each.code != "not-in-place"]


def _smash(path: Path, offset: int, length: int = 8) -> None:
    with path.open("r+b") as file:
        file.seek(offset)
        old = file.read(length)
        file.seek(offset)
        file.write(bytes(byte ^ 0x5A for byte in old))


def test_what_was_recorded_comes_back_after_reopening(tmp_path: Path, clock: TurnedClock) -> None:
    """Chunks, notes and sums are the same from the living volume, from the index and from the ring alone."""
    with_index: list[object] = []
    volume = make(tmp_path, clock)
    clip = record(volume, clock)
    with_index.append((volume.clips(), list(volume.read(clip))))
    volume.close()
    for drop in (False, True):
        if drop:
            Folder(tmp_path).remove("index.db")
        volume = Volume.open(tmp_path, clock=clock)
        with_index.append((volume.clips(), list(volume.read(clip))))
        assert _codes(volume) == []
        volume.close()
    assert with_index[0] == with_index[1] == with_index[2]
    info = with_index[0][0][0]  # type: ignore[index]
    assert (info.start, info.end, info.notes) == (START, START + 3 * SECOND, {"reason": "left"})


def test_an_index_that_lies_is_made_anew(tmp_path: Path, clock: TurnedClock) -> None:
    """A damaged index.db costs only time."""
    volume = make(tmp_path, clock)
    record(volume, clock)
    clips = volume.clips()
    volume.close()
    (tmp_path / "index.db").write_bytes(b"no database at all" * 300)
    volume = Volume.open(tmp_path, clock=clock)
    assert volume.clips() == clips
    volume.close()


def test_one_writer_and_any_readers(tmp_path: Path, clock: TurnedClock) -> None:
    """A second writer is refused; a reader beside the writer sees what was committed and writes nothing."""
    volume = make(tmp_path, clock)
    clip = record(volume, clock)
    with pytest.raises(VolumeInUse):
        Volume.open(tmp_path, clock=clock)
    before = (tmp_path / "ring.vol").read_bytes(), (tmp_path / "keys.tab").read_bytes()
    reader = Volume.read_only(tmp_path, clock=clock)
    assert [len(list(reader.read(clip))), len(reader.clips())] == [3, 1]
    reader.close()
    assert before == ((tmp_path / "ring.vol").read_bytes(), (tmp_path / "keys.tab").read_bytes())
    volume.close()


def test_files_are_private_and_never_sparse(tmp_path: Path, clock: TurnedClock) -> None:
    """root.key is 0600 and every byte of the ring has its block on the disk, none of it zero-filled."""
    make(tmp_path, clock).close()
    assert stat.S_IMODE((tmp_path / "root.key").stat().st_mode) == 0o600
    ring = tmp_path / "ring.vol"
    assert ring.stat().st_blocks * 512 >= ring.stat().st_size
    assert bytes(64) not in ring.read_bytes()[2 * BLOCK :]


def test_a_foreign_volume_is_refused_untouched(tmp_path: Path, clock: TurnedClock) -> None:
    """Another site's volume is named and not even recovered."""
    volume = make(tmp_path, clock)
    volume.begin_clip("front", ClipHeader(bytes(16))).append(chunk(clock, 0, b"x"))
    volume.commit()
    volume.ring.failed = True  # as if the process had ended here
    volume.close()
    before = (tmp_path / "keys.tab").read_bytes()
    with pytest.raises(VolumeOfAnotherSite, match="hall"):
        Volume.open(tmp_path, clock=clock, site="library")
    assert (tmp_path / "keys.tab").read_bytes() == before
    Volume.open(tmp_path, clock=clock, site="hall").close()


@pytest.mark.parametrize("name", ["ring.vol", "keys.tab", "root.key"])
def test_a_missing_part_is_named(tmp_path: Path, clock: TurnedClock, name: str) -> None:
    """Each of the three files is needed."""
    make(tmp_path, clock).close()
    (tmp_path / name).unlink()
    with pytest.raises(VolumeMissing, match=name):
        Volume.open(tmp_path, clock=clock)


@pytest.mark.parametrize("name", ["ring.vol", "keys.tab"])
def test_a_truncated_file_is_refused(tmp_path: Path, clock: TurnedClock, name: str) -> None:
    """One byte less is told with both sizes."""
    make(tmp_path, clock).close()
    os.truncate(tmp_path / name, (tmp_path / name).stat().st_size - 1)
    with pytest.raises(VolumeTruncated, match=name):
        Volume.open(tmp_path, clock=clock)


def test_a_wrong_key_is_told_from_damage(tmp_path: Path, clock: TurnedClock) -> None:
    """A key that does not fit is WrongKey; two broken superblocks are VolumeDamaged; the lock is given back."""
    make(tmp_path, clock).close()
    key = (tmp_path / "root.key").read_bytes()
    (tmp_path / "root.key").write_bytes(bytes(32))
    with pytest.raises(WrongKey):
        Volume.open(tmp_path, clock=clock)
    (tmp_path / "root.key").write_bytes(key)
    _smash(tmp_path / "ring.vol", 100)
    _smash(tmp_path / "ring.vol", BLOCK + 100)
    with pytest.raises(VolumeDamaged):
        Volume.open(tmp_path, clock=clock)


@pytest.mark.parametrize("copy", [0, 1])
def test_one_broken_superblock_is_mended(tmp_path: Path, clock: TurnedClock, copy: int) -> None:
    """Either copy suffices; the next opening finds both."""
    make(tmp_path, clock).close()
    _smash(tmp_path / "ring.vol", copy * BLOCK + 200)
    volume = Volume.open(tmp_path, clock=clock)
    assert [each.code for each in volume.findings] == ["superblock-damaged"]
    volume.close()
    volume = Volume.open(tmp_path, clock=clock)
    assert volume.findings == []
    volume.close()


def test_keys_of_another_volume_are_refused(tmp_path: Path, clock: TurnedClock) -> None:
    """A key table of the same size from elsewhere is named."""
    make(tmp_path / "one", clock).close()
    make(tmp_path / "two", clock, seed=2).close()
    shutil.copy(tmp_path / "two/keys.tab", tmp_path / "one/keys.tab")
    with pytest.raises(VolumeDamaged, match=r"keys\.tab"):
        Volume.open(tmp_path / "one", clock=clock)


def test_a_moved_volume_opens_and_says_so(tmp_path: Path, clock: TurnedClock) -> None:
    """A copied ring lies elsewhere on the disk: a finding, told once at opening and kept in the superblock."""
    volume = make(tmp_path / "one", clock)
    if not volume.superblock.placement:
        volume.close()
        pytest.skip("this file system does not tell extents")
    volume.close()
    shutil.copytree(tmp_path / "one", tmp_path / "two")
    volume = Volume.open(tmp_path / "two", clock=clock)
    assert ("volume-moved", 1) in [(each.code, volume.superblock.moves) for each in volume.findings]
    volume.close()


def test_the_ring_stays_where_it_is(tmp_path: Path, clock: TurnedClock) -> None:
    """After several laps the file has the same extents, blocks and size."""
    volume = make(tmp_path, clock)
    fd = os.open(tmp_path / "ring.vol", os.O_RDONLY)
    try:
        before = (placement(fd, tmp_path), os.fstat(fd).st_blocks, os.fstat(fd).st_size)
        for _ in range(60):
            record(volume, clock, size=20000)
        volume.close()
        assert (placement(fd, tmp_path), os.fstat(fd).st_blocks, os.fstat(fd).st_size) == before
    finally:
        os.close(fd)


def test_creation_refuses_what_it_must(tmp_path: Path, clock: TurnedClock, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is overwritten, room is checked first, a copying file system needs consent and then says E0."""
    make(tmp_path / "one", clock).close()
    with pytest.raises(VolumeExists):
        make(tmp_path / "one", clock)
    monkeypatch.setattr(Folder, "free", lambda _self: 1000)
    with pytest.raises(VolumeNoRoom, match="1000 B"):
        make(tmp_path / "two", clock)
    monkeypatch.undo()
    monkeypatch.setattr(storage_module, "copying_system", lambda _folder: "btrfs")
    with pytest.raises(VolumeCopiesOnWrite, match="btrfs"):
        make(tmp_path / "two", clock)
    assert not (tmp_path / "two").exists()


def test_a_full_disk_midway_leaves_nothing(tmp_path: Path, clock: TurnedClock, monkeypatch: pytest.MonkeyPatch) -> None:
    """ENOSPC while reserving takes away what was made."""

    def full(_self: Folder, _file: object, _size: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Folder, "reserve", full)
    with pytest.raises(VolumeNoRoom):
        make(tmp_path, clock)
    assert list(tmp_path.iterdir()) == []


def test_the_oldest_gives_way_and_a_held_clip_never(tmp_path: Path, clock: TurnedClock) -> None:
    """Through several laps a held clip stays byte for byte; all else goes in the order it came."""
    volume = make(tmp_path, clock)
    first = record(volume, clock)
    kept = list(volume.read(first))
    volume.hold(first)
    region = volume.clip(first).region
    raw = (tmp_path / "ring.vol").read_bytes()[8192 + region * REGION :][: 10 * BLOCK]
    order = [record(volume, clock, size=30000) for _ in range(40)]
    outside = {info.clip for info in volume.clips() if info.region != region}  # its neighbours there stay too
    left = [clip for clip in order if clip in outside]
    assert left == order[-len(left) :]
    assert len(left) < len(order)
    assert list(volume.read(first)) == kept
    assert (tmp_path / "ring.vol").read_bytes()[8192 + region * REGION :][: 10 * BLOCK] == raw
    assert _codes(volume) == ["hold-count"]  # nothing says why it is held
    volume.close()


def test_holds_are_refused_beyond_their_share(tmp_path: Path, clock: TurnedClock) -> None:
    """The refusal carries figures and changes nothing; clips of a region already held cost no more; releases count down."""
    volume = make(tmp_path, clock)  # two of eight regions
    clips = [record(volume, clock, size=36000) for _ in range(4)]
    volume.hold(clips[0])
    volume.hold(clips[0])
    volume.hold(clips[1])
    with pytest.raises(HoldShareFull, match="2 regions, 2 used"):
        volume.hold(clips[2])
    volume.release(clips[0])
    with pytest.raises(ClipRefused):
        volume.destroy(clips[0])
    volume.release(clips[0])
    with pytest.raises(ClipRefused):
        volume.release(clips[0])
    volume.hold(clips[2])
    volume.close()
    volume = Volume.open(tmp_path, clock=clock)
    assert [info.holds for info in volume.clips()] == [0, 1, 1, 0]
    volume.close()


def test_recording_never_shrinks_the_share_for_holds(tmp_path: Path, clock: TurnedClock) -> None:
    """Without holds the regions set aside stay empty; holding one in place lets recording use one of them."""
    volume = make(tmp_path, clock)
    for _ in range(20):
        record(volume, clock, size=36000)
    assert volume.stat().used_regions == 6
    volume.hold(volume.clips()[-2].clip)
    for _ in range(20):
        record(volume, clock, size=36000)
    assert (volume.stat().used_regions, volume.stat().held_regions) == (6, 1)
    volume.close()


def test_a_full_volume_refuses_rather_than_overwrite(tmp_path: Path, clock: TurnedClock) -> None:
    """When every region is open or held there is no victim."""
    volume = make(tmp_path, clock, regions=4, hold_share=0.5)
    for camera in ("a", "b"):
        volume.begin_clip(camera, ClipHeader(bytes(16))).append(chunk(clock, 0, b"x"))
    with pytest.raises(VolumeFull, match="4 in all"):
        volume.begin_clip("c", ClipHeader(bytes(16)))
    volume.close()


def test_a_destroyed_clip_is_gone_and_its_neighbour_stays(tmp_path: Path, clock: TurnedClock) -> None:
    """Also in the ring alone, and while somebody was reading it."""
    volume = make(tmp_path, clock)
    one, two = record(volume, clock), record(volume, clock)
    assert volume.clip(one).region == volume.clip(two).region
    reading = volume.read(one)
    next(reading)
    volume.destroy(one)
    with pytest.raises(ClipUnknown):
        next(reading)
    volume.close()
    Folder(tmp_path).remove("index.db")
    volume = Volume.open(tmp_path, clock=clock)
    assert [info.clip for info in volume.clips()] == [two]
    assert len(list(volume.read(two))) == 3
    volume.close()


def test_two_clocks_on_a_clip(tmp_path: Path, clock: TurnedClock) -> None:
    """Not erased before the minimum, not readable after the deadline; a hold keeps it readable; expired keys go together."""
    volume = make(tmp_path, clock)
    clip = record(volume, clock, minimum=START + DAY, deadline=START + 2 * DAY)
    other = record(volume, clock)
    with pytest.raises(ClipRefused, match="not be erased yet"):
        volume.destroy(clip)
    assert volume.destroy_expired() == []
    clock.turn(3 * DAY)
    with pytest.raises(ClipRefused, match="deadline"):
        list(volume.read(clip))
    volume.hold(clip)
    assert len(list(volume.read(clip))) == 3
    assert volume.destroy_expired() == []
    volume.release(clip)
    assert volume.stat().expired_clips == 1
    assert [info.clip for info in volume.destroy_expired()] == [clip]
    assert [info.clip for info in volume.clips()] == [other]
    volume.set_deadline(other, clock.wall() - 1)
    with pytest.raises(ClipRefused):
        list(volume.read(other))
    volume.close()


def test_a_damaged_chunk_is_named_and_hides_no_neighbour(tmp_path: Path, clock: TurnedClock) -> None:
    """Camera, clip and second are told; the chunks around it are read; also when the ring is all there is."""
    volume = make(tmp_path, clock)
    clip = record(volume, clock)
    info = volume.clip(clip)
    volume.close()
    _smash(tmp_path / "ring.vol", 8192 + info.region * REGION + BLOCK + 3 * BLOCK + 100)
    _smash(tmp_path / "ring.vol", 8192 + (info.region + 1) * REGION - 200)  # the footer too
    Folder(tmp_path).remove("index.db")
    volume = Volume.open(tmp_path, clock=clock)
    damaged: list[ChunkDamaged] = []
    assert len(list(volume.read(clip, damaged))) == 2
    assert [(each.facts["camera"], each.facts["region"]) for each in damaged] == [("front", info.region)]
    assert "footer-damaged" in _codes(volume)
    assert "chunk-damaged" in _codes(volume)
    with pytest.raises(ChunkDamaged):
        list(volume.read(clip))
    volume.close()


@pytest.mark.parametrize("slot", [0, 1])
def test_one_broken_key_page_loses_nothing(tmp_path: Path, clock: TurnedClock, slot: int) -> None:
    """Either slot of a page carries the keys; the check names the broken one and the next opening mends what it can."""
    volume = make(tmp_path, clock)
    clip = record(volume, clock)
    region = volume.clip(clip).region
    volume.close()
    _smash(tmp_path / "keys.tab", BLOCK + (2 * region + slot) * BLOCK + 500)
    reader = Volume.read_only(tmp_path, clock=clock)
    assert "key-page-single" in _codes(reader)
    assert len(list(reader.read(clip))) == 3
    reader.close()


def test_a_region_is_never_continued_by_another_life(tmp_path: Path, clock: TurnedClock) -> None:
    """What was committed before the end of a process stays; what comes later lies in another region."""
    volume = make(tmp_path, clock)
    writer = volume.begin_clip("front", ClipHeader(bytes(16)))
    writer.append(chunk(clock, 0, b"first"))
    volume.commit()
    volume.ring.failed = True
    volume.close()
    left = Volume.read_only(tmp_path, clock=clock)
    assert "region-open" in _codes(left)
    left.close()
    volume = Volume.open(tmp_path, clock=clock)
    old = volume.clips()[0]
    assert [part.data for part in volume.read(old.clip)] == [b"first"]
    assert volume.clip(record(volume, clock)).region != old.region
    volume.close()


def test_overwriting_before_the_minimum_is_said(tmp_path: Path, clock: TurnedClock) -> None:
    """A ring too small for its rule goes on recording, and names every region that went too early."""
    volume = make(tmp_path, clock)
    with structlog.testing.capture_logs() as logs:
        for _ in range(20):
            record(volume, clock, size=36000, minimum=START + 9 * DAY)
    assert {each["event"] for each in logs if each["log_level"] == "warning"} == {"overwritten_before_minimum"}
    volume.close()


def test_figures_tell_what_is_used_and_when_it_goes(tmp_path: Path, clock: TurnedClock) -> None:
    """Sums agree with the clips; at a steady rate the forecast follows from the regions that are free."""
    volume = make(tmp_path, clock)
    assert (volume.stat().overwritten_at, volume.stat().lifetime_hours, volume.stat().oldest) == (None, None, None)
    for _ in range(2):
        record(volume, clock, size=36000)
    volume.hold(volume.clips()[0].clip)
    figures = volume.stat()
    clips = volume.clips()
    assert (figures.clips, figures.seconds, figures.oldest) == (2, 6.0, START)
    assert figures.stored == sum(info.stored for info in clips)
    assert (figures.held_clips, figures.held_bytes) == (1, clips[0].stored)
    assert figures.week_bytes == figures.stored * 7  # a young volume is judged by a day
    assert (figures.lifetime_hours, figures.overwritten_at) == (None, None)  # a minute shows no rate
    clock.turn(DAY - (clock.wall() - START))
    figures = volume.stat()
    usable = figures.usable_regions * figures.region_size
    assert figures.lifetime_hours == pytest.approx(usable / figures.stored * 24)
    volume.close()


def test_a_closed_week_does_not_make_the_forecast_rosy(tmp_path: Path, clock: TurnedClock) -> None:
    """The rate is that of the last week with footage: over the new year nothing is written, and then as before."""
    volume = make(tmp_path, clock)
    for _ in range(3):
        record(volume, clock, size=36000)
        clock.turn(DAY)
    before = volume.stat()
    clock.turn(20 * DAY)
    after = volume.stat()
    assert after.week_bytes == before.week_bytes > 0
    assert after.lifetime_hours == before.lifetime_hours is not None
    volume.close()


def test_a_ring_that_is_full_within_a_day_is_judged_at_once(tmp_path: Path, clock: TurnedClock) -> None:
    """Its oldest footage never gets a day old, and that is what must be told."""
    volume = make(tmp_path, clock)
    while volume.stat().free_regions:
        record(volume, clock, size=36000)
    figures = volume.stat()
    assert figures.oldest is not None and clock.wall() - figures.oldest < DAY
    assert figures.lifetime_hours is not None and figures.overwritten_at is not None
    volume.close()


def test_readers_in_other_threads_see_whole_chunks_only(tmp_path: Path, clock: TurnedClock) -> None:
    """While one thread writes and laps the ring, others get right footage, or that the clip is gone, and nothing else."""
    volume = make(tmp_path, clock)
    record(volume, clock)
    done = threading.Event()
    seen: list[int] = []
    wrong: list[str] = []

    def read() -> None:
        while not done.is_set():
            for info in volume.clips():
                try:
                    parts = list(volume.read(info.clip))
                except ClipUnknown:
                    continue
                except ChunkDamaged as error:
                    wrong.append(str(error))
                    continue
                wrong.extend("mixed" for part in parts if len(set(part.data)) != 1)
                seen.append(len(parts))

    threads = [threading.Thread(target=read) for _ in range(2)]
    for thread in threads:
        thread.start()
    for _ in range(60):
        record(volume, clock, size=30000)
    done.set()
    for thread in threads:
        thread.join()
    volume.close()
    assert wrong == []
    assert seen


def test_a_check_beside_the_recorder_finds_nothing(tmp_path: Path, clock: TurnedClock) -> None:
    """What was written after the checking process opened the volume is not taken for damage."""
    volume = make(tmp_path, clock)
    record(volume, clock)
    reader = Volume.read_only(tmp_path, clock=clock)
    assert [each.code for each in check_volume(reader) if each.code != "not-in-place"] == []
    for _ in range(30):
        record(volume, clock, size=30000)
    volume.destroy(volume.clips()[0].clip)
    assert [each.code for each in check_volume(reader) if each.code != "not-in-place"] == []
    reader.close()
    volume.close()
