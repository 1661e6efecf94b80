"""Which packets are decoded, what is kept, and what bad input does."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from functools import cache

import av
import numpy as np
import pytest
from av.video.codeccontext import VideoCodecContext

from mihariban.base.clock import SECOND
from mihariban.recorder.packet import Packet, StreamConfig
from mihariban.recorder.presence import PresenceEvent, PresenceSettings, Watcher, Zone
from tests.recorder import packets as undecodable
from tests.recorder.presence.drawing import HEIGHT, START, WIDTH, Draw, room, visitor

FPS = 10


@cache
def clip(
    codec: str = "libx264", group_s: float = 1.0, size: int = 2, enter: float = 8, leave: float = 20
) -> tuple[Packet, ...]:
    """Thirty seconds with one visitor, as a camera would send them; ``size`` enlarges the picture."""
    return tuple(encoded(visitor(enter, leave), 30, codec, group_s, size))


def encoded(draw: Draw, seconds: float, codec: str, group_s: float, size: int) -> Iterator[Packet]:
    encoder = VideoCodecContext.create(codec, "w")
    assert isinstance(encoder, VideoCodecContext)
    encoder.width, encoder.height, encoder.pix_fmt = WIDTH * size, HEIGHT * size, "yuv420p"
    encoder.time_base, encoder.framerate = Fraction(1, 1000), Fraction(FPS)
    encoder.gop_size, encoder.thread_count = round(group_s * FPS), 1
    encoder.options = {"preset": "ultrafast", "tune": "zerolatency", "x265-params": "log-level=none:pools=none"}
    if codec == "libx264":
        encoder.options = {"preset": "ultrafast", "tune": "zerolatency", "sc_threshold": "0"}
    noise, config = np.random.default_rng(5), None
    for number in [*range(round(seconds * FPS)), None]:
        frame = None
        if number is not None:
            luma = np.kron(draw(number / FPS), np.ones((size, size))) + noise.normal(
                0, 2, (HEIGHT * size, WIDTH * size)
            )
            grey = np.full((HEIGHT * size * 3 // 2, WIDTH * size), 128, np.uint8)
            grey[: HEIGHT * size] = np.clip(luma, 0, 255)
            frame = av.VideoFrame.from_ndarray(grey, "yuv420p")
            frame.pts, frame.time_base = number * 1000 // FPS, Fraction(1, 1000)
        for raw in encoder.encode(frame):
            config = config or StreamConfig(
                "h264" if codec == "libx264" else "hevc", encoder.width, encoder.height, Fraction(1, 1000),
                bytes(encoder.extradata or b""), "annexb",
            )  # fmt: skip
            wall = START + (raw.pts or 0) * SECOND // 1000
            yield Packet(bytes(raw), raw.pts or 0, raw.dts or 0, raw.is_keyframe, wall, wall, config)


def watched(
    packets: tuple[Packet, ...] | list[Packet], watcher: Watcher | None = None
) -> tuple[Watcher, list[PresenceEvent]]:
    watcher = watcher or Watcher(PresenceSettings(), Zone.whole())
    events = [event for packet in packets for event in watcher.feed(packet)]
    return watcher, events + watcher.finish(packets[-1].wall)


def spans(events: list[PresenceEvent]) -> list[tuple[str, float]]:
    return [(event.kind, (event.at - START) / SECOND) for event in events if event.kind in ("enter", "leave")]


@pytest.mark.parametrize("codec", ["libx264", "libx265"])
@pytest.mark.parametrize("group_s", [0.5, 4.0, 30.0])
def test_a_visit_is_dated_alike_at_every_key_frame_distance(codec: str, group_s: float) -> None:
    """From half a second to a single key frame in the whole clip, H.264 and H.265."""
    _, events = watched(clip(codec, group_s))
    assert spans(events) == [("enter", pytest.approx(8, abs=0.6)), ("leave", pytest.approx(20, abs=0.6))]


def test_hardly_anything_is_decoded_while_nobody_is_there() -> None:
    """After the first seconds only key frames, and not all of those where they are dear."""
    packets = clip(enter=100, leave=101)
    watcher, events = watched(packets)
    assert spans(events) == []
    keys = sum(packet.key for packet in packets)
    assert watcher.decoded <= keys + 2.5 * FPS
    dear = Watcher(PresenceSettings(look_cost_s_per_pixel=1e-6), Zone.whole())
    assert [event for packet in packets for event in dear.feed(packet) if event.kind == "enter"] == []
    assert dear.decoded < watcher.decoded


def test_events_are_never_dated_further_back_than_promised() -> None:
    """Long groups and rare looks included."""
    for group_s in (0.5, 4.0):
        watcher, events = watched(clip("libx264", group_s))
        assert all((event.decided_at - event.at) / SECOND <= watcher.decision_delay_s for event in events)
        assert all(event.at <= event.decided_at for event in events)


def test_the_same_packets_give_the_same_events() -> None:
    """No clock, no randomness."""
    assert watched(clip())[1] == watched(clip())[1]


def test_the_end_of_the_input_closes_a_visit() -> None:
    """With that reason, at its last picture."""
    packets = [packet for packet in clip() if packet.wall < START + 15 * SECOND]
    watcher, events = watched(packets)
    assert (events[-1].kind, events[-1].reason, events[-1].at) == ("leave", "end_of_input", packets[-1].wall)
    assert not watcher.occupied
    assert watcher.finish(packets[-1].wall) == []


def test_somebody_who_left_between_the_last_looks_is_not_kept_to_the_end() -> None:
    """What was buffered is examined before the end is told."""
    packets = [packet for packet in clip("libx264", 4.0) if packet.wall < START + 22 * SECOND]
    _, events = watched(packets)
    assert spans(events)[-1] == ("leave", pytest.approx(20, abs=0.6))


def test_an_interruption_closes_the_visit_and_the_next_one_knows_the_scene() -> None:
    """A lost camera, and the same memory in a new watcher while somebody stands there."""
    packets = clip()
    watcher = Watcher(PresenceSettings(), Zone.whole())
    events = [event for packet in packets[:150] for event in watcher.feed(packet)]
    assert watcher.occupied
    assert watcher.since == events[-1].at
    assert watcher.scene_changed
    closed = watcher.interrupted(packets[149].wall, "camera_lost")
    assert [(event.kind, event.reason) for event in closed] == [("leave", "camera_lost")]
    again = Watcher(PresenceSettings(), Zone.whole(), scene=watcher.scene())
    assert not watcher.scene_changed
    _, events = watched(list(packets[160:]), again)
    assert spans(events) == [("enter", pytest.approx(16, abs=0.2)), ("leave", pytest.approx(20, abs=0.6))]


def test_a_cut_time_line_keeps_the_visit() -> None:
    """A short reconnection while somebody stands there."""
    packets = list(clip())
    after = [replace(packets[140], broken=True), *packets[141:]]
    assert packets[140].key
    _, events = watched(packets[:120] + after)
    assert spans(events) == [("enter", pytest.approx(8, abs=0.6)), ("leave", pytest.approx(20, abs=0.6))]


def test_a_clock_that_jumps_back_closes_the_visit_and_opens_another() -> None:
    """No time may be told twice within one visit."""
    packets = list(clip())
    back = [replace(packet, wall=packet.wall - 3600 * SECOND) for packet in packets[140:]]
    _, events = watched(packets[:140] + back)
    assert [event.reason for event in events if event.kind == "leave"] == ["clock_jumped", "scene_empty"]


def test_another_picture_size_closes_the_visit() -> None:
    """A camera that was set up anew cannot be compared with what was."""
    large = list(clip(size=3))
    watcher, events = watched(list(clip()[:140]) + large[140:])
    assert next(event.reason for event in events if event.kind == "leave") == "picture_changed"
    assert watcher.scene().shape == (HEIGHT * 3 // 2, WIDTH * 3 // 2)


def test_before_the_first_key_frame_nothing_happens() -> None:
    """Joining a stream in the middle of a group."""
    watcher = Watcher(PresenceSettings(), Zone.whole())
    assert [event for packet in clip()[1:10] for event in watcher.feed(packet)] == []
    assert watcher.decoded == 0


def test_packets_that_cannot_be_decoded_do_no_harm() -> None:
    """No exception, no visit, and no endless buffer."""
    watcher = Watcher(PresenceSettings(), Zone.whole())
    for packet in undecodable.stream(1, 61, size=200_000):
        assert watcher.feed(packet) == []
    assert watcher.kept_bytes <= 48 << 20
    assert watcher.finish(61 * SECOND) == []


def test_damaged_packets_neither_raise_nor_lose_the_visit() -> None:
    """One packet in twenty has its middle overwritten."""
    chance = random.Random(2)
    damaged = [
        replace(packet, data=packet.data[:40] + bytes(30) + packet.data[70:]) if chance.random() < 0.05 else packet
        for packet in clip()
    ]
    _, events = watched(damaged)
    assert spans(events)[0] == ("enter", pytest.approx(8, abs=1.5))
    assert spans(events)[-1] == ("leave", pytest.approx(20, abs=3))  # smears until the next sound key frame


def test_the_buffer_starts_at_a_key_frame_and_stays_short() -> None:
    """Between looks a few groups, never the whole past."""
    watcher = Watcher(PresenceSettings(), Zone.whole())
    longest = 0
    for packet in clip():
        watcher.feed(packet)
        longest = max(longest, watcher.kept_bytes)
    assert longest < sum(len(packet.data) for packet in clip()) / 2


def test_a_thing_in_an_ignored_part_is_not_seen() -> None:
    """The visitor stays wholly inside the ignored polygon."""
    zone = Zone(Zone.whole().polygons, Zone.whole().polygons)
    _, events = watched(clip(), Watcher(PresenceSettings(), zone))
    assert spans(events) == []


def test_the_room_alone_is_quiet() -> None:
    """The control: without the visitor there is no visit."""
    _, events = watched(list(encoded(lambda _t: room(), 12, "libx264", 1.0, 2)))
    assert spans(events) == []
