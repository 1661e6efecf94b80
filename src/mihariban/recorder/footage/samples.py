"""From packets to the samples of an MP4: NAL units with lengths, ticks that count from the wall clock."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import cast

import numpy as np

from mihariban.base.clock import SECOND
from mihariban.recorder.footage.boxes import TIMESCALE, Sample, SampleEntry
from mihariban.recorder.footage.errors import CodecNotPlayable
from mihariban.recorder.footage.stored import decode_moment
from mihariban.recorder.packet import Packet, StreamConfig
from mihariban.recorder.sources import nal
from mihariban.recorder.sources.parameters import decoder_record, length_size, sets_in

LEAD = 10 * TIMESCALE  # media time of the first picture: room for pictures decoded before it is displayed
_START_CODE = b"\x00\x00\x01"
_CODE = re.compile(_START_CODE)
_USUAL = TIMESCALE // 15
_LONG = 2048  # bytes from which numpy finds start codes sooner
_H264_SETS = frozenset(kind for kind in range(32) if nal.is_parameter_set(kind, "h264"))
_HEVC_SETS = frozenset(kind for kind in range(64) if nal.is_parameter_set(kind, "hevc"))
_HIGH_PROFILES = frozenset({100, 110, 122, 144})  # 14496-15, 5.3.3.1.2: the record of these ends with the format


def codec_of(config: StreamConfig) -> nal.VideoCodec:
    """The codec of a video configuration."""
    return cast(nal.VideoCodec, config.codec)


def sample_entry(config: StreamConfig, camera: str, more: Iterable[bytes] = ()) -> SampleEntry:
    """How a container describes the pictures.

    Args:
        more: parameter sets of pictures coded anew that stand beside the camera's.

    Raises:
        CodecNotPlayable: no parameter sets are known, or they are broken.
    """
    codec = codec_of(config)
    sets = list(dict.fromkeys((*sets_in(config), *more)))
    sets = [unit for unit in sets if nal.is_parameter_set(nal.unit_type(unit, codec), codec)]
    try:
        record = decoder_record(sets, codec)
        sequence = next(unit for unit in sets if nal.is_sequence_set(unit, codec))
        form = nal.picture_format(sequence, codec)
    except ValueError as error:
        raise CodecNotPlayable(camera=camera, why=str(error)) from error
    if codec == "h264" and sequence[1] in _HIGH_PROFILES:
        record += bytes((0xFC | form.chroma, 0xF8 | form.depth_luma - 8, 0xF8 | form.depth_chroma - 8, 0))
    return SampleEntry("avc1" if codec == "h264" else "hvc1", form.width, form.height, record)


def media_time(wall: int, origin: int) -> int:
    """Ticks at which a moment is displayed."""
    return LEAD + (wall - origin) * TIMESCALE // SECOND


def samples(packets: Sequence[Packet], origin: int, *, until: int | None = None) -> list[Sample]:
    """Packets in decoding order as samples. Nothing in the pictures is changed.

    Args:
        origin: moment of the first picture of the range, wall ns.
        until: moment at which the next sample of the same run is displayed, wall ns; None where none follows.
    """
    shows = [LEAD + (packet.wall - origin) * TIMESCALE // SECOND for packet in packets]
    decodes = _decodes(packets, shows, origin)
    steps = [after - this for this, after in pairwise(decodes)]
    steps.append(
        _last_step(decodes, steps, None if until is None else media_time(until, origin) - shows[0] + decodes[0]),
    )
    made = []
    for packet, show, decode, step in zip(packets, shows, decodes, steps, strict=True):
        parts = _plain(packet)
        made.append(Sample(parts, sum(map(len, parts)), decode, step, show - decode, packet.key))
    return made


def _decodes(packets: Sequence[Packet], shows: list[int], origin: int) -> list[int]:
    """When each is decoded: when its ticks say, and one tick after the one before at least."""
    made: list[int] = []
    least = 0
    for packet, show in zip(packets, shows, strict=True):
        wanted = show if packet.pts == packet.dts else media_time(decode_moment(packet), origin)
        made.append(max(wanted, least))
        least = made[-1] + 1
    return made


def _last_step(decodes: list[int], steps: list[int], following: int | None) -> int:
    """Up to the next segment's first sample where that is near, else as long as the picture before."""
    if following is not None and following > decodes[-1]:
        return following - decodes[-1]
    return steps[-1] if steps else _USUAL


def _plain(packet: Packet) -> list[bytes | memoryview]:
    """An access unit as 14496-15 wants it: lengths of four bytes; parameter sets are told once, in the record."""
    config = packet.config
    if config.framing == "length" and length_size(config) == 4:
        return [packet.data]
    data, h264 = packet.data, config.codec == "h264"
    view = memoryview(data)
    parts: list[bytes | memoryview] = []
    for start, end in _units(packet):
        kind = data[start] & 31 if h264 else data[start] >> 1 & 63
        if kind not in (_H264_SETS if h264 else _HEVC_SETS):
            parts += [(end - start).to_bytes(4, "big"), view[start:end]]
    return parts


def _units(packet: Packet) -> Iterator[tuple[int, int]]:
    """Where the NAL units lie, without copying them."""
    data, config = packet.data, packet.config
    if config.framing == "length":
        at, size = 0, length_size(config)
        while at + size < len(data):
            start = at + size
            at = start + int.from_bytes(data[at:start], "big")
            yield start, min(at, len(data))
        return
    for begin, after in pairwise([*_starts(data), len(data) + 3]):
        end = after - 3
        while end > begin and data[end - 1] == 0:
            end -= 1
        if end > begin:
            yield begin, end


def _starts(data: bytes) -> list[int]:
    """Where the bytes behind each start code are.

    Of its three bytes 00 00 01 two stand in an even and the next odd place: 00 00 or 00 01. Nearly all that look so at
    once are start codes, so the pictures are passed over at the speed of memory.
    """
    if len(data) < _LONG:
        return [match.end() for match in _CODE.finditer(data)]
    pairs = np.frombuffer(data, "<u2", len(data) // 2)
    places = 2 * ((pairs & 0xFEFF) == 0).nonzero()[0]
    return [begin for place in places.tolist() if (begin := _behind(data, place))]


def _behind(data: bytes, place: int) -> int:
    """The byte behind a start code of which a pair of bytes stands at ``place``; 0 where there is none."""
    if data[place : place + 3] == _START_CODE:
        return place + 3
    return place + 2 if place and data[place - 1 : place + 2] == _START_CODE else 0
