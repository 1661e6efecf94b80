"""From a source into a site: hours, visits, what is on the disk, what survives."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import av
import pytest

from mihariban.base.clock import HOUR, MINUTE, SECOND, TurnedClock
from mihariban.recorder.control import Control
from mihariban.recorder.errors import ControlOfAnotherSite, NoSuchCamera, NotASite, SiteHalfMade
from mihariban.recorder.look import Look, site_visits
from mihariban.recorder.playback import pictures, visit_packets
from mihariban.recorder.record import RecordOrder, record
from mihariban.recorder.service import Recorder
from mihariban.recorder.site_folder import SiteFolder
from mihariban.volume import Volume, check_volume
from mihariban.volume.errors import VolumeOfAnotherSite
from tests.support.sites import JAPAN, make_site, moment
from tests.support.video import CANARY, FPS, room_video

PLAN = [(8.0, 20.0), (30.0, 44.0)]
SECONDS = 56.0


@pytest.fixture(scope="module")
def video(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two visitors in a minute."""
    return room_video(tmp_path_factory.mktemp("video") / "room.mp4", PLAN, SECONDS, canary=True)


def _record(folder: SiteFolder, video: Path, starts_at: str) -> Look:
    began = moment(starts_at)
    clock = TurnedClock(began)
    record(folder.path, RecordOrder(source=str(video), starts_at=began), threading.Event(), clock=clock)
    return site_visits(folder.path, TurnedClock(began + MINUTE))


def _since(wall: int | None, starts_at: str) -> float:
    assert wall is not None
    return (wall - moment(starts_at)) / SECOND


def test_each_visit_is_recorded_whole(tmp_path: Path, video: Path) -> None:
    """Both visitors, from stepping up to having left, with their rolls."""
    look = _record(make_site(tmp_path / "s"), video, "2026-11-24 10:00:00")
    assert len(look.visits) == 2
    for (enter, leave), state in zip(PLAN, look.visits, strict=True):
        visit = state.visit
        assert _since(visit.started, "2026-11-24 10:00:00") == pytest.approx(enter, abs=1.5)
        assert _since(visit.ended, "2026-11-24 10:00:00") == pytest.approx(leave, abs=1.5)
        assert _since(visit.recorded_from, "2026-11-24 10:00:00") <= enter
        assert _since(visit.recorded_to, "2026-11-24 10:00:00") >= leave
        assert state.state == "kept"
        assert visit.expires == (visit.recorded_to or 0) + 5760 * HOUR


def test_what_was_stored_can_be_decoded_from_the_first_picture(tmp_path: Path, video: Path) -> None:
    """Every stored second shows as many pictures as were filmed."""
    folder = make_site(tmp_path / "s")
    look = _record(folder, video, "2026-11-24 10:00:00")
    volume = Volume.read_only(folder.recorder, clock=TurnedClock(moment("2026-11-24 11:00:00")))
    for state in look.visits:
        visit = state.visit
        walls = [wall for wall, _ in pictures(visit_packets(volume, visit.id))]
        inside = [wall for wall in walls if visit.started <= wall < (visit.ended or 0)]
        assert len(inside) >= ((visit.ended or 0) - visit.started) / SECOND * FPS - 1
    volume.close()


@pytest.mark.parametrize(
    "starts_at",
    ["2026-11-28 10:00:00", "2026-11-23 10:00:00", "2026-11-24 22:00:00", "2026-11-24 08:00:00", "2026-12-31 10:00:00"],
    ids=["saturday", "holiday", "night", "before-opening", "year-end"],
)
def test_outside_the_hours_nothing_is_stored(
    tmp_path: Path, video: Path, starts_at: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever happens before the camera, and whatever zone the machine thinks it is in."""
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    folder = make_site(tmp_path / "s")
    look = _record(folder, video, starts_at)
    volume = Volume.read_only(folder.recorder)
    assert volume.clips() == []
    volume.close()
    assert look.visits == []
    assert [(span.camera, span.started) for span in look.closed] == [("cam1", moment(starts_at))]


def test_filming_stops_with_the_closing_minute(tmp_path: Path, video: Path) -> None:
    """The second visitor is still there at 17:15; no picture from then on is stored."""
    folder = make_site(tmp_path / "s")
    look = _record(folder, video, "2026-11-25 17:14:22")
    last = look.visits[-1].visit
    assert last.recorded_to == moment("2026-11-25 17:15:00")
    assert last.end_reason == "closing"
    volume = Volume.read_only(folder.recorder, clock=TurnedClock(moment("2026-11-25 18:00:00")))
    shown = [packet.wall for state in look.visits for packet in visit_packets(volume, state.visit.id)]
    volume.close()
    assert max(shown) < moment("2026-11-25 17:15:00")


def test_filming_starts_with_the_first_key_frame_after_the_opening_minute(tmp_path: Path, video: Path) -> None:
    """The first visitor came before 8:30; nothing of that is stored, the rest is."""
    folder = make_site(tmp_path / "s")
    look = _record(folder, video, "2026-11-25 08:29:47")
    first = look.visits[0].visit
    assert moment("2026-11-25 08:30:00") <= first.recorded_from <= moment("2026-11-25 08:30:02")
    volume = Volume.read_only(folder.recorder, clock=TurnedClock(moment("2026-11-25 09:00:00")))
    packets = list(visit_packets(volume, first.id))
    volume.close()
    assert packets[0].key
    assert packets[0].wall >= moment("2026-11-25 08:30:00")


def test_the_same_input_gives_the_same_visits(tmp_path: Path, video: Path) -> None:
    """Twice into two sites: only the ids differ."""
    facts = []
    for name in ("a", "b"):
        look = _record(make_site(tmp_path / name), video, "2026-11-24 10:00:00")
        facts.append([(v.visit.started, v.visit.ended, v.visit.recorded_from, v.visit.score) for v in look.visits])
    assert facts[0] == facts[1]


def _canaries(video: Path) -> list[bytes]:
    """16-byte windows: of the SEI, of the parameter sets, and of pictures, sampled over the whole file."""
    with av.open(str(video)) as container:
        stream = container.streams.video[0]
        found = [CANARY[:16], bytes(stream.codec_context.extradata or b"")[:16]]
        for number, raw in enumerate(container.demux(stream)):
            data = bytes(raw)
            if len(data) > 64 and number % 3 == 0:
                found.append(data[32:48])
    return found


def _written(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def _leaks(folder: Path, canaries: list[bytes]) -> set[str]:
    return {path.name for path in _written(folder) for canary in canaries if canary in path.read_bytes()}


def test_nothing_readable_is_on_the_disk(tmp_path: Path, video: Path) -> None:
    """No window of the stream is in any file; an unencrypted write beside them is found."""
    folder = make_site(tmp_path / "s")
    _record(folder, video, "2026-11-24 10:00:00")
    canaries = _canaries(video)
    assert len(canaries) > 50
    assert _leaks(folder.path, canaries) == set()
    (folder.recorder / "control.raw").write_bytes(video.read_bytes())
    assert _leaks(folder.path, canaries) == {"control.raw"}


def test_no_key_leaves_its_place(tmp_path: Path, video: Path) -> None:
    """Neither the root key nor a clip's key is in any other file."""
    folder = make_site(tmp_path / "s")
    _record(folder, video, "2026-11-24 10:00:00")
    volume = Volume.read_only(folder.recorder)
    keys = [volume.ring.page(clip.region).entries[clip.slot].key for clip in volume.clips()]
    volume.close()
    root = (folder.recorder / "root.key").read_bytes()
    assert len(keys) >= 2
    assert _leaks(folder.path, keys) == set()
    assert _leaks(folder.path, [root]) == {"root.key"}
    assert (folder.recorder / "root.key").stat().st_mode & 0o077 == 0


def test_a_killed_recorder_loses_at_most_two_seconds(tmp_path: Path, video: Path) -> None:
    """kill -9 in the middle of a visit, again and again; what was filmed two seconds before is there."""
    folder = make_site(tmp_path / "s", size="16MiB")
    script = (
        "import sys, threading\n"
        "from mihariban.base.clock import SystemClock\n"
        "from mihariban.recorder.record import RecordOrder, record\n"
        "from pathlib import Path\n"
        "record(Path(sys.argv[1]), RecordOrder(source=sys.argv[2], starts_at=int(sys.argv[3]), real_time=True),"
        " threading.Event())\n"
    )
    quick = room_video(tmp_path / "quick.mp4", [(2.0, 60.0)], 60.0, group_s=5)
    for number in range(3):
        began = moment(f"2026-11-24 1{number}:00:00")
        child = subprocess.Popen([sys.executable, "-c", script, str(folder.path), str(quick), str(began)])
        life = Control(folder.control, readonly=True)
        deadline = time.monotonic() + 40
        while not any(row.started >= began for row in life.visits()) and time.monotonic() < deadline:
            time.sleep(0.05)  # a real process in real time: there is no clock to turn
        time.sleep(1.0 + 0.7 * number)
        os.kill(child.pid, signal.SIGKILL)
        child.wait()
        life.close()
        clock = TurnedClock(began + 10 * MINUTE)
        with Recorder(folder, clock=clock) as recorder:
            assert [f for f in check_volume(recorder.volume, deep=True) if f.code != "not-in-place"] == []
            row = recorder.control.visits()[-1]
            clips = [clip for clip in recorder.volume.clips() if clip.visit == row.id]
            stored = max(clip.end for clip in clips)
            assert stored - row.recorded_from >= (1.0 + 0.7 * number - 2.0) * SECOND
            assert row.end_reason == "recorder_died"
            assert row.recorded_to is not None


def test_a_scene_is_remembered_over_a_restart(tmp_path: Path, video: Path) -> None:
    """Somebody stands there when the recorder starts: with the memory the visit ends when they leave."""
    folder = make_site(tmp_path / "s")
    _record(folder, video, "2026-11-24 10:00:00")
    occupied = room_video(tmp_path / "occupied.mp4", [(-5.0, 9.0)], 20.0)
    look = _record(folder, occupied, "2026-11-24 11:00:00")
    last = look.visits[-1].visit
    assert _since(last.ended, "2026-11-24 11:00:00") == pytest.approx(9, abs=1.5)
    assert last.end_reason == "scene_empty"


def test_what_is_no_site_is_refused(tmp_path: Path) -> None:
    """With the part that is missing."""
    with pytest.raises(NotASite, match=r"policy\.toml"):
        record(tmp_path, RecordOrder(), threading.Event())


def test_a_site_is_never_overwritten(tmp_path: Path) -> None:
    """A second init changes nothing; to one, a recorder without an office is half a site."""
    folder = make_site(tmp_path / "s")
    before = (folder.recorder / "root.key").read_bytes()
    with pytest.raises(SiteHalfMade):
        make_site(tmp_path / "s")
    assert (folder.recorder / "root.key").read_bytes() == before


def test_a_camera_that_is_not_there_is_named(tmp_path: Path, video: Path) -> None:
    """With those that are."""
    folder = make_site(tmp_path / "s")
    order = RecordOrder(source=str(video), camera="cam9", starts_at=moment("2026-11-24 10:00:00"))
    with pytest.raises(NoSuchCamera, match="cam1"):
        record(folder.path, order, threading.Event())


def test_book_and_volume_of_another_site_are_refused(tmp_path: Path) -> None:
    """A disk put into the wrong machine records nothing."""
    one = make_site(tmp_path / "one")
    other = one.site.read_text(encoding="utf-8").replace('id = "test"', 'id = "elsewhere"')
    one.site.write_text(other, encoding="utf-8")
    with pytest.raises(ControlOfAnotherSite):
        Recorder(one, clock=TurnedClock(moment("2026-11-24 10:00:00")))
    one.control.unlink()
    for key in one.recorder.glob("*.key"):
        if key.name != "root.key":
            key.unlink()
    Control.create(one.control, site="elsewhere", recorder="test-r1", wall=0).close()
    with pytest.raises(VolumeOfAnotherSite):
        Recorder(one, clock=TurnedClock(moment("2026-11-24 10:00:00")))


def test_dates_are_the_sites_not_the_machines(tmp_path: Path, video: Path) -> None:
    """JSON carries the offset of the site's zone."""
    look = _record(make_site(tmp_path / "s"), video, "2026-11-24 10:00:00")
    facts = look.visits[0].as_json("r1", JAPAN)
    assert str(facts["started_at"]).endswith("+09:00")
    assert str(facts["started_at"]).startswith("2026-11-24T10:00:0")
