"""From pictures to the samples of an MP4: NAL units with lengths, ticks that count from the wall clock."""

from __future__ import annotations

import struct
from bisect import bisect_left
from collections.abc import Iterable, Sequence, Set
from itertools import groupby, pairwise
from operator import attrgetter, sub
from typing import cast

from mihariban.base.clock import SECOND
from mihariban.recorder.footage.boxes import TIMESCALE, Media, SampleEntry
from mihariban.recorder.footage.errors import CodecNotPlayable
from mihariban.recorder.footage.stored import Body, Picture, decode_moment
from mihariban.recorder.packet import StreamConfig
from mihariban.recorder.sources import nal
from mihariban.recorder.sources.parameters import decoder_record, length_size, sets_in

LEAD = 10 * TIMESCALE  # media time of the first picture: room for pictures decoded before it is displayed
_USUAL = TIMESCALE // 15
# The first bytes of parameter sets.
_H264_SETS = frozenset(octet for octet in range(256) if nal.is_parameter_set(octet & 31, "h264"))
_HEVC_SETS = frozenset(octet for octet in range(256) if nal.is_parameter_set(octet >> 1 & 63, "hevc"))
_length = struct.Struct(">I").pack
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


def samples(pictures: Sequence[Picture], origin: int, *, until: int | None = None) -> Media:
    """Pictures in decoding order as samples. Nothing in the pictures is changed, or copied.

    Args:
        origin: moment of the first picture of the range, wall ns.
        until: moment at which the next sample of the same run is displayed, wall ns; None where none follows.
    """
    shows = [LEAD + (picture.wall - origin) * TIMESCALE // SECOND for picture in pictures]
    decodes = _decodes(pictures, shows, origin)
    steps = [after - this for this, after in pairwise(decodes)]
    steps.append(
        _last_step(decodes, steps, None if until is None else media_time(until, origin) - shows[0] + decodes[0]),
    )
    sizes: list[int] = []
    bodies = []
    for body, run in groupby(pictures, key=attrgetter("body")):
        parts: list[bytes | memoryview] = []
        _take_units(body, list(run), parts, sizes)
        bodies.append(parts)
    shifts = list(map(sub, shows, decodes))
    return Media(decodes[0], steps, sizes, [picture.key for picture in pictures], shifts, bodies)


def _decodes(pictures: Sequence[Picture], shows: list[int], origin: int) -> list[int]:
    """When each is decoded: when its ticks say, and one tick after the one before at least."""
    made: list[int] = []
    least = 0
    for picture, show in zip(pictures, shows, strict=True):
        wanted = show if picture.pts == picture.dts else media_time(decode_moment(picture), origin)
        made.append(max(wanted, least))
        least = made[-1] + 1
    return made


def _last_step(decodes: list[int], steps: list[int], following: int | None) -> int:
    """Up to the next segment's first sample where that is near, else as long as the picture before."""
    if following is not None and following > decodes[-1]:
        return following - decodes[-1]
    return steps[-1] if steps else _USUAL


def _take_units(body: Body, pictures: Sequence[Picture], parts: list[bytes | memoryview], sizes: list[int]) -> None:
    """Pictures of one body as 14496-15 wants them: lengths of four bytes; parameter sets are told once, in the record.

    Args:
        parts: takes their bytes. sizes: takes how many there are of each.
    """
    config = pictures[0].config
    dropped = _H264_SETS if config.codec == "h264" else _HEVC_SETS
    if config.framing == "annexb":
        _take_coded(body, pictures, dropped, parts, sizes)
    elif length_size(config) != 4:
        _take_prefixed(body, pictures, dropped, parts, sizes)
    else:
        _take_stored(body, pictures, parts, sizes)


def _take_stored(body: Body, pictures: Sequence[Picture], parts: list[bytes | memoryview], sizes: list[int]) -> None:
    """As they lie; those that lie one behind the other are one part."""
    view, begin, end = memoryview(body.data), pictures[0].begin, pictures[0].begin
    for picture in pictures:
        if picture.begin != end:
            parts.append(view[begin:end])
            begin = picture.begin
        end = picture.end
        sizes.append(end - picture.begin)
    parts.append(view[begin:end])


def _take_prefixed(
    body: Body, pictures: Sequence[Picture], dropped: Set[int], parts: list[bytes | memoryview], sizes: list[int]
) -> None:
    """By the shorter lengths before the NAL units."""
    data, view, width = body.data, memoryview(body.data), length_size(pictures[0].config)
    for picture in pictures:
        at, size = picture.begin, 0
        while at + width < picture.end:
            start = at + width
            at = start + int.from_bytes(data[at:start], "big")
            end = min(at, picture.end)
            if data[start] not in dropped:
                parts += (_length(end - start), view[start:end])
                size += 4 + end - start
        sizes.append(size)


def _take_coded(
    body: Body, pictures: Sequence[Picture], dropped: Set[int], parts: list[bytes | memoryview], sizes: list[int]
) -> None:
    """By the start codes around the NAL units, without the zeros behind them."""
    data, view, codes = body.data, memoryview(body.data), [*body.codes, len(body.data)]
    at = bisect_left(codes, pictures[0].begin)
    for picture in pictures:
        size, last = 0, picture.end - 3  # no start code of it begins behind that
        while codes[at] < picture.begin:
            at += 1
        code = codes[at]
        while code <= last:
            start, at = code + 3, at + 1
            code = codes[at]
            end = code if code <= last else last + 3
            while end > start and not data[end - 1]:
                end -= 1
            if end > start and data[start] not in dropped:
                parts += (_length(end - start), view[start:end])
                size += 4 + end - start
        sizes.append(size)
