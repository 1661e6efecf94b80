"""Segments as a player gets them: every coding and framing, damage, pictures coded anew."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from mihariban.base.clock import SECOND
from mihariban.recorder.footage import Range, init_segment, media_playlist, media_segment
from mihariban.recorder.footage.errors import CodecNotPlayable, SegmentDamaged, SegmentUnknown
from mihariban.recorder.footage.range import DAMAGED
from tests.recorder.footage.scenes import OFFSET, START, Ring, as_before, coded, near, played, ring_of, whole, written


@pytest.mark.parametrize("codec", ["h264", "hevc"])
@pytest.mark.parametrize("framing", ["annexb", "length", "older"])
@pytest.mark.parametrize("bframes", [0, 2])
def test_every_picture_is_played(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, codec: str, framing: str, bframes: int
) -> None:
    """A decoder shows what was stored, in order, over a hole; key frames and limits coincide here."""
    as_before(monkeypatch, framing)
    packets = coded(codec, seconds=24, framing=framing, bframes=bframes, gop=30)
    for ring in ring_of(tmp_path / "r", packets, (2, 10), (14, 22)):
        found = ring.select(0, 24)
        assert len({segment.fresh for segment in found.segments}) == 2
        assert near(played(whole(ring, found), found.origin), ring.expected(0, 24, (2, 10), (14, 22)))


@pytest.mark.parametrize("codec", ["h264", "hevc"])
@pytest.mark.parametrize("meet", [6.03, 6.1, 6.17, 6.24])
def test_visits_that_meet_play_without_a_seam(tmp_path: Path, codec: str, meet: float) -> None:
    """Also where the last B pictures of the first are stored only as lead-in of the second."""
    packets = coded(codec, seconds=12, bframes=2, gop=30)
    for ring in ring_of(tmp_path / "r", packets, (0, meet), (meet, 12)):
        found = ring.select(0, 12)
        assert near(played(whole(ring, found), found.origin), sorted(each.wall for each in packets))
        first, _ = ring.visible
        del ring.visible[first]
        alone = ring.select(0, 12)
        assert alone.origin > START + 7.9 * SECOND
        assert near(played(whole(ring, alone), alone.origin), ring.expected(meet, 12))


@pytest.mark.parametrize("codec", ["h264", "hevc"])
def test_a_stream_with_b_pictures_ends_early_and_never_late(tmp_path: Path, codec: str) -> None:
    """The last pictures may need one that is displayed after the range; the reply counts them."""
    packets = coded(codec, seconds=12, bframes=2, gop=30)
    for ring in ring_of(tmp_path / "r", packets, (2, 12)):
        for end in (7.03, 7.1, 7.17, 7.24):
            found = ring.select(0, end)
            expected = ring.expected(0, end)
            shown = written(whole(ring, found), found.origin)
            last = media_segment(ring.volume, found, found.segments[-1].number)
            assert near(shown, expected[: len(shown)])
            assert len(expected) - len(shown) == last.left_out <= 2


@pytest.mark.parametrize("codec", ["h264", "hevc"])
@pytest.mark.parametrize("bframes", [0, 2])
def test_pictures_coded_anew_are_as_many_and_marked(tmp_path: Path, codec: str, bframes: int) -> None:
    """Each segment can be made alone, open groups included; the first bytes tell H.264."""
    packets = coded(codec, seconds=14, bframes=bframes, gop=15)
    for ring in ring_of(tmp_path / "r", packets, (1, 13)):
        found = ring.select(0, 13.01, transcode=True)
        assert b"avc1" in init_segment(found, 0).data
        assert init_segment(found, 0).transcoded
        assert media_segment(ring.volume, found, 1).transcoded
        expected = ring.expected(0, 13.01)
        assert near(played(whole(ring, found), found.origin), expected)


def test_each_segment_decodes_alone(tmp_path: Path) -> None:
    """In any order: its time does not depend on the one before."""
    for ring in ring_of(tmp_path / "r", coded(seconds=20), (1, 19)):
        found = ring.select(0, 19)
        init = init_segment(found, 0).data
        for segment in reversed(found.segments):
            reply = media_segment(ring.volume, found, segment.number)
            walls = played(init + reply.data, found.origin)
            assert near([walls[0], walls[-1], len(walls)], [reply.first, reply.last, reply.frames])


def _spoil(ring: Ring, second: float, path: Path) -> None:
    """Flip a bit in the chunk that shows a moment."""
    wall = START + OFFSET + round(second * SECOND)
    for clip in ring.volume.clips():
        for info in ring.volume.chunks(clip.clip):
            if info.wall <= wall < info.wall + info.duration:
                with (path / "ring.vol").open("r+b") as file:
                    file.seek(ring.volume.shape.offset(clip.region) + info.offset + 200)
                    byte = file.read(1)
                    file.seek(-1, 1)
                    file.write(bytes([byte[0] ^ 1]))
                return
    raise AssertionError("no such chunk")


def test_a_damaged_chunk_is_named_and_its_neighbours_play(tmp_path: Path) -> None:
    """Within a segment: up to the damage, and from the next key frame on."""
    for ring in ring_of(tmp_path / "r", coded(seconds=20, gop=15), (0, 20)):
        found = ring.select(0, 20)
        victim = found.segments[2]
        _spoil(ring, (victim.start - START - OFFSET) / SECOND + 1.5, tmp_path / "r")
        reply = media_segment(ring.volume, found, victim.number)
        (second,) = reply.damaged
        assert second.startswith(f"2026-11-22T00:00:{(victim.start - START) // SECOND + 1:02}")
        shown = written(whole(ring, found), found.origin)
        assert 0 < len(ring.expected(0, 20)) - len(shown) <= 29
        assert shown[-1] > victim.end
        assert played(whole(ring, found), found.origin) == shown


def test_a_segment_of_which_nothing_is_left_becomes_a_hole(tmp_path: Path) -> None:
    """Refused with camera and second; the range without it plays and says why."""
    for ring in ring_of(tmp_path / "r", coded(seconds=20, gop=45), (0, 20)):
        found = ring.select(0, 20)
        victim = found.segments[1]
        for second in range(round(victim.seconds)):
            _spoil(ring, (victim.start - START - OFFSET) / SECOND + second, tmp_path / "r")
        with pytest.raises(SegmentDamaged, match="cam1"):
            media_segment(ring.volume, found, victim.number)
        rest = found.without(victim.number)
        assert [hole.reason for hole in rest.holes if hole.start == victim.start] == [DAMAGED]
        listed = media_playlist(rest)
        assert victim.name not in listed
        assert listed.count("#EXT-X-DISCONTINUITY") == 1
        assert f'X-REASON="{DAMAGED}"' in listed
        walls = written(whole(ring, rest), rest.origin)
        assert not [wall for wall in walls if victim.start <= wall < victim.end]


def test_what_the_playlist_does_not_name_is_refused(tmp_path: Path) -> None:
    """Segments and initialisations."""
    for ring in ring_of(tmp_path / "r", coded(seconds=5), (0, 4)):
        found = ring.select(0, 4)
        for number in (-1, len(found.segments)):
            with pytest.raises(SegmentUnknown):
                media_segment(ring.volume, found, number)
            with pytest.raises(SegmentUnknown):
                init_segment(found, number)


def test_a_coding_without_parameter_sets_is_refused(tmp_path: Path) -> None:
    """With the camera."""
    for ring in ring_of(tmp_path / "r", coded(seconds=5), (0, 4)):
        found: Range = ring.select(0, 4)
        bare = replace(found, configs=(replace(found.configs[0], extradata=b""),))
        with pytest.raises(CodecNotPlayable, match="cam1"):
            init_segment(bare, 0)
