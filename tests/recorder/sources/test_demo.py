"""The drawn scene: packets a decoder takes, people where the truth says, the same for the same seed."""

from __future__ import annotations

import itertools
import threading

import av
import numpy as np
import pytest

from mihariban.base.clock import SECOND, TurnedClock
from mihariban.recorder.errors import SourceAddressInvalid
from mihariban.recorder.packet import Packet
from mihariban.recorder.sources.demo import DEMO_ZONE, DemoSource
from mihariban.recorder.sources.scene.script import SIZE, day_script

START = 1_767_571_200 * SECOND


def _first(count: int, **how) -> list[Packet]:
    return list(itertools.islice(DemoSource(starts_at=START, **how).packets(threading.Event()), count))


def _zone_of(picture):
    left, top, right, bottom = (
        round(share * side) for share, side in zip((*DEMO_ZONE[0], *DEMO_ZONE[2]), (*SIZE, *SIZE), strict=True)
    )
    return picture[top:bottom, left:right].astype(int)


def test_packets_follow_the_clock_with_key_frames_every_two_seconds():
    packets = _first(45)
    assert [packet.wall - START for packet in packets] == [number * SECOND // 10 for number in range(45)]
    assert [number for number, packet in enumerate(packets) if packet.key] == [0, 20, 40]
    assert len({id(packet.config) for packet in packets}) == 1


def test_the_packets_can_be_decoded():
    decoder = av.CodecContext.create("h264", "r")
    pictures = [picture for packet in _first(12) for picture in decoder.decode(av.Packet(packet.data))]
    pictures += decoder.decode(None)
    assert len(pictures) == 12
    assert (pictures[0].width, pictures[0].height) == SIZE


def test_one_seed_draws_one_scene_and_another_other_clothes():
    assert [packet.data for packet in _first(12)] == [packet.data for packet in _first(12)]
    assert day_script(1).actors[0].look != day_script(2).actors[0].look


def test_somebody_is_drawn_in_the_zone_exactly_when_the_truth_says():
    truth = DemoSource(starts_at=START).truth()
    assert [visit.handover for visit in truth] == [False, False, True, False, False]
    first = truth[0]
    pictures = {
        number / 10: picture.copy()
        for number, picture in enumerate(
            itertools.islice(DemoSource(starts_at=START).frames(), round(first.leave * 10) + 12)
        )
        if number in {20, round(first.enter * 10) + 5, round(first.leave * 10) - 60, round(first.leave * 10) + 8}
    }
    empty, entered, standing, gone = (_zone_of(pictures[t]) for t in sorted(pictures))
    changed = [float((np.abs(other - empty).max(axis=2) > 30).mean()) for other in (entered, standing, gone)]
    assert changed[0] > 0.01
    assert changed[1] > 0.1
    assert changed[2] < 0.001


def test_passers_by_far_behind_never_reach_the_zone():
    script = day_script(2016)
    top = DEMO_ZONE[0][1] * SIZE[1]
    passers = [actor for actor in script.actors if actor.height < 200]
    assert passers
    for actor in passers:
        layers = [actor.layer(actor.begins + n / 4) for n in range(20)]
        assert all(layer is None or layer.top + layer.rgba.shape[0] <= top for layer in layers)


def test_in_real_time_no_packet_comes_before_its_moment():
    clock = TurnedClock(START)
    began = clock.monotonic()
    source = DemoSource(starts_at=START, clock=clock, real_time=True)
    for packet in itertools.islice(source.packets(threading.Event()), 15):
        assert clock.monotonic() - began >= packet.wall - START
    assert clock.monotonic() - began == pytest.approx(1.4 * SECOND, abs=SECOND // 5)


def test_it_stops_when_told():
    stop = threading.Event()
    packets = DemoSource(starts_at=START, script="live").packets(stop)
    next(packets)
    stop.set()
    assert list(packets) == []


def test_a_covered_lens_shows_nothing():
    picture = next(DemoSource(starts_at=START, covered=(0.0, 1.0)).frames())
    assert _zone_of(picture).std() < 3
    assert _zone_of(next(DemoSource(starts_at=START).frames())).std() > 3


def test_an_unknown_script_is_refused_with_the_known_ones():
    with pytest.raises(SourceAddressInvalid, match="day, live, second"):
        DemoSource(script="night")
