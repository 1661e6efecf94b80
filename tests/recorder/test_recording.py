"""A visit's packets in the volume: chunks, clips, and what a power cut can take."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from mihariban.base.clock import HOUR, MINUTE, SECOND, TurnedClock
from mihariban.recorder.buffer import GroupBuffer
from mihariban.recorder.control import Control
from mihariban.recorder.packet import Packet
from mihariban.recorder.recording import Recording
from mihariban.recorder.visit import Visit
from mihariban.volume import Chunk, ClipInfo, Volume, VolumeSpec
from tests.recorder.packets import packet, stream

POLICY = "ab" * 32
START = 1_795_305_600


class Desk:
    """A volume, a book and a recording, driven in seconds after START."""

    def __init__(self, path: Path, region: int = 1 << 20) -> None:
        self.clock = TurnedClock(START * SECOND)
        self.path = path
        self.volume = Volume.create(path, VolumeSpec(16 * region, region, 0.1, "s", "r"), clock=self.clock)
        self.control = Control.create(path / "control.db", site="s", recorder="r", wall=0)
        self.buffer = GroupBuffer(30 * SECOND)
        self.recording = Recording(
            self.volume,
            self.control,
            camera="cam1",
            buffer=self.buffer,
            deadline=lambda _policy, wall: wall + 5760 * HOUR,
            boot=self.clock.boot_id(),
            time_quality=lambda: "synchronised",
        )

    def visit(self, started: float) -> Visit:
        """A visit that begins ``started`` seconds after START."""
        wall = round((START + started) * SECOND)
        visit = Visit(int(started).to_bytes(16, "big"), "cam1", POLICY, wall, wall, "stayed", 0.5)
        self.recording.open(visit)
        return visit

    def write(self, visit: Visit, packets: Iterator[Packet]) -> None:
        """Hand packets on as the pipeline does."""
        for each in packets:
            self.buffer.add(each)
            self.recording.write(visit, each, lead_in=each.wall < visit.recorded_from)

    def close(self, visit: Visit, ended: float) -> None:
        """The visit has ended."""
        visit.ended = visit.recorded_to = round((START + ended) * SECOND)
        visit.end_reason = "empty"
        self.recording.close(visit)

    def clips(self, visit: Visit) -> list[ClipInfo]:
        """Its clips by time."""
        return [clip for clip in self.volume.clips() if clip.visit == visit.id]

    def chunks(self, visit: Visit) -> list[list[Chunk]]:
        """Its chunks, clip by clip."""
        return [list(self.volume.read(clip.clip)) for clip in self.clips(visit)]


@pytest.fixture
def desk(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Desk]:
    desk = Desk(tmp_path / "recorder", getattr(request, "param", 1 << 20))
    yield desk
    desk.volume.close()
    desk.control.close()


def _seconds(begin: float, end: float, **how: float) -> Iterator[Packet]:
    return stream(START + begin, START + end, **how)  # type: ignore[arg-type]  # whole numbers are floats here


def test_packets_come_back_as_they_went_in(desk: Desk) -> None:
    """Bytes, times and key frames, in decoding order, decodable from the first."""
    visit = desk.visit(0)
    sent = list(_seconds(0, 20))
    desk.write(visit, iter(sent))
    desk.close(visit, 20)
    (chunks,) = desk.chunks(visit)
    samples = [sample for chunk in chunks for sample in chunk.samples]
    assert b"".join(chunk.data for chunk in chunks) == b"".join(each.data for each in sent)
    assert [(s.pts, s.dts, s.key) for s in samples] == [(p.pts, p.dts, p.key) for p in sent]
    assert chunks[0].config is not None
    assert chunks[0].config.extradata == sent[0].config.extradata
    assert chunks[0].time_quality == "synchronised"


def test_no_chunk_is_longer_than_a_second(desk: Desk) -> None:
    """At any key-frame distance."""
    visit = desk.visit(0)
    desk.write(visit, _seconds(0, 30, group=20))
    desk.close(visit, 30)
    for chunk in desk.chunks(visit)[0]:
        span = (chunk.samples[-1].pts - chunk.samples[0].pts) / 1000
        assert span < 1


@pytest.mark.parametrize(
    ("group", "chunks_of_twelve_seconds"), [(0.5, 12), (1, 12), (2, 12), (3, 12), (1.5, 16), (12, 12)]
)
def test_a_key_frame_begins_a_chunk(desk: Desk, group: float, chunks_of_twelve_seconds: int) -> None:
    """And chunks do not become more by it where groups last whole seconds; short groups share one."""
    visit = desk.visit(0)
    desk.write(visit, _seconds(0, 12, group=group))
    desk.close(visit, 12)
    (chunks,) = desk.chunks(visit)
    keys = [[sample.key for sample in chunk.samples] for chunk in chunks]
    assert all(flags[0] or not any(flags) for flags in keys)
    assert sum(flags[0] for flags in keys) == 12 / max(1, group)
    assert len(chunks) == chunks_of_twelve_seconds


def test_what_was_written_two_seconds_ago_survives_a_power_cut(desk: Desk) -> None:
    """Nothing is closed, nothing is said goodbye to: the process is gone."""
    visit = desk.visit(0)
    desk.write(visit, _seconds(0, 25.5, group=10))
    desk.volume.ring.failed = True  # nothing more reaches the disk
    desk.volume.close()
    desk.volume = Volume.open(desk.path, clock=desk.clock)
    (clip,) = desk.clips(visit)
    assert clip.end >= round((START + 23.5) * SECOND)


@pytest.mark.parametrize("desk", [4 << 20], indirect=True)
def test_a_clip_is_at_most_a_minute_and_begins_with_a_key_frame(desk: Desk) -> None:
    """A long visit is cut at key frames, and nothing between clips is missing or twice."""
    visit = desk.visit(0)
    desk.write(visit, _seconds(0, 300, group=4))
    desk.close(visit, 300)
    clips = desk.clips(visit)
    assert len(clips) >= 5
    for clip, chunks in zip(clips, desk.chunks(visit), strict=True):
        assert clip.end - clip.start <= MINUTE
        assert chunks[0].samples[0].key
        assert not chunks[0].samples[0].lead_in
    pts = [s.pts for chunks in desk.chunks(visit) for chunk in chunks for s in chunk.samples]
    assert pts == [each.pts for each in _seconds(0, 300, group=4)]


def test_a_cut_inside_a_group_repeats_it_as_a_lead_in(desk: Desk) -> None:
    """No key frame in a minute: the next clip starts with the group's beginning, not shown."""
    visit = desk.visit(0)
    desk.buffer = desk.recording._buffer = GroupBuffer(300 * SECOND)
    desk.write(visit, _seconds(0, 90, group=200))
    desk.close(visit, 90)
    clips = desk.clips(visit)
    first, second = desk.chunks(visit)
    assert clips[0].end - clips[0].start <= MINUTE
    assert second[0].samples[0].key
    assert second[0].samples[0].lead_in
    shown = [s.pts for chunk in (*first, *second) for s in chunk.samples if not s.lead_in]
    assert shown == [each.pts for each in _seconds(0, 90, group=200)]


def test_a_full_region_is_followed_by_another(desk: Desk) -> None:
    """Footage larger than a region goes on in the next one without a picture lost."""
    visit = desk.visit(0)
    desk.write(visit, _seconds(0, 30, group=2, size=9000))
    desk.close(visit, 30)
    assert len({clip.region for clip in desk.clips(visit)}) > 1
    shown = [s.pts for chunks in desk.chunks(visit) for chunk in chunks for s in chunk.samples if not s.lead_in]
    assert shown == [each.pts for each in _seconds(0, 30, group=2)]


def test_the_deadline_counts_from_the_clips_end(desk: Desk) -> None:
    """Not before, not after: 5,760 hours from the last picture."""
    visit = desk.visit(0)
    desk.write(visit, _seconds(0, 20))
    desk.close(visit, 20)
    (clip,) = desk.clips(visit)
    assert clip.deadline == round((START + 19.9) * SECOND) + 5760 * HOUR
    (row,) = desk.control.visits()
    assert row.expires == round((START + 20) * SECOND) + 5760 * HOUR


def test_the_ring_alone_tells_the_visit(desk: Desk) -> None:
    """Its beginning with the first chunk, its end with the last clip."""
    visit = desk.visit(0)
    desk.write(visit, _seconds(0, 20))
    desk.close(visit, 20)
    (chunks,) = desk.chunks(visit)
    assert chunks[0].notes["visit"]["started"] == visit.started
    assert desk.clips(visit)[0].notes["visit_end"]["end_reason"] == "empty"


def test_a_cut_of_the_time_line_begins_a_new_clip(desk: Desk) -> None:
    """Two time lines never share a clip."""
    visit = desk.visit(0)
    desk.write(visit, _seconds(0, 10))
    desk.recording.cut(visit)
    desk.write(visit, iter([packet(START + 100, key=True, broken=True)]))
    desk.close(visit, 101)
    assert len(desk.clips(visit)) == 2
