"""Compressed video as it travels through the recorder: one packet, and the configuration a decoder needs for it."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

Codec = Literal["h264", "hevc", "aac", "pcm_alaw", "pcm_mulaw", "opus"]
Framing = Literal["annexb", "length"]


@dataclass(frozen=True, slots=True)
class StreamConfig:
    """What a decoder must know before the first packet.

    Attributes:
        codec: name as libavcodec spells it.
        width, height: pixels; 0 for audio.
        time_base: seconds per tick of ``pts`` and ``dts``.
        extradata: parameter sets as the container or the session description gave them; may be empty for Annex B.
        framing: how NAL units are delimited in ``Packet.data`` (ISO/IEC 14496-10 Annex B, or -15 length prefixes).
    """

    codec: Codec
    width: int
    height: int
    time_base: Fraction
    extradata: bytes
    framing: Framing


@dataclass(frozen=True, slots=True)
class Packet:
    """One access unit, never re-encoded.

    Attributes:
        data: the bytes as they came.
        pts, dts: ticks of ``config.time_base``; presentation and decoding order.
        key: a decoder can start here.
        wall: moment the picture is displayed, ns since 1970 UTC, on the site's clock.
        monotonic: the same moment on the recorder's monotonic clock, ns.
        config: what the decoder needs; the same object as long as nothing changed.
        broken: the time line was cut before this packet (reconnection, jump of the camera's clock).
        camera_ahead: how far the camera said its clock is ahead of ours, ns; None for a packet no report came with.
    """

    data: bytes
    pts: int
    dts: int
    key: bool
    wall: int
    monotonic: int
    config: StreamConfig
    broken: bool = False
    camera_ahead: int | None = None
