"""From stored chunks back to packets and pictures, in memory. Who may ask is decided before this is called."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from typing import Any

import av
import numpy as np
from av.video.codeccontext import VideoCodecContext
from numpy.typing import NDArray

from mihariban.recorder.packet import Packet, StreamConfig
from mihariban.recorder.sources.container import ticks_to_ns
from mihariban.volume import Chunk, ClipKind, CodecConfig, Volume


def visit_packets(volume: Volume, visit: bytes) -> Iterator[Packet]:
    """The stored packets of a visit, clip by clip, lead-ins included, in decoding order.

    Raises:
        ChunkDamaged, ClipRefused: see ``Volume.read``.
    """
    for clip in volume.clips(kind=ClipKind.VISIT):
        if clip.visit == visit:
            yield from clip_packets(volume.read(clip.clip))


def clip_packets(chunks: Iterable[Chunk]) -> Iterator[Packet]:
    """The packets of one clip's chunks."""
    config: StreamConfig | None = None
    for chunk in chunks:
        if chunk.config is not None:
            config = _config(chunk.config)
        if config is None or not chunk.samples:
            continue
        first, position = chunk.samples[0].pts, 0
        for sample in chunk.samples:
            data = chunk.data[position : position + sample.size]
            position += sample.size
            since = ticks_to_ns(sample.pts - first, config.time_base)
            yield Packet(data, sample.pts, sample.dts, sample.key, chunk.wall + since, chunk.monotonic + since, config)


def pictures(packets: Iterable[Packet]) -> Iterator[tuple[int, NDArray[np.uint8]]]:
    """Decode packets: (wall ns, picture of shape (height, width, 3), RGB) in the order they are displayed."""
    decoder: VideoCodecContext | None = None
    config: StreamConfig | None = None
    walls: dict[int, int] = {}
    for packet in packets:
        if packet.config is not config:
            if decoder is not None:
                yield from _shown(decoder.decode(None), walls)
            config, decoder = packet.config, decoder_for(packet.config)
        if decoder is None:
            continue
        raw = av.Packet(packet.data)
        raw.pts, raw.dts = packet.pts, packet.dts
        walls[packet.pts] = packet.wall
        yield from _shown(decoder.decode(raw), walls)
    if decoder is not None:
        yield from _shown(decoder.decode(None), walls)


def decoder_for(config: StreamConfig) -> VideoCodecContext:
    """A decoder that uses one thread, as sparing as the recorder is."""
    decoder = av.CodecContext.create(config.codec, "r")
    if not isinstance(decoder, VideoCodecContext):
        raise TypeError(f"{config.codec} is no video codec")
    decoder.thread_count = 1
    if config.extradata:
        decoder.extradata = config.extradata
    return decoder


def picture_near(packets: Iterable[Packet], wall: int) -> NDArray[np.uint8] | None:
    """The first picture displayed at or after ``wall``; the last one where there is none."""
    last = None
    for shown, picture in pictures(packets):
        last = picture
        if shown >= wall:
            break
    return last


def _shown(frames: Iterable[Any], walls: dict[int, int]) -> Iterator[tuple[int, NDArray[np.uint8]]]:
    for frame in frames:
        yield walls.pop(frame.pts, 0), frame.to_ndarray(format="rgb24")


def _config(stored: CodecConfig) -> StreamConfig:
    return StreamConfig(
        stored.codec,  # type: ignore[arg-type]  # what was stored came from a StreamConfig
        stored.width,
        stored.height,
        Fraction(*stored.time_base),
        stored.extradata,
        stored.framing,  # type: ignore[arg-type]  # the same
    )
