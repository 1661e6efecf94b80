"""From packets to small grey pictures. A decoder lives only as long as it is needed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import av
import av.error
import numpy as np
from av.codec.context import CodecContext
from av.video.codeccontext import VideoCodecContext
from av.video.frame import VideoFrame
from numpy.typing import NDArray

from mihariban.recorder.packet import Packet, StreamConfig
from mihariban.recorder.presence.arrays import Grey, shrink

# Deblocking costs a fifth and smooths what area-averaging smooths anyway. Without it later pictures of a group drift
# away from what was filmed: no harm in a short group, but after half a minute the empty scene has lost its looks.
_HASTY = {"skip_loop_filter": "all"}
_LEAST_SIDE = 16  # pixels of the small picture


def factor_for(config: StreamConfig, analysis_width: int) -> int:
    """By how much to shrink pictures of this stream: the whole number nearest to ``analysis_width``."""
    factor = max(1, round(config.width / analysis_width))
    while factor > 1 and config.height // factor < _LEAST_SIDE:
        factor -= 1
    return factor


class Decoder:
    """Decodes one stream from a key frame on.

    Args:
        config: of the first packet.
        factor: pictures are shrunk by it.
        hasty: leave out the loop filter; for key frames, and groups so short that nothing can drift.
    """

    def __init__(self, config: StreamConfig, factor: int, *, hasty: bool) -> None:
        context = CodecContext.create(config.codec, "r")
        if not isinstance(context, VideoCodecContext):
            raise TypeError(f"not a video codec: {config.codec}")
        context.thread_count = 1
        context.options = dict(_HASTY) if hasty else {}
        if config.extradata:
            context.extradata = config.extradata
        self._context = context
        self._factor = factor
        self._walls: dict[int, int] = {}
        self.broken = 0

    def decode(self, packet: Packet) -> Iterator[tuple[VideoFrame, int]]:
        """Pictures that this packet completes, with their wall time (ns), in display order."""
        raw = av.Packet(packet.data)
        raw.pts, raw.dts = packet.pts, packet.dts
        raw.time_base = packet.config.time_base
        self._walls[packet.pts] = packet.wall
        return self._timed(raw)

    def drain(self) -> Iterator[tuple[VideoFrame, int]]:
        """The pictures still inside; the decoder is used up afterwards."""
        return self._timed(None)

    def luma(self, frame: VideoFrame) -> NDArray[np.uint8]:
        """The brightness of a decoded picture, height x width; a view where the stream has eight bits."""
        plane = frame.planes[0]
        bits = frame.format.components[0].bits
        rows: NDArray[np.uint8] = np.frombuffer(memoryview(plane), dtype=np.uint8).reshape(-1, plane.line_size)
        if bits > 8:  # two bytes a sample, little-endian on every machine that has a decoder for it
            rows = (rows.view("<u2") >> (bits - 8)).astype(np.uint8)
        return rows[: frame.height, : frame.width]

    def shrink(self, frame: VideoFrame) -> Grey:
        """The small grey picture of a decoded one."""
        return shrink(self.luma(frame), self._factor)

    def _timed(self, raw: av.Packet[Any] | None) -> Iterator[tuple[VideoFrame, int]]:
        try:
            frames = self._context.decode(raw)
        except av.error.FFmpegError:
            self.broken += 1
            return
        for frame in frames:
            wall = self._walls.pop(frame.pts, None) if frame.pts is not None else None
            if wall is not None:
                yield frame, wall
        if len(self._walls) > 64:  # pictures that a broken stream never delivered
            self._walls.clear()
