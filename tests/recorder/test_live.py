"""A real RTSP camera, recorded into a site: login, a second stream for presence, loss and return."""

from __future__ import annotations

import struct
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import av
import pytest

from mihariban.base.clock import SECOND, SiteClock, SystemClock
from mihariban.recorder.control import Control
from mihariban.recorder.record import RecordOrder, record
from mihariban.recorder.site_folder import SiteFolder
from mihariban.recorder.sources.sender_report import NTP_TO_UNIX_S
from tests.support.rtsp_server import RtspServer, missing
from tests.support.sites import make_site, moment
from tests.support.video import FPS, room_video

pytestmark = [
    pytest.mark.rtsp,
    pytest.mark.skipif(missing() is not None, reason=f"NO REAL RTSP CAMERA IS TESTED: {missing()}"),
]
PASSWORD = "p@ss:w/ört"


@pytest.fixture(scope="module")
def units(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Nobody for four seconds, then somebody, as access units for the server."""
    folder = tmp_path_factory.mktemp("live")
    video = room_video(folder / "room.mp4", [(4.0, 14.0)], 40.0, group_s=1)
    target = folder / "units.bin"
    with av.open(str(video)) as container, target.open("wb") as out:
        stream = container.streams.video[0]
        annexb = av.BitStreamFilterContext("h264_mp4toannexb", stream)
        for raw in container.demux(stream):
            for packet in annexb.filter(raw) if raw.dts is not None else []:
                data = bytes(packet)
                out.write(struct.pack(">I", len(data)) + data)
    return target


@pytest.fixture
def camera(units: Path) -> Iterator[RtspServer]:
    """A camera that wants a digest login."""
    with RtspServer(units, fps=FPS, auth="digest", user="viewer", password=PASSWORD) as server:
        yield server


def _site(path: Path, camera: RtspServer, *, substream: bool = False) -> SiteFolder:
    folder = make_site(path, source=camera.url)
    text = folder.site.read_text(encoding="utf-8")
    extra = 'credentials = "cam"\n' + (f'substream = "{camera.url}"\n' if substream else "")
    folder.site.write_text(text.replace("source =", extra + "source ="), encoding="utf-8")
    folder.secrets.write_text(f'[credentials.cam]\nuser = "viewer"\npassword = "{PASSWORD}"\n', encoding="utf-8")
    folder.secrets.chmod(0o600)
    return folder


def _record_until(folder: SiteFolder, enough: Callable[[Control], bool], limit_s: float = 60.0) -> None:
    clock = SiteClock(SystemClock(), moment("2026-11-24 10:00:00"))
    stop = threading.Event()
    worker = threading.Thread(target=record, args=(folder.path, RecordOrder(), stop), kwargs={"clock": clock})
    worker.start()
    book = Control(folder.control, readonly=True)
    deadline = time.monotonic() + limit_s
    while not enough(book) and time.monotonic() < deadline and worker.is_alive():
        time.sleep(0.1)  # a real camera in real time: there is no clock to turn
    said = enough(book)
    book.close()
    stop.set()
    worker.join(30)
    assert not worker.is_alive()
    assert said


@pytest.mark.parametrize("substream", [False, True], ids=["one-stream", "second-stream-for-presence"])
def test_a_visit_before_a_real_camera_is_recorded(tmp_path: Path, camera: RtspServer, substream: bool) -> None:
    """Live, with a login that no log and no file but the secrets knows."""
    folder = _site(tmp_path / "s", camera, substream=substream)
    _record_until(folder, lambda book: any(row.recorded_to for row in book.visits()))
    leaks = [path.name for path in folder.path.rglob("*") if path.is_file() and PASSWORD.encode() in path.read_bytes()]
    assert leaks == ["secrets.toml"]


def test_a_camera_that_reports_a_wrong_time_is_found_and_entered(tmp_path: Path, units: Path) -> None:
    """Its stream tells an hour too much (RTCP); the finding is in the book with its source."""
    told = tmp_path / "clock"
    told.write_text(str(moment("2026-11-24 11:00:00") // SECOND + NTP_TO_UNIX_S))
    with RtspServer(units, fps=FPS, auth="digest", user="viewer", password=PASSWORD, clock=told) as camera:
        folder = _site(tmp_path / "s", camera)
        _record_until(folder, lambda book: any(row.kind == "camera_clock_wrong" for row in book.findings()))
    book = Control(folder.control, readonly=True)
    (found,) = (row for row in book.findings() if row.kind == "camera_clock_wrong")
    book.close()
    assert (found.subject, found.figures["source"]) == ("cam1", "rtcp")
    assert 3_500_000 < int(found.figures["deviation_ms"]) < 3_602_000


def test_a_lost_camera_is_a_gap_with_its_cause(tmp_path: Path, camera: RtspServer) -> None:
    """Killed in the middle of a visit and started again: the visit ends with the last picture, the gap is booked."""
    folder = _site(tmp_path / "s", camera)
    killed: list[bool] = []

    def enough(book: Control) -> bool:
        if not killed and book.visits():
            camera.kill()
            killed.append(True)
        elif killed and len(killed) == 1 and book.gaps():
            camera.start()
            killed.append(True)
        return any(gap.ended is not None for gap in book.gaps())

    _record_until(folder, enough)
    book = Control(folder.control, readonly=True)
    gap = next(gap for gap in book.gaps() if gap.ended is not None)
    assert gap.cause.startswith("MH30")
    assert PASSWORD not in gap.detail
    assert book.visits()[0].end_reason == "camera_lost"
    book.close()
