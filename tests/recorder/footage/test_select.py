"""Which pictures a range holds: all that may be shown from its first key frame on, each once, and why the others are not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from mihariban.base.clock import HOUR, SECOND
from mihariban.recorder.footage import media_playlist, media_segment
from mihariban.recorder.footage.errors import NothingToShow, RangeInvalid
from mihariban.recorder.footage.range import NO_KEY_FRAME
from mihariban.volume import ChunkInfo
from mihariban.volume.page import Page
from tests.recorder.footage.scenes import OFFSET, START, Ring, coded, near, ring_of, whole, written

RUNS = ((1.0, 15.0), (20.1, 40.0))


@pytest.fixture(scope="module")
def ring(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ring]:
    """Forty seconds at 15 pictures a second, groups of 1.6 s; nobody from 15 s to 20.1 s; visits meet at 27.3 s."""
    packets = coded(seconds=40, gop=24)
    yield from ring_of(
        tmp_path_factory.mktemp("ring") / "r", packets, (1, 15), (20.1, 27.3), (27.3, 40), region=1 << 17
    )


moments = st.integers(0, 41_000)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@example(begin=0, length=28_600)
@example(begin=0, length=1_000)
@given(begin=moments, length=st.integers(1, 41_000))
def test_the_pictures_of_any_range_are_those_inside_it(ring: Ring, begin: int, length: int) -> None:
    """From the first key frame of each stretch, none missing, none twice, none outside; and the rest are holes."""
    low, high = begin / 1000, (begin + length) / 1000
    found = ring.select(low, high)
    expected = ring.expected(low, high, *RUNS)
    assert found.empty == (not expected)
    if expected:
        assert near(written(whole(ring, found), found.origin), expected)
    spans = sorted([(each.start, each.end) for each in (*found.segments, *found.holes)])
    assert all(end > start for start, end in spans)
    assert all(0 <= after[0] - before[1] <= 1.5 * SECOND for before, after in pairwise(spans))
    assert spans[0][0] >= found.start
    assert spans[-1][1] <= found.end


def test_segments_are_two_to_six_seconds(ring: Ring) -> None:
    """But for the last of a stretch, and begin with a key frame each."""
    found = ring.select(0, 40)
    for segment in found.segments:
        assert ring.shown[min(ring.shown, key=lambda wall: abs(wall - segment.start))]
        if segment.cut:
            assert 2 <= segment.seconds <= 6


def test_a_range_where_nobody_came_is_empty_and_says_so(ring: Ring) -> None:
    """With the caller's reason."""
    found = ring.select(16, 19)
    assert found.empty
    assert [(hole.start, hole.end, hole.reason) for hole in found.holes] == [(found.start, found.end, "no_visit")]
    with pytest.raises(NothingToShow, match="no_visit"):
        media_playlist(found)


def test_a_range_shorter_than_a_group_may_hold_no_key_frame(ring: Ring) -> None:
    """It is not widened to the next one."""
    key = min(wall for wall, is_key in ring.shown.items() if is_key and wall > START + 5 * SECOND)
    low = (key - START) / SECOND + 0.1
    found = ring.select(low, low + 0.4)
    assert found.empty
    assert [hole.reason for hole in found.holes] == [NO_KEY_FRAME]


def test_a_range_that_ends_before_it_begins_is_refused(ring: Ring) -> None:
    """Also an empty one."""
    for end in (3, 2):
        with pytest.raises(RangeInvalid):
            ring.select(3, end)


def test_what_the_book_says_now_counts(tmp_path: Path) -> None:
    """A visit that is shown less far than was said, and one that may not be shown at all."""
    for ring in ring_of(tmp_path / "r", coded(seconds=20), (1, 10), (10, 18)):
        first, second = ring.visible
        ring.visible[first] = (START + 2 * SECOND, START + 7 * SECOND)
        del ring.visible[second]
        found = ring.select(0, 20)
        walls = written(whole(ring, found), found.origin)
        assert near([walls[0], walls[-1]], [START + OFFSET + 2 * SECOND, START + OFFSET + 7 * SECOND - SECOND // 15])
        assert found.holes[-1].start <= START + 7 * SECOND


def test_a_visit_that_is_recorded_plays_up_to_what_is_durable(tmp_path: Path) -> None:
    """And a list that is followed names only segments that stay as they are."""
    packets = coded(seconds=40)
    ring = Ring(tmp_path / "r")
    visit = ring.visit(packets[: 15 * 20], 1, 40, leave_open=True)
    found = ring.select(0, 40)
    shown = written(whole(ring, found), found.origin)
    assert START + 18 * SECOND < shown[-1] < START + 20 * SECOND
    followed = ring.select(0, 40, follow=True)
    names = [(each.name, each.start, each.end) for each in followed.segments]
    assert 0 < len(names) < len(found.segments)
    assert "ENDLIST" not in media_playlist(followed)
    for each in packets[15 * 20 :]:
        ring.buffer.add(each)
        ring.recording.write(visit, each, lead_in=False)
    later = ring.select(0, 40, follow=True)
    assert [(each.name, each.start, each.end) for each in later.segments][: len(names)] == names
    assert len(later.segments) > len(names)
    ring.close()


def test_erased_and_expired_footage_is_a_hole(tmp_path: Path) -> None:
    """Its neighbours play."""
    for ring in ring_of(tmp_path / "r", coded(seconds=20), (1, 8), (8, 18)):
        clips = ring.volume.clips()
        ring.volume.destroy(clips[0].clip, before_minimum=True)
        found = ring.select(0, 18)
        assert found.holes[0].reason == "no_visit"
        assert near(written(whole(ring, found), found.origin), ring.expected(0, 18, (8, 18)))
        ring.clock.turn(5761 * HOUR)
        assert ring.select(0, 18).empty


def test_the_table_of_a_clip_tells_all_chunks(ring: Ring) -> None:
    """Without decrypting; and a single chunk can be read."""
    clip = ring.volume.clips()[0].clip
    table = ring.volume.chunks(clip)
    assert [each.wall for each in table] == [chunk.wall for chunk in ring.volume.read(clip)]
    wanted = table[len(table) // 2]
    assert [chunk.wall for chunk in ring.volume.read(clip, only=[wanted])] == [wanted.wall]


def test_key_frames_are_found_without_decrypting(ring: Ring, monkeypatch: pytest.MonkeyPatch) -> None:
    """One chunk of each clip tells the coding. Footage whose tables do not say so is decrypted, and gives the same."""
    volume = ring.volume
    piece, chunks = volume.reader.whole, volume.chunks
    opened: list[ChunkInfo] = []

    def noted(page: Page, slot: int, info: ChunkInfo) -> tuple[bytes, int] | None:
        opened.append(info)
        return piece(page, slot, info)

    monkeypatch.setattr(volume.reader, "whole", noted)
    known = ring.select(0, 40)
    assert len(opened) == len({each.clip for segment in known.segments for each in segment.pieces})
    older = {clip.clip: [replace(info, aligned=False) for info in chunks(clip.clip)] for clip in volume.clips()}
    monkeypatch.setattr(volume, "chunks", lambda clip: older[clip])
    found = ring.select(0, 40)
    assert len(opened) > 2 * len(older)
    assert [(each.start, each.end, each.fresh) for each in found.segments] == [
        (each.start, each.end, each.fresh) for each in known.segments
    ]


def test_a_segment_alone_lies_in_the_range(ring: Ring) -> None:
    """Its reply tells the first and last picture."""
    found = ring.select(3.3, 37.03)
    for segment in found.segments:
        reply = media_segment(ring.volume, found, segment.number)
        assert found.start <= reply.first <= reply.last < found.end
        assert reply.first == segment.start
        assert (reply.damaged, reply.left_out, reply.transcoded) == ((), 0, False)
