"""What all live sources share."""

from __future__ import annotations

from fractions import Fraction

import pytest

from mihariban.base.clock import SECOND
from mihariban.recorder.errors import SourceNoKeyFrame
from mihariban.recorder.packet import Packet, StreamConfig
from mihariban.recorder.sources.live import LiveStream
from mihariban.recorder.sources.timeline import Instant
from tests.support.clips import access_units

CONFIG = StreamConfig("h264", 0, 0, Fraction(1, 15), b"", "annexb")


def at(number: int) -> Instant:
    return Instant(number * SECOND // 15, number * SECOND // 15)


def test_pictures_before_the_first_key_picture_are_dropped() -> None:
    """A connection in the middle of a group: the first packet handed on is a key picture with its configuration."""
    live = LiveStream("x", CONFIG, 1)
    out: list[Packet] = []
    for number, (data, pts, dts) in enumerate(access_units("h264", 40, gop=10)[5:]):
        out += live.take(data, pts, dts, at(number))
    out += live.drain()
    assert live.dropped == 5
    assert out[0].key
    assert out[0].config.width == 160
    assert len(out) == 30


def test_the_first_second_is_kept_back_and_nothing_of_it_is_lost() -> None:
    """Nothing comes for a second, then everything; what is left at the end of the connection is handed out."""
    live = LiveStream("x", CONFIG, 1)
    counts = []
    out: list[Packet] = []
    for number, (data, pts, dts) in enumerate(access_units("h264", 20, gop=10)):
        out += live.take(data, pts, dts, at(number))
        counts.append(len(out))
    assert counts[14] == 0
    assert counts[15] == 16
    assert counts[19] == 20
    short = LiveStream("x", CONFIG, 1)
    few = [packet for data, pts, dts in access_units("h264", 3) for packet in short.take(data, pts, dts, at(0))]
    assert few == []
    assert len(list(short.drain())) == 3


def test_times_that_libav_leaves_open_at_the_start_are_filled_in() -> None:
    """The first packet of an RTSP stream has no time; it follows from the second."""
    live = LiveStream("x", CONFIG, 1)
    out: list[Packet] = []
    for number, (data, pts, dts) in enumerate(access_units("h264", 20)):
        times = (None, None) if number == 0 else (pts, None if number == 1 else dts)
        out += live.take(data, *times, at(number))
    assert [packet.dts for packet in out] == list(range(20))
    assert not any(packet.broken for packet in out)


def test_a_stream_without_key_pictures_is_given_up() -> None:
    """After the limit, with the number of packets dropped."""
    live = LiveStream("x", CONFIG, 1, key_wait=SECOND)
    units = access_units("h264", 60, gop=60)[1:]
    with pytest.raises(SourceNoKeyFrame) as caught:
        for number, (data, pts, dts) in enumerate(units):
            list(live.take(data, pts, dts, at(number)))
    assert caught.value.facts["packets"] == 17
