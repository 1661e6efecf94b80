"""The recorder of a site: a failing disk, a calendar, several cameras, lives."""

from __future__ import annotations

import errno
import json
import threading
from pathlib import Path

import pytest

from mihariban.base.clock import MINUTE, SECOND, TurnedClock
from mihariban.base.files import RealFile
from mihariban.ledger.errors import LedgerForked, LedgerRolledBack
from mihariban.policy import CalendarEntry, load_site
from mihariban.recorder.channel import zone_of
from mihariban.recorder.control import Control
from mihariban.recorder.service import Recorder
from mihariban.recorder.site_folder import SiteFolder, create_site
from mihariban.recorder.sources.file import FileSource
from mihariban.volume import VolumeIoError, check_volume
from tests.support.office import OPENING, PERIOD, OfficeSite
from tests.support.sites import SAGA, make_site, moment
from tests.support.video import room_video

OPEN = "2026-11-24 10:00:00"


@pytest.fixture(scope="module")
def video(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One visitor for half a minute."""
    return room_video(tmp_path_factory.mktemp("video") / "room.mp4", [(8.0, 38.0)], 48.0)


def _entry(facts: dict[str, object]) -> CalendarEntry:
    return CalendarEntry.from_json(json.dumps(facts))


def _play(folder: SiteFolder, video: Path, starts_at: int) -> None:
    with Recorder(folder, clock=TurnedClock(starts_at)) as recorder:
        source = FileSource(video, starts_at=starts_at)
        recorder.record_to_the_end(source, recorder.channel(recorder.camera(None)), threading.Event())


def test_recording_goes_on_after_the_disk_has_failed(
    tmp_path: Path, video: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One failed sync in the middle of a visit: it is opened anew, said in the book, and the visit goes on."""
    folder = make_site(tmp_path / "s")
    began = moment(OPEN)
    with Recorder(folder, clock=TurnedClock(began)) as recorder:
        channel = recorder.channel(recorder.camera(None))
        healthy, calls = RealFile.sync, [0]

        def failing(self: RealFile) -> None:
            calls[0] += 1
            if calls[0] == 25:
                raise OSError(errno.EIO, "simulated")
            healthy(self)

        monkeypatch.setattr(RealFile, "sync", failing)
        recorder.record_to_the_end(FileSource(video, starts_at=began), channel, threading.Event())
        monkeypatch.undo()
        assert calls[0] > 25
        (gap,) = [gap for gap in recorder.control.gaps() if gap.cause == "volume_failed"]
        assert gap.ended is not None
        (row,) = recorder.control.visits()
        clips = [clip for clip in recorder.volume.clips() if clip.visit == row.id]
        assert len(clips) >= 2
        shown = sum(clip.end - clip.start for clip in clips) / SECOND
        assert shown >= 30 + 6 - 3
        assert [each.code for each in check_volume(recorder.volume, deep=True)] in ([], ["not-in-place"])


def test_a_closure_in_the_calendar_is_obeyed(tmp_path: Path, video: Path) -> None:
    """Kept in the book; nothing is filmed although the weekday is open."""
    folder = make_site(tmp_path / "s")
    entry = _entry(
        {
            "id": "e1", "kind": "closure", "first_day": "2026-11-24", "last_day": "2026-11-24", "reason_ja": "停電点検",
            "approver_ja": "市長", "document_number": "見本第1号",
        }
    )  # fmt: skip
    control = Control(folder.control)
    control.put_calendar(entry.id, entry.to_json(), moment("2026-11-20 09:00:00"))
    control.close()
    _play(folder, video, moment(OPEN))
    control = Control(folder.control)
    assert control.visits() == []
    control.withdraw_calendar("e1", moment("2026-11-20 10:00:00"))
    control.close()
    _play(folder, video, moment("2026-11-24 11:00:00"))
    control = Control(folder.control, readonly=True)
    assert len(control.visits()) == 1
    control.close()


def test_an_extension_in_the_calendar_is_obeyed(tmp_path: Path, video: Path) -> None:
    """Filmed at eight in the evening, because the mayor said so."""
    folder = make_site(tmp_path / "s")
    entry = _entry(
        {
            "id": "e1", "kind": "extension", "first_day": "2026-11-25", "last_day": "2026-11-25",
            "windows": [["17:15", "20:30"]], "reason_ja": "夜間窓口", "approver_ja": "市長", "document_number": "見本第2号",
        }
    )  # fmt: skip
    control = Control(folder.control)
    control.put_calendar(entry.id, entry.to_json(), 0)
    control.close()
    _play(folder, video, moment("2026-11-25 20:00:00"))
    control = Control(folder.control, readonly=True)
    assert len(control.visits()) == 1
    control.close()


def test_two_cameras_share_a_ring(tmp_path: Path, video: Path) -> None:
    """Each has its own regions and its own visits."""
    file = tmp_path / "site.toml"
    file.write_text(
        '[site]\nid = "two"\npolicy_site = "honchosha-1f"\n[recorder]\nid = "r"\n'
        '[recorder.volume]\nsize = "16MiB"\nregion_size = "512KiB"\n'
        '[[camera]]\nid = "a"\nsource = "a.mp4"\n[[camera]]\nid = "b"\nsource = "b.mp4"\n',
        encoding="utf-8",
    )
    clock = TurnedClock(moment(OPEN))
    folder = create_site(tmp_path / "s", policy_file=SAGA, site=load_site(file), clock=clock)
    with Recorder(folder, clock=clock) as recorder:
        streams = [
            (
                recorder.channel(recorder.camera(name)),
                FileSource(video, starts_at=moment(OPEN)).packets(threading.Event()),
            )
            for name in ("a", "b")
        ]
        for pair in zip(*(packets for _, packets in streams), strict=True):
            for packet, (channel, _) in zip(pair, streams, strict=True):
                recorder.take(channel, packet)
        for channel, _ in streams:
            channel.pipeline.finish(moment(OPEN) + 48 * SECOND)
        regions = {name: {clip.region for clip in recorder.volume.clips(camera=name)} for name in ("a", "b")}
        assert len(recorder.control.visits()) == 2
        assert not regions["a"] & regions["b"]


def test_a_second_recorder_of_the_same_site_is_refused(tmp_path: Path) -> None:
    """One writer; the other says what to do."""
    from mihariban.volume.errors import VolumeInUse

    folder = make_site(tmp_path / "s")
    with Recorder(folder, clock=TurnedClock(moment(OPEN))), pytest.raises(VolumeInUse):
        Recorder(folder, clock=TurnedClock(moment(OPEN)))


def test_each_life_is_in_the_book(tmp_path: Path) -> None:
    """An orderly end tells itself from a crash."""
    folder = make_site(tmp_path / "s")
    clock = TurnedClock(moment(OPEN))
    with Recorder(folder, clock=clock) as recorder:
        clock.turn(MINUTE)
        recorder.tick()
    control = Control(folder.control)
    assert control.begin_life("boot", moment("2026-11-24 11:00:00"))[1] == moment(OPEN) + MINUTE
    control.close()


def test_the_zone_of_a_camera_comes_from_the_site_file(tmp_path: Path) -> None:
    """Without polygons it is the whole picture; what is ignored is never watched."""
    camera = make_site(tmp_path / "s").load_site().camera[0]
    assert zone_of(camera).mask(10, 10).all()
    ignoring = camera.model_copy(update={"ignore": (((0.0, 0.0), (0.5, 0.0), (0.5, 1.0), (0.0, 1.0)),)})
    assert zone_of(ignoring).mask(10, 10).sum() == 50


def _failing_sync(monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(self: RealFile) -> None:
        raise OSError(errno.EIO, "simulated")

    monkeypatch.setattr(RealFile, "sync", failing)


def test_a_disk_that_fails_under_a_duty_is_opened_anew(
    room: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At night nobody is filmed: expiry meets the failure, and the next one does its work all the same."""
    site = OfficeSite(room, tmp_path / "s")
    site.recorder.tick()
    site.clock.turn_to(OPENING + PERIOD + MINUTE)
    with monkeypatch.context() as broken:
        _failing_sync(broken)
        expiring = next(duty for duty in site.recorder.keeper.duties if duty.name == "expire")
        site.recorder.keeper._do(expiring, site.clock.wall())
        assert "expire" in site.recorder.keeper.failures
    site.clock.turn(MINUTE)
    site.recorder.tick()
    assert not site.recorder.failed
    assert site.recorder.volume.clips() == []
    assert site.recorder.keeper.failures == {"volume": "MH212"}
    site.verified()
    site.close()


def test_a_volume_that_cannot_be_opened_is_tried_again(
    room: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The disk is gone for a while: said at the door with its cause, nothing dies, and recording goes on with it."""
    site = OfficeSite(room, tmp_path / "s")
    recorder, ring = site.recorder, site.folder.recorder / "ring.vol"
    site.film(OPENING + 10 * MINUTE)
    ring.rename(ring.with_suffix(".away"))
    with monkeypatch.context() as broken:
        _failing_sync(broken)
        site.film(OPENING + 20 * MINUTE)
    assert recorder.failed
    for _ in range(3):
        site.clock.turn(SECOND)
        recorder.tick()
    assert recorder.failed
    assert site.door.status().site == "test"
    assert not site.door.healthy()
    assert site.door.metrics()
    with pytest.raises(VolumeIoError):
        site.door.visits()
    (gap,) = [gap for gap in recorder.control.gaps() if gap.cause == "volume_failed"]
    assert gap.ended is None
    ring.with_suffix(".away").rename(ring)
    site.clock.turn(SECOND)
    recorder.tick()
    assert not recorder.failed
    site.film(OPENING + 30 * MINUTE)
    (gap,) = [gap for gap in recorder.control.gaps() if gap.cause == "volume_failed"]
    assert gap.ended is not None
    assert gap.ended - gap.started >= 9 * MINUTE
    kept = [state for state in site.door.visits() if state.state == "kept"]
    assert len(kept) >= 6
    site.verified()
    site.close()


def test_a_book_that_was_put_back_does_not_keep_the_recorder_from_ending(room: Path, tmp_path: Path) -> None:
    """An older control.db: its ledger is never signed over what was signed; the ring is closed in order all the same."""
    site = OfficeSite(room, tmp_path / "s")
    site.stop()
    older = site.folder.control.read_bytes()
    site.start()
    site.grant()
    for number in range(5):
        site.recorder.control.begin_gap("cam1", OPENING + number * MINUTE, "test", "")
    site.stop()
    site.folder.control.write_bytes(older)
    site.start()
    site.stop()
    site.start()
    assert site.recorder.volume.clips()
    with pytest.raises((LedgerRolledBack, LedgerForked)):
        site.verified()
    site.close()
