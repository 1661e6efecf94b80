"""A network camera: a real RTSP server on loopback (GStreamer), and no server at all."""

from __future__ import annotations

import io
import itertools
import logging
import socket
import threading
import traceback
from collections.abc import Iterator
from pathlib import Path

import av
import av.logging
import pytest

from mihariban.base.clock import SECOND, SystemClock
from mihariban.base.errors import SourceError
from mihariban.recorder.errors import (
    SourceLoginRefused,
    SourceLost,
    SourceStalled,
    SourceUnreachable,
    SourceUnreadable,
)
from mihariban.recorder.packet import Packet
from mihariban.recorder.sources.credentials import Credentials
from mihariban.recorder.sources.rtsp import RtspLimits, RtspSource
from mihariban.recorder.sources.timeline import TimeLimits
from tests.support.clips import access_units, write_units
from tests.support.rtsp_server import RtspServer, missing

LIMITS = RtspLimits(open_s=3.0, stall_s=0.6, analyze_s=0.2, time=TimeLimits(settle=SECOND // 5))
PASSWORD = "pä:ss/w@rd %?#[]&+"  # a made-up one
LOGIN = Credentials("viewer", PASSWORD)
CLOCK = SystemClock()


@pytest.fixture(scope="module", autouse=True)
def rtsp_possible() -> None:
    why = missing()
    if why:
        pytest.skip(f"no RTSP server here ({why}); install the packages of tools/apt-tests.txt")


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_units(tmp_path_factory.mktemp("clip") / "h264.units", "h264", gop=5)


@pytest.fixture(scope="module")
def server(clip: Path) -> Iterator[RtspServer]:
    with RtspServer(clip, audio=True) as running:
        yield running


def first(source: RtspSource, count: int) -> list[Packet]:
    packets: list[Packet] = []
    stop = threading.Event()
    for packet in source.packets(stop):
        packets.append(packet)
        if len(packets) == count:
            stop.set()
            break
    return packets


def failure(source: RtspSource) -> SourceError:
    with pytest.raises(SourceError) as caught:
        first(source, 1)
    return caught.value


@pytest.mark.rtsp
@pytest.mark.parametrize("codec", ["h264", "hevc"])
def test_packets_come_as_the_camera_sent_them(tmp_path: Path, codec: str) -> None:
    """Byte for byte (the access unit delimiters of the way aside), decodable, key pictures marked, time right."""
    path = write_units(tmp_path / "clip", codec, gop=5)
    sent = [data for data, _, _ in access_units(codec, 60, gop=5)]
    with RtspServer(path, codec=codec) as camera:
        source = RtspSource(camera.url, clock=CLOCK, limits=LIMITS)
        packets: list[Packet] = []
        ages = []
        for packet in source.packets(threading.Event()):
            packets.append(packet)
            ages.append(CLOCK.wall() - packet.wall)
            if len(packets) == 30:
                break
    assert packets[0].key
    assert sum(packet.key for packet in packets) == 6
    pictures_sent = {data[-64:] for data in sent}
    assert all(packet.data[-64:] in pictures_sent for packet in packets)
    assert all(a.dts < b.dts and a.wall < b.wall for a, b in itertools.pairwise(packets))
    # An access unit is handed out when the next begins: a 15th of a second; the rest is the machine.
    assert 0.03 <= ages[-1] / SECOND <= 0.3
    config = packets[0].config
    assert (config.codec, config.width, config.height, config.framing) == (codec, 160, 96, "annexb")
    decoder = av.CodecContext.create(codec, "r")
    decoder.extradata = config.extradata
    decoded = sum(len(decoder.decode(av.Packet(packet.data))) for packet in packets) + len(decoder.decode(None))
    assert decoded == 30


@pytest.mark.rtsp
def test_sound_is_not_even_asked_for(server: RtspServer) -> None:
    """The camera offers a tone; the control sees it, the source's own options do not."""
    with av.open(server.url, options={"rtsp_transport": "tcp"}, timeout=5) as control:
        assert len(control.streams.audio) == 1
    source = RtspSource(server.url, clock=CLOCK, limits=LIMITS)
    connection = source._open()
    try:
        assert [stream.type for stream in connection.container.streams] == ["video"]
    finally:
        connection.close()


@pytest.mark.rtsp
@pytest.mark.parametrize("scheme", ["basic", "digest"])
def test_only_the_right_login_is_let_in(clip: Path, scheme: str) -> None:
    """Right: pictures. Wrong or none: refused, with a code of its own."""
    with RtspServer(clip, auth=scheme, user="viewer", password=PASSWORD) as camera:
        assert first(RtspSource(camera.url, credentials=LOGIN, clock=CLOCK, limits=LIMITS), 2)
        for login in (Credentials("viewer", "wrong"), Credentials("nobody", PASSWORD), None):
            error = failure(RtspSource(camera.url, credentials=login, clock=CLOCK, limits=LIMITS))
            assert isinstance(error, SourceLoginRefused)


@pytest.mark.rtsp
def test_a_password_reaches_no_error_log_or_traceback(
    clip: Path, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    """Refused, unreachable, lost: neither libav's own log, turned up, nor any error carries the login."""
    caplog.set_level(logging.DEBUG)
    av.logging.set_level(av.logging.TRACE)
    wrong = Credentials("viewer", f"{PASSWORD}-wrong")
    shown = io.StringIO()
    try:
        with RtspServer(clip, auth="digest", user="viewer", password=PASSWORD) as camera:
            sources = [
                RtspSource(camera.url, credentials=wrong, clock=CLOCK, limits=LIMITS),
                RtspSource(camera.url.replace("/cam", "/none"), credentials=LOGIN, clock=CLOCK, limits=LIMITS),
                RtspSource("rtsp://127.0.0.1:1/x", credentials=LOGIN, clock=CLOCK, limits=LIMITS),
            ]
            for source in sources:
                error = failure(source)
                print(error, repr(error), source, vars(source), file=shown)
                chain: BaseException | None = error
                while chain is not None:
                    print(repr(chain), *traceback.format_exception(chain), file=shown)
                    chain = chain.__cause__ or chain.__context__
            source = RtspSource(camera.url, credentials=LOGIN, clock=CLOCK, limits=LIMITS)
            running = source.packets(threading.Event())
            next(running)
            assert running.gi_frame is not None  # type: ignore[attr-defined]  # it is a generator
            print(running.gi_frame.f_locals, file=shown)  # type: ignore[attr-defined]
            camera.kill()
            with pytest.raises(SourceLost) as caught:
                list(running)
            print(*traceback.format_exception(caught.value), file=shown)
    finally:
        av.logging.set_level(None)
    out, err = capfd.readouterr()
    everything = shown.getvalue() + out + err + caplog.text
    assert "127.0.0.1" in everything
    for secret in (PASSWORD, "w@rd", "w%40rd", LOGIN.userinfo(), "p%C3%A4"):
        assert secret not in everything


@pytest.mark.rtsp
def test_each_way_of_losing_a_camera_has_its_code(clip: Path) -> None:
    """Killed: lost. Frozen: stalled. Nobody there: unreachable. No such stream: unreadable."""
    with RtspServer(clip) as camera:
        source = RtspSource(camera.url, clock=CLOCK, limits=LIMITS)
        running = source.packets(threading.Event())
        next(running)
        camera.freeze()
        with pytest.raises(SourceStalled):
            list(running)
        frozen = failure(RtspSource(camera.url, clock=CLOCK, limits=RtspLimits(open_s=0.5)))
        assert isinstance(frozen, SourceUnreachable)
        assert "no answer within 0.5 s" in str(frozen)
        camera.thaw()
        assert source.answers(1.0)
        missing_stream = RtspSource(camera.url.replace("/cam", "/none"), clock=CLOCK, limits=LIMITS)
        assert isinstance(failure(missing_stream), SourceUnreadable)
        camera.kill()
        assert isinstance(failure(source), SourceUnreachable)
        assert not source.answers(1.0)


@pytest.mark.rtsp
def test_somebody_who_takes_the_call_and_says_nothing_is_unreachable() -> None:
    """The opening limit holds, whoever listens at the port."""
    with socket.create_server(("127.0.0.1", 0)) as mute:
        url = f"rtsp://127.0.0.1:{mute.getsockname()[1]}/cam"
        error = failure(RtspSource(url, clock=CLOCK, limits=RtspLimits(open_s=0.4)))
    assert isinstance(error, SourceUnreachable)
