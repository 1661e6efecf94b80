"""One file of a range: exact at both edges, samples unchanged between them, nothing else in it."""

from __future__ import annotations

import io
import json
import shutil
import subprocess
from pathlib import Path

import av
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mihariban.base.clock import SECOND
from mihariban.recorder.footage import Extract, extract
from mihariban.recorder.footage.errors import NothingToShow
from mihariban.recorder.footage.range import NO_KEY_FRAME
from tests.recorder.footage.scenes import OFFSET, START, Ring, as_before, coded, near, played, ring_of, written

PLAYER = shutil.which("ffprobe")
SPANS = ((2.0, 10.0), (14.05, 22.0))


def _made(ring: Ring, begin: float, end: float, *, exact: bool) -> tuple[bytes, Extract, int]:
    found = ring.select(begin, end)
    made = extract(ring.volume, found, exact=exact)
    data = b"".join(made)
    return data, made, made.origin


def _inside(ring: Ring, begin: float, end: float) -> list[int]:
    low, high = START + round(begin * SECOND), START + round(end * SECOND)
    return sorted(wall for wall in ring.shown if low <= wall < high)


@pytest.mark.parametrize("codec", ["h264", "hevc"])
@pytest.mark.parametrize("framing", ["annexb", "length", "older"])
@pytest.mark.parametrize("bframes", [0, 2])
def test_an_exact_extract_holds_just_the_pictures_inside(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, codec: str, framing: str, bframes: int
) -> None:
    """Stored and shown are the same: by time stamps, by decoding all, and by the facts."""
    as_before(monkeypatch, framing)
    packets = coded(codec, seconds=24, framing=framing, bframes=bframes, gop=30)
    for ring in ring_of(tmp_path / "r", packets, *SPANS):
        data, made, origin = _made(ring, 3.3, 21.17, exact=True)
        expected = _inside(ring, 3.3, 21.17)
        assert near(written(data, origin), expected)
        assert near(played(data, origin), expected)
        facts = made.facts
        assert (facts.frames, facts.bytes, facts.left_out) == (len(expected), len(data), 0)
        assert facts.first is not None
        assert facts.last is not None
        assert near([facts.first, facts.last], [expected[0], expected[-1]])
        assert facts.transcoded == (codec == "hevc")
        assert [hole.reason for hole in facts.holes] == ["no_visit"]


def test_what_is_copied_is_what_was_stored(tmp_path: Path) -> None:
    """Byte for byte between the edges; the edges are told."""
    packets = coded(seconds=16, framing="length", bframes=2, gop=30)
    stored = {each.data for each in packets}
    for ring in ring_of(tmp_path / "r", packets, (2, 14)):
        data, made, origin = _made(ring, 3.3, 11.17, exact=True)
        with av.open(io.BytesIO(data)) as container:
            foreign = [raw for raw in container.demux(video=0) if raw.size and bytes(raw) not in stored]
        walls = sorted(
            START + OFFSET + round((w - START - OFFSET) / SECOND * 15) * SECOND // 15
            for raw in foreign
            for w in [_wall_of(raw, origin)]
        )
        assert walls[0] < START + 4 * SECOND
        assert walls[-1] > START + 11 * SECOND
        assert not [wall for wall in walls if START + 4.01 * SECOND < wall < START + 11.01 * SECOND]
        assert len(made.facts.recoded) == 2


def _wall_of(raw: av.Packet, origin: int) -> int:
    return origin + round(((raw.pts or 0) - 900_000) * SECOND / 90_000)


def test_a_copied_extract_begins_with_a_key_frame(tmp_path: Path) -> None:
    """Nothing is coded anew, and the missing pictures are a hole of their own kind."""
    for ring in ring_of(tmp_path / "r", coded(seconds=16, gop=30), (2, 14)):
        data, made, origin = _made(ring, 3.3, 11, exact=False)
        assert near(written(data, origin), ring.expected(3.3, 11))
        assert made.facts.recoded == []
        assert [hole.reason for hole in made.facts.holes] == [NO_KEY_FRAME]


@settings(max_examples=12, deadline=None)
@given(begin=st.integers(2_000, 12_000), length=st.integers(300, 8_000))
def test_any_range_is_exact(tmp_path_factory: pytest.TempPathFactory, begin: int, length: int) -> None:
    """Provided a key frame lies in it."""
    low, high = begin / 1000, min(14.0, (begin + length) / 1000)
    packets = coded(seconds=16, bframes=2, gop=30)
    for ring in ring_of(tmp_path_factory.mktemp("ring") / "r", packets, (2, 14)):
        if not ring.expected(low, high):
            return
        data, _, origin = _made(ring, low, high, exact=True)
        assert near(played(data, origin), _inside(ring, low, high))


def test_there_is_no_edit_list_and_one_track(tmp_path: Path) -> None:
    """Nothing is hidden by the container instead of left out."""
    for ring in ring_of(tmp_path / "r", coded(seconds=10, bframes=2), (0, 9)):
        data, _, _ = _made(ring, 3.3, 7.17, exact=True)
        assert b"edts" not in data
        assert b"elst" not in data
        assert data.count(b"trak") == 1


def test_pictures_of_two_codings_are_coded_anew(tmp_path: Path) -> None:
    """One file has one coding; the facts say so."""
    ring = Ring(tmp_path / "r")
    ring.visit(coded("h264", seconds=8), 0, 6)
    ring.visit(coded("hevc", seconds=16), 6, 14)
    data, made, origin = _made(ring, 1, 13, exact=False)
    assert made.facts.transcoded
    assert near(played(data, origin), ring.expected(1, 13))
    ring.close()


def test_nothing_to_give_out_is_said(tmp_path: Path) -> None:
    """Before any byte leaves."""
    for ring in ring_of(tmp_path / "r", coded(seconds=10), (0, 9)):
        with pytest.raises(NothingToShow, match="no_visit"):
            extract(ring.volume, ring.select(9.5, 20), exact=True)


@pytest.mark.skipif(PLAYER is None, reason="FFPROBE MISSING: extracts are NOT tried with a player that is not ours")
def test_a_player_that_is_not_ours_shows_the_same(tmp_path: Path) -> None:
    """As many pictures as were asked for, none hidden, no complaint."""
    for ring in ring_of(tmp_path / "r", coded(seconds=24, bframes=2, gop=30), *SPANS):
        data, made, _ = _made(ring, 3.3, 21.17, exact=True)
        command = [
            PLAYER or "",
            "-v",
            "warning",
            "-count_frames",
            "-count_packets",
            "-show_streams",
            "-of",
            "json",
            "-",
        ]
        done = subprocess.run(command, input=data, capture_output=True, check=True, timeout=60)
        (stream,) = json.loads(done.stdout)["streams"]
        assert done.stderr == b""
        assert int(stream["nb_read_frames"]) == int(stream["nb_read_packets"]) == made.facts.frames
