"""From a demuxed container to packets: the one place that knows libavformat's shapes."""

from __future__ import annotations

from fractions import Fraction

from av.video.stream import VideoStream

from mihariban.base.clock import SECOND
from mihariban.recorder.packet import StreamConfig


def config_of(stream: VideoStream) -> StreamConfig:
    """The decoder configuration of a demuxed video stream."""
    context = stream.codec_context
    extradata = bytes(context.extradata or b"")
    # ISO/IEC 14496-15 configuration records begin with version 1; Annex B parameter sets begin with a start code.
    framing = "length" if extradata[:1] == b"\x01" else "annexb"
    return StreamConfig(
        codec=context.name,  # type: ignore[arg-type]  # the caller has checked the codec
        width=context.width,
        height=context.height,
        time_base=Fraction(stream.time_base or Fraction(1, 90_000)),
        extradata=extradata,
        framing=framing,  # type: ignore[arg-type]  # mypy widens the conditional expression
    )


def ticks_to_ns(ticks: int, time_base: Fraction) -> int:
    """Ticks of ``time_base`` as nanoseconds, exact to one."""
    return ticks * time_base.numerator * SECOND // time_base.denominator
