"""A camera asked for its time over real HTTP; what it says is bounded, parsed safely, and never taken for fine unseen."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mihariban.base.clock import SECOND, TurnedClock, from_datetime, to_datetime
from mihariban.recorder.health.camera_clock import CameraTime, ask_time, parse_time
from mihariban.recorder.health.errors import CameraClockUnknown

NOW = from_datetime(to_datetime(1_795_000_000 * SECOND))
ANSWER = """<?xml version="1.0" encoding="UTF-8"?>
<env:Envelope xmlns:env="http://www.w3.org/2003/05/soap-envelope" xmlns:tds="http://www.onvif.org/ver10/device/wsdl"
 xmlns:tt="http://www.onvif.org/ver10/schema"><env:Body><tds:GetSystemDateAndTimeResponse><tds:SystemDateAndTime>
<tt:DateTimeType>NTP</tt:DateTimeType><tt:DaylightSavings>false</tt:DaylightSavings>
<tt:UTCDateTime><tt:Time><tt:Hour>{0:%H}</tt:Hour><tt:Minute>{0:%M}</tt:Minute><tt:Second>{0:%S}</tt:Second></tt:Time>
<tt:Date><tt:Year>{0:%Y}</tt:Year><tt:Month>{0:%m}</tt:Month><tt:Day>{0:%d}</tt:Day></tt:Date></tt:UTCDateTime>
<tt:LocalDateTime><tt:Time><tt:Hour>1</tt:Hour></tt:Time></tt:LocalDateTime>
</tds:SystemDateAndTime></tds:GetSystemDateAndTimeResponse></env:Body></env:Envelope>"""


class Camera(ThreadingHTTPServer):
    """Answers every POST with what it was given."""

    answer = b""
    status = 200
    asked = b""


class _Handler(BaseHTTPRequestHandler):
    server: Camera

    def do_POST(self) -> None:
        self.server.asked = self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(self.server.status)
        self.end_headers()
        self.wfile.write(self.server.answer)

    def log_message(self, *_: object) -> None:
        """Silent."""


@pytest.fixture
def camera() -> Iterator[Camera]:
    with Camera(("127.0.0.1", 0), _Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def _ask(camera: Camera) -> CameraTime:
    with httpx.Client() as client:
        return ask_time("cam1", f"http://127.0.0.1:{camera.server_port}/onvif", TurnedClock(NOW), client)


@pytest.mark.parametrize("off_s", [0, 3, -3600, 86_400 * 365])
def test_the_deviation_is_told_within_half_a_second(camera: Camera, off_s: int) -> None:
    """Only the UTC time counts, whatever the local one says."""
    camera.answer = ANSWER.format(to_datetime(NOW + off_s * SECOND)).encode()
    assert _ask(camera).deviation_s == off_s + 0.5
    assert b"GetSystemDateAndTime" in camera.asked


@pytest.mark.parametrize(
    ("answer", "status", "why"),
    [
        (b"", 200, "not XML"),
        (b"<html>login</html>", 401, "HTTP 401"),
        (b"<a>", 200, "not XML"),
        (b"<a/>", 200, "Year"),
        (ANSWER.replace("{0:%H}", "x").format(to_datetime(NOW)).encode(), 200, "no number"),
        (ANSWER.replace("{0:%m}", "13").format(to_datetime(NOW)).encode(), 200, "month"),
        (b"<a>" * 100, 200, "deeply"),
        (b"<a>" + b"x" * 100_000 + b"</a>", 200, "ValueError"),
        (b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', 200, "document type"),
    ],
)
def test_what_cannot_be_understood_is_unknown(camera: Camera, answer: bytes, status: int, why: str) -> None:
    """With the reason; no entity is ever expanded."""
    camera.answer, camera.status = answer, status
    with pytest.raises(CameraClockUnknown, match=why):
        _ask(camera)


def test_a_camera_that_is_away_is_unknown() -> None:
    """Nobody listens there."""
    with httpx.Client() as client, pytest.raises(CameraClockUnknown, match="ConnectError"):
        ask_time("cam1", "http://127.0.0.1:9/onvif", TurnedClock(NOW), client)


@given(st.binary(max_size=300))
def test_any_bytes_give_a_time_or_a_value_error(data: bytes) -> None:
    """Nothing else comes out of the parser."""
    try:
        parse_time(data)
    except ValueError:
        return
    assert b"UTCDateTime" in data
