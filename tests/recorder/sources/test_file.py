"""Video files, good and bad."""

from __future__ import annotations

import itertools
import threading
from fractions import Fraction
from pathlib import Path

import av
import pytest

from mihariban.base.clock import SECOND, TurnedClock
from mihariban.base.errors import SourceError
from mihariban.recorder.errors import (
    SourceCodecUnsupported,
    SourceNoKeyFrame,
    SourceTruncated,
    SourceUnreadable,
)
from mihariban.recorder.packet import Packet
from mihariban.recorder.sources.file import FileSource
from tests.support.clips import access_units, pictures

START = 1_700_000_000 * SECOND
NEVER = threading.Event()


def read(path: Path, **more: object) -> list[Packet]:
    return list(FileSource(path, starts_at=START, **more).packets(NEVER))  # type: ignore[arg-type]


def read_until_error(path: Path) -> tuple[list[Packet], SourceError | None]:
    packets: list[Packet] = []
    try:
        for packet in FileSource(path, starts_at=START).packets(NEVER):
            packets.append(packet)  # noqa: PERF402  # what came before the error counts
    except SourceError as error:
        return packets, error
    return packets, None


def write(path: Path, units: list[tuple[bytes, int, int]]) -> Path:
    """Mux access units of H.264 (data, pts, dts in 1/15 s) as they are."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=15)
        stream.width, stream.height, stream.pix_fmt = 160, 96, "yuv420p"
        stream.time_base = Fraction(1, 15)
        for data, pts, dts in units:
            packet = av.Packet(data)
            packet.stream, packet.time_base = stream, Fraction(1, 15)
            packet.pts, packet.dts = pts, dts
            container.mux(packet)
    return path


def encode(path: Path, count: int = 45, *, codec: str = "libx264", options: dict[str, str] | None = None) -> Path:
    """Encode drawn pictures into whatever container the name says."""
    with av.open(str(path), "w", options=options or {}) as container:
        stream = container.add_stream(codec, rate=15)
        stream.width, stream.height, stream.pix_fmt = 160, 96, "yuv420p"
        stream.gop_size = 15
        if codec == "libx264":
            stream.options = {"preset": "ultrafast", "bf": "2", "b-adapt": "0", "threads": "1"}
        for number, frame in enumerate(pictures(count)):
            frame.pts, frame.time_base = number, Fraction(1, 15)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


@pytest.mark.parametrize("name", ["a.mp4", "a.mkv", "a.ts"])
def test_every_picture_comes_once_at_its_display_time(tmp_path: Path, name: str) -> None:
    """With B pictures: decoding times grow, wall times are those of display, the first is the start."""
    packets = read(encode(tmp_path / name))
    walls = sorted(packet.wall for packet in packets)
    assert len(packets) == 45
    assert [round((wall - START) * 15 / SECOND) for wall in walls] == list(range(45))
    assert all(a.dts < b.dts for a, b in itertools.pairwise(packets))
    assert any(packet.pts != packet.dts for packet in packets)
    assert packets[0].key
    assert not any(packet.broken for packet in packets)


def test_real_time_waits_for_each_moment(tmp_path: Path) -> None:
    """On a clock that moves only while it is waited for, three seconds of film take three seconds."""
    clock = TurnedClock(START)
    path = encode(tmp_path / "a.mp4")
    before = clock.monotonic()
    read(path, clock=clock, real_time=True)
    assert 2.8 <= (clock.monotonic() - before) / SECOND <= 3.0
    before = clock.monotonic()
    read(path, clock=clock)
    assert clock.monotonic() == before


def test_an_edit_list_starts_where_the_viewer_sees_the_first_picture(tmp_path: Path) -> None:
    """Hidden pictures come for the decoder's sake, dated before the start."""
    path = encode(tmp_path / "a.mp4", options={"movflags": "+faststart"})
    with av.open(str(path)) as source, av.open(str(tmp_path / "cut.mp4"), "w") as target:
        video = source.streams.video[0]
        stream = target.add_stream_from_template(video)
        for packet in source.demux(video):
            if packet.dts is None or packet.pts is None:
                continue
            shift = round(Fraction(1, 3) / packet.time_base)
            packet.pts, packet.dts = packet.pts - shift, packet.dts - shift
            packet.stream = stream
            target.mux(packet)
    packets = read(tmp_path / "cut.mp4")
    shown = [packet for packet in packets if packet.wall >= START]
    assert packets[0].key
    assert abs(min(packet.wall for packet in packets) - (START - SECOND // 3)) < SECOND // 1000
    assert abs(min(packet.wall for packet in shown) - START) < SECOND // 100


def test_a_new_size_in_the_middle_is_a_new_configuration(tmp_path: Path) -> None:
    """A transport stream whose camera changed its resolution."""
    small, large = access_units("h264", 15), access_units("h264", 15, width=320, height=192)
    units = small + [(data, pts + 15, dts + 15) for data, pts, dts in large]
    packets = read(write(tmp_path / "a.ts", units))
    assert [packet.config.width for packet in packets] == [160] * 15 + [320] * 15
    assert len({id(packet.config) for packet in packets}) == 2


def test_times_that_jump_back_are_mended(tmp_path: Path) -> None:
    """Two recordings joined, the later one first: they go on growing, the cut is marked at the key frame."""
    packets = read(_joined_ts(tmp_path, access_units("h264", 20)))
    assert len(packets) >= 38
    assert all(a.dts < b.dts for a, b in itertools.pairwise(packets))
    assert all(a.wall < b.wall for a, b in itertools.pairwise(packets))
    assert [packet.key for packet in packets if packet.broken] == [True]


def _joined_ts(folder: Path, units: list[tuple[bytes, int, int]]) -> Path:
    later = [(data, pts + 900, dts + 900) for data, pts, dts in units]
    first, second = write(folder / "late.ts", later), write(folder / "early.ts", units)
    joined = folder / "joined.ts"
    joined.write_bytes(first.read_bytes() + second.read_bytes())
    return joined


def test_a_file_without_times_gets_some(tmp_path: Path) -> None:
    """Bare access units: the usual interval is all there is."""
    path = tmp_path / "a.h264"
    path.write_bytes(b"".join(data for data, _, _ in access_units("h264", 30)))
    packets = read(path)
    assert len(packets) == 30
    assert all(a.dts < b.dts for a, b in itertools.pairwise(packets))


def test_a_file_cut_off_is_used_as_far_as_it_goes(tmp_path: Path) -> None:
    """Half a film: half the pictures, then an error that says so."""
    path = encode(tmp_path / "a.mp4", options={"movflags": "+faststart"})
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) * 6 // 10])
    packets, error = read_until_error(path)
    assert isinstance(error, SourceTruncated)
    assert 5 < len(packets) < 45
    assert error.facts["delivered"] == len(packets)
    assert error.facts["expected"] == 45


def test_a_film_without_a_key_picture_is_refused(tmp_path: Path) -> None:
    """Nothing to start decoding at."""
    units = access_units("h264", 30, gop=30)[1:]
    packets, error = read_until_error(write(tmp_path / "a.ts", units))
    assert packets == []
    assert isinstance(error, SourceNoKeyFrame | SourceUnreadable)


def test_what_stands_before_the_first_key_picture_keeps_its_time(tmp_path: Path) -> None:
    """Five pictures are dropped; the sixth is dated a third of a second after the start."""
    units = access_units("h264", 30, gop=10)[5:]
    packets = read(write(tmp_path / "a.ts", units))
    assert packets[0].key
    assert abs(packets[0].wall - START - SECOND // 3) < SECOND // 20


def test_other_codecs_are_named(tmp_path: Path) -> None:
    """MPEG-4 Part 2 is not kept."""
    _, error = read_until_error(encode(tmp_path / "a.mp4", codec="mpeg4"))
    assert isinstance(error, SourceCodecUnsupported)
    assert error.facts["codec"] == "mpeg4"


def test_what_is_no_film_is_named(tmp_path: Path) -> None:
    """Missing, empty, a folder, text, a film whose index is missing: an error with the reason, never a crash."""
    (tmp_path / "empty.mp4").touch()
    (tmp_path / "text.mp4").write_text("見本" * 1000)
    whole = encode(tmp_path / "whole.mp4").read_bytes()
    (tmp_path / "cut.mp4").write_bytes(whole[: len(whole) // 2])
    reasons = {}
    for name in ("missing.mp4", "empty.mp4", "text.mp4", "cut.mp4", "."):
        packets, error = read_until_error(tmp_path / name)
        assert packets == []
        assert isinstance(error, SourceUnreadable)
        reasons[name] = error.facts["why"]
    assert reasons["empty.mp4"] == "the file is empty"
    assert "No such file" in str(reasons["missing.mp4"])


def test_it_ends_when_told(tmp_path: Path) -> None:
    """No packet after the stop, no error either."""
    stop = threading.Event()
    seen = 0
    for _ in FileSource(encode(tmp_path / "a.mp4")).packets(stop):
        seen += 1
        stop.set()
    assert seen == 1
