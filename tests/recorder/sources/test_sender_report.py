"""Sender reports of a real RTSP server whose clock can be turned, and what cannot be made of them."""

from __future__ import annotations

import struct
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest
from av.packet import Packet
from av.video.stream import VideoStream
from hypothesis import given
from hypothesis import strategies as st

from mihariban.base.clock import MINUTE, SECOND, SystemClock, to_datetime
from mihariban.recorder.health.clock_judge import CameraClock
from mihariban.recorder.health.health import Health
from mihariban.recorder.sources.rtsp import RtspLimits, RtspSource
from mihariban.recorder.sources.sender_report import LONGEST_WAIT, NTP_TO_UNIX_S, SenderReports, from_ntp
from mihariban.recorder.sources.timeline import Instant, TimeLimits
from tests.support.clips import write_units
from tests.support.rtsp_server import RtspServer, missing

NOW = 1_795_000_000 * SECOND
BEFORE, AFTER = Instant(7 * SECOND, NOW), Instant(8 * SECOND, NOW + SECOND)


class Demuxed:
    """A packet of libavformat's, as far as it is looked at."""

    def __init__(self, report: bytes | None) -> None:
        self._report = report

    def has_sidedata(self, kind: str) -> bool:
        return kind == "rtcp_sr" and self._report is not None

    def get_sidedata(self, kind: str) -> bytes:
        assert kind == "rtcp_sr" and self._report is not None
        return self._report


def _demuxed(report: bytes | None) -> Packet[VideoStream]:
    return cast("Packet[VideoStream]", Demuxed(report))


def _report(wall_s: float, packets: int = 1) -> bytes:
    ntp = int((wall_s + NTP_TO_UNIX_S) * 2**32)
    return struct.pack("=I4xQIII4x", 5, ntp, 90_000, packets, 1000)


def test_ntp_counts_from_1900() -> None:
    """RFC 5905: 1970 is 2,208,988,800 s; a half is the highest bit of the fraction."""
    assert from_ntp(0) == -NTP_TO_UNIX_S * SECOND
    assert from_ntp(NTP_TO_UNIX_S << 32) == 0
    assert from_ntp((NTP_TO_UNIX_S + 1) << 32 | 1 << 31) == 3 * SECOND // 2
    assert to_datetime(from_ntp((1 << 64) - 1)).isoformat().startswith("2036-02-07T06:28:15")


def test_a_report_is_dated_to_the_middle_of_the_time_it_may_have_come_in() -> None:
    """Between the packet before and this one."""
    assert SenderReports().ahead(_demuxed(_report(NOW / SECOND + 0.5)), BEFORE, AFTER) == 0
    assert SenderReports().ahead(_demuxed(_report(NOW / SECOND + 60)), BEFORE, AFTER) == 59.5 * SECOND


def test_what_tells_nothing_is_none() -> None:
    """No report, one seen before, one that came with the first packet, one that may have waited, one of another shape."""
    reports, late = SenderReports(), Instant(BEFORE.monotonic + LONGEST_WAIT + 1, NOW)
    assert reports.ahead(_demuxed(None), BEFORE, AFTER) is None
    assert reports.ahead(_demuxed(_report(0, 1)), None, AFTER) is None
    assert reports.ahead(_demuxed(_report(0, 1)), BEFORE, AFTER) is None
    assert reports.ahead(_demuxed(_report(0, 2)), BEFORE, late) is None
    assert reports.ahead(_demuxed(b"short"), BEFORE, AFTER) is None
    assert reports.ahead(_demuxed(_report(0, 3)), BEFORE, AFTER) == -NOW - SECOND // 2


@given(st.none() | st.binary(max_size=40))
def test_any_bytes_are_a_number_or_nothing(report: bytes | None) -> None:
    """Nothing is raised by what a camera sends."""
    told = SenderReports().ahead(_demuxed(report), BEFORE, AFTER)
    assert told is None or (report is not None and len(report) == 32)


@pytest.fixture
def clock_file(tmp_path: Path) -> Path:
    why = missing()
    if why:
        pytest.skip(f"no RTSP server here ({why}); install the packages of tools/apt-tests.txt")
    path = tmp_path / "clock"
    path.write_text("+0")
    return path


@pytest.fixture
def server(tmp_path: Path, clock_file: Path) -> Iterator[RtspServer]:
    with RtspServer(write_units(tmp_path / "clip", "h264", gop=5), clock=clock_file) as running:
        yield running


@pytest.mark.rtsp
def test_a_real_camera_whose_clock_goes_wrong_right_and_away(server: RtspServer, clock_file: Path) -> None:
    """Turned by an hour: found within a minute, with its figure; put right: over; counted from switching on: unknown."""
    clock = SystemClock()
    health = Health(clock)
    camera = CameraClock("cam1", health, clock, 5.0)
    limits = RtspLimits(analyze_s=0.2, time=TimeLimits(settle=SECOND // 5))
    packets = RtspSource(server.url, clock=clock, limits=limits).packets(threading.Event())

    def until(wanted: bool) -> None:
        limit = clock.monotonic() + MINUTE
        for packet in packets:
            if packet.camera_ahead is not None:
                camera.rtcp(packet.camera_ahead)
            if bool(health.current()) is wanted and bool(camera.deviations()):
                return
            assert clock.monotonic() < limit

    until(False)
    assert abs(camera.deviations()["rtcp"]) < SECOND
    clock_file.write_text("-3600")
    until(True)
    (found,) = health.current()
    assert found.figures["source"] == "rtcp"
    assert abs(int(found.figures["deviation_ms"]) + 3_600_000) < 1000
    clock_file.write_text("+0.5")
    until(False)
    clock_file.write_text("42")
    limit = clock.monotonic() + MINUTE
    while camera.deviations():
        told = next(packets).camera_ahead
        if told is not None:
            camera.rtcp(told)
        assert clock.monotonic() < limit
    assert health.current() == ()
    packets.close()  # type: ignore[attr-defined]  # a generator
