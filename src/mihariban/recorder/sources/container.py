"""From a demuxed container to packets: the one place that knows libavformat's shapes."""

from __future__ import annotations

from fractions import Fraction
from typing import cast

from av.container import InputContainer
from av.video.stream import VideoStream

from mihariban.base.clock import SECOND
from mihariban.recorder.errors import SourceCodecUnsupported, SourceUnreadable
from mihariban.recorder.packet import StreamConfig
from mihariban.recorder.sources.nal import VideoCodec
from mihariban.recorder.sources.parameters import framing_of

_USUAL_RATE = 15
_MOST_USUAL_RATE = 240


def video_stream(container: InputContainer, source: str) -> VideoStream:
    """The first video stream that can be kept.

    Raises:
        SourceUnreadable: no video at all.
        SourceCodecUnsupported: video, but neither H.264 nor H.265.
    """
    streams = container.streams.video
    for stream in streams:
        if codec_name(stream) in ("h264", "hevc"):
            return stream
    if not streams:
        raise SourceUnreadable(source=source, why="no video stream")
    raise SourceCodecUnsupported(source=source, codec=codec_name(streams[0]))


def codec_name(stream: VideoStream) -> str:
    """The codec as libavcodec spells it; "unknown" where it has no decoder for it."""
    # The stubs say that there always is a context; without a decoder there is none.
    context = cast("object | None", stream.codec_context)
    return "unknown" if context is None else stream.codec_context.codec.name


def config_of(stream: VideoStream) -> StreamConfig:
    """The decoder configuration of a demuxed video stream, as far as the container knows it."""
    context = stream.codec_context
    extradata = bytes(context.extradata or b"")
    return StreamConfig(
        codec=cast(VideoCodec, codec_name(stream)),
        width=context.width,
        height=context.height,
        time_base=Fraction(stream.time_base or Fraction(1, 90_000)),
        extradata=extradata,
        framing=framing_of(extradata),
    )


def usual_interval(stream: VideoStream) -> int:
    """Ticks from picture to picture as the container promises them, else those of 15 pictures a second."""
    rate = stream.average_rate or stream.guessed_rate
    rate = rate if rate is not None and 0 < rate <= _MOST_USUAL_RATE else Fraction(_USUAL_RATE)
    return max(1, round(1 / (rate * Fraction(stream.time_base or Fraction(1, 90_000)))))


def ticks_to_ns(ticks: int, time_base: Fraction) -> int:
    """Ticks of ``time_base`` as nanoseconds, exact to one."""
    return ticks * time_base.numerator * SECOND // time_base.denominator


def ns_to_ticks(nanoseconds: int, time_base: Fraction) -> int:
    """Nanoseconds as ticks of ``time_base``, rounded down."""
    return nanoseconds * time_base.denominator // (time_base.numerator * SECOND)
