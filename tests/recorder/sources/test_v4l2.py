"""A local camera, on a stand-in: drawn pictures in place of the device. No hardware has been tried."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import av
import pytest

from mihariban.base.clock import SECOND, TurnedClock
from mihariban.recorder.errors import SourceLost, SourceUnreadable
from mihariban.recorder.packet import Packet
from mihariban.recorder.sources.v4l2 import EncoderSettings, V4l2Source
from tests.support.clips import pictures

NOON = 1_700_000_000 * SECOND


def test_pictures_become_h264_at_the_moment_they_arrived() -> None:
    """Ten pictures a second, groups of one second, each packet dated by its own arrival, decodable from the start."""
    clock = TurnedClock(NOON)

    def device() -> Iterator[av.VideoFrame]:
        for picture in pictures(30):
            clock.turn(SECOND // 10)
            yield picture

    source = V4l2Source("/dev/video0", clock=clock, settings=EncoderSettings(fps=10, group_s=1.0), frames=device)
    packets: list[Packet] = []
    with pytest.raises(SourceLost):
        packets.extend(source.packets(threading.Event()))
    # extend keeps what came before the error
    assert len(packets) == 30
    assert [packet.key for packet in packets] == [number % 10 == 0 for number in range(30)]
    assert all(abs(packet.wall - (NOON + (n + 1) * SECOND // 10)) < SECOND // 100 for n, packet in enumerate(packets))
    decoder = av.CodecContext.create("h264", "r")
    decoder.extradata = packets[0].config.extradata
    decoded = sum(len(decoder.decode(av.Packet(packet.data))) for packet in packets) + len(decoder.decode(None))
    assert decoded == 30


def test_a_missing_device_is_an_error() -> None:
    """No such device: the reason is named."""
    source = V4l2Source("/dev/no-such-camera", clock=TurnedClock(NOON))
    with pytest.raises(SourceUnreadable, match="No such file"):
        next(iter(source.packets(threading.Event())))
