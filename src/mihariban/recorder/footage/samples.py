"""From pictures to the samples of an MP4: NAL units with lengths, ticks that count from the wall clock."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import cast

from mihariban.base.clock import SECOND
from mihariban.recorder.footage.boxes import TIMESCALE, Sample, SampleEntry
from mihariban.recorder.footage.errors import CodecNotPlayable
from mihariban.recorder.footage.stored import Picture, decode_moment
from mihariban.recorder.packet import StreamConfig
from mihariban.recorder.sources import nal
from mihariban.recorder.sources.parameters import decoder_record, length_size, sets_in

LEAD = 10 * TIMESCALE  # media time of the first picture: room for pictures decoded before it is displayed
_USUAL = TIMESCALE // 15
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


def samples(pictures: Sequence[Picture], origin: int, *, until: int | None = None) -> list[Sample]:
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
    made = []
    for picture, show, decode, step in zip(pictures, shows, decodes, steps, strict=True):
        parts = _plain(picture)
        made.append(Sample(parts, sum(map(len, parts)), decode, step, show - decode, picture.key))
    return made


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


def _plain(picture: Picture) -> list[bytes | memoryview]:
    """An access unit as 14496-15 wants it: lengths of four bytes; parameter sets are told once, in the record."""
    config = picture.config
    data = picture.body.data
    view = memoryview(data)
    if config.framing == "length" and length_size(config) == 4:
        return [view[picture.begin : picture.end]]
    h264 = config.codec == "h264"
    sets = _H264_SETS if h264 else _HEVC_SETS
    parts: list[bytes | memoryview] = []
    for start, end in _prefixed(picture) if config.framing == "length" else _coded(picture):
        kind = data[start] & 31 if h264 else data[start] >> 1 & 63
        if kind not in sets:
            parts += ((end - start).to_bytes(4, "big"), view[start:end])
    return parts


def _prefixed(picture: Picture) -> Iterator[tuple[int, int]]:
    """Where the NAL units lie, by the lengths before them."""
    data, at, size = picture.body.data, picture.begin, length_size(picture.config)
    while at + size < picture.end:
        start = at + size
        at = start + int.from_bytes(data[at:start], "big")
        yield start, min(at, picture.end)


def _coded(picture: Picture) -> list[tuple[int, int]]:
    """Where the NAL units lie, by the start codes around them, without the zeros behind them."""
    data, codes, last = picture.body.data, picture.body.codes, picture.end
    at = bisect_left(codes, picture.begin)
    inside = codes[at : bisect_right(codes, last - 3, at)]
    found = []
    for code, after in zip(inside, [*inside[1:], last], strict=False):
        begin, end = code + 3, after
        while end > begin and data[end - 1] == 0:
            end -= 1
        if end > begin:
            found.append((begin, end))
    return found
