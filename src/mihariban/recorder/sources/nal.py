"""NAL units of H.264 (ISO/IEC 14496-10) and H.265 (ISO/IEC 23008-2): where a decoder can start, and what it must know.

Flags of containers and cameras are not trusted for this; the units themselves say it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from mihariban.recorder.packet import Framing

VideoCodec = Literal["h264", "hevc"]

_START = b"\x00\x00\x01"
_H264_SPS, _H264_PPS, _H264_SEI, _H264_IDR = 7, 8, 6, 5
_HEVC_VPS, _HEVC_SPS, _HEVC_PPS = 32, 33, 34
_HEVC_IRAP = range(16, 22)  # BLA, IDR and CRA pictures (23008-2 table 7-1)
_SEI_RECOVERY_POINT = 6  # 14496-10 D.1.8
# Profiles whose parameter set carries the chroma format (14496-10, 7.3.2.1.1).
_H264_CHROMA_PROFILES = frozenset({100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135})


@dataclass(frozen=True, slots=True)
class Head:
    """What stands before and at the first slice of an access unit.

    Attributes:
        sets: parameter sets (NAL units without start code), in order.
        key: a decoder can start at this access unit once it knows the parameter sets.
        picture: there is a slice at all.
    """

    sets: tuple[bytes, ...]
    key: bool
    picture: bool


def unit_type(unit: bytes, codec: VideoCodec) -> int:
    """The ``nal_unit_type`` of a NAL unit without its start code."""
    return unit[0] & 31 if codec == "h264" else unit[0] >> 1 & 63


def units(data: bytes, framing: Framing, length_size: int = 4) -> Iterator[bytes]:
    """The NAL units of an access unit, without start codes or lengths; what is cut off at the end is left out."""
    return _annexb(data) if framing == "annexb" else _length_prefixed(data, length_size)


def _annexb(data: bytes) -> Iterator[bytes]:
    start = data.find(_START)
    while start >= 0:
        begin = start + 3
        start = data.find(_START, begin)
        unit = data[begin : len(data) if start < 0 else start].rstrip(b"\x00")
        if unit:
            yield unit


def _length_prefixed(data: bytes, length_size: int) -> Iterator[bytes]:
    at = 0
    while at + length_size < len(data):
        size = int.from_bytes(data[at : at + length_size], "big")
        at += length_size
        if size == 0 or at + size > len(data):
            return
        yield data[at : at + size]
        at += size


def head(data: bytes, codec: VideoCodec, framing: Framing, length_size: int = 4) -> Head:
    """Read an access unit up to its first slice."""
    sets: list[bytes] = []
    recovery = False
    for unit in units(data, framing, length_size):
        kind = unit_type(unit, codec)
        if is_parameter_set(kind, codec):
            sets.append(unit)
        elif codec == "h264" and kind == _H264_SEI:
            recovery = recovery or _recovers_at_once(unit)
        elif codec == "h264" and 1 <= kind <= _H264_IDR:
            return Head(tuple(sets), kind == _H264_IDR or recovery, True)
        elif codec == "hevc" and kind < _HEVC_VPS:
            return Head(tuple(sets), kind in _HEVC_IRAP, True)
    return Head(tuple(sets), False, False)


def is_parameter_set(kind: int, codec: VideoCodec) -> bool:
    """A video, sequence or picture parameter set."""
    return kind in ((_H264_SPS, _H264_PPS) if codec == "h264" else (_HEVC_VPS, _HEVC_SPS, _HEVC_PPS))


def _recovers_at_once(sei: bytes) -> bool:
    # An open group of pictures starts with an I picture and this message; recovery_frame_cnt 0 is the single bit 1.
    at, message = 1, unescape(sei)
    while at + 2 < len(message):
        kind, size = message[at], message[at + 1]
        if 255 in (kind, size):
            return False
        if kind == _SEI_RECOVERY_POINT:
            return bool(message[at + 2] & 0x80)
        at += 2 + size
    return False


def unescape(unit: bytes) -> bytes:
    """A NAL unit without emulation prevention bytes (14496-10, 7.4.1)."""
    if b"\x00\x00\x03" not in unit:
        return unit
    return unit.replace(b"\x00\x00\x03", b"\x00\x00")


class Bits:
    """Reads fixed-length and Exp-Golomb fields (14496-10, 9.1).

    Raises:
        ValueError: from every reader, where the bits end.
    """

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def u(self, count: int) -> int:
        """An unsigned field of ``count`` bits."""
        end = self._at + count
        if end > len(self._data) * 8:
            raise ValueError("parameter set ends too early")
        first, last = self._at // 8, (end + 7) // 8
        whole = int.from_bytes(self._data[first:last], "big")
        self._at = end
        return whole >> (last * 8 - end) & ((1 << count) - 1)

    def ue(self) -> int:
        """An unsigned Exp-Golomb field."""
        zeros = 0
        while self.u(1) == 0:
            zeros += 1
            if zeros > 32:
                raise ValueError("no Exp-Golomb code")
        return (1 << zeros) - 1 + self.u(zeros)

    def se(self) -> int:
        """A signed Exp-Golomb field."""
        code = self.ue()
        return (code + 1) // 2 if code & 1 else -(code // 2)


def set_id(unit: bytes, codec: VideoCodec) -> tuple[int, int]:
    """(kind, identifier) of a parameter set: a later one with the same pair replaces it.

    Raises:
        ValueError: the set is broken.
    """
    kind = unit_type(unit, codec)
    if codec == "h264":
        return kind, Bits(unescape(unit)[4 if kind == _H264_SPS else 1 :]).ue()
    if kind == _HEVC_VPS:
        return kind, Bits(unescape(unit)[2:]).u(4)
    if kind == _HEVC_PPS:
        return kind, Bits(unescape(unit)[2:]).ue()
    bits = Bits(unescape(unit)[2:])
    _skip_hevc_profile(bits)
    return kind, bits.ue()


@dataclass(frozen=True, slots=True)
class Format:
    """What a sequence parameter set says of the pictures: size in pixels after cropping, chroma format, bit depths."""

    width: int
    height: int
    chroma: int
    depth_luma: int
    depth_chroma: int


def picture_format(sps: bytes, codec: VideoCodec) -> Format:
    """Read a sequence parameter set.

    Raises:
        ValueError: the set is broken.
    """
    return _h264_format(unescape(sps)) if codec == "h264" else _hevc_format(unescape(sps))


def is_sequence_set(unit: bytes, codec: VideoCodec) -> bool:
    """The set that carries the size of the pictures."""
    return unit_type(unit, codec) == (_H264_SPS if codec == "h264" else _HEVC_SPS)


def _h264_format(sps: bytes) -> Format:
    bits = Bits(sps[1:])
    profile = bits.u(8)
    bits.u(16)
    bits.ue()
    chroma, luma_depth, chroma_depth = _h264_chroma(bits) if profile in _H264_CHROMA_PROFILES else (1, 8, 8)
    bits.ue()  # log2_max_frame_num
    _skip_h264_order_count(bits)
    bits.ue()  # max_num_ref_frames
    bits.u(1)
    width = (bits.ue() + 1) * 16
    map_units = bits.ue() + 1
    frames_only = bits.u(1)
    if not frames_only:
        bits.u(1)
    bits.u(1)
    left, right, top, bottom = _window(bits)
    unit_x = 2 if chroma in (1, 2) else 1
    unit_y = (2 if chroma == 1 else 1) * (2 - frames_only)
    height = (2 - frames_only) * map_units * 16
    return Format(width - unit_x * (left + right), height - unit_y * (top + bottom), chroma, luma_depth, chroma_depth)


def _window(bits: Bits) -> tuple[int, int, int, int]:
    if not bits.u(1):
        return 0, 0, 0, 0
    return bits.ue(), bits.ue(), bits.ue(), bits.ue()


def _h264_chroma(bits: Bits) -> tuple[int, int, int]:
    chroma = bits.ue()
    if chroma == 3:
        bits.u(1)
    luma_depth, chroma_depth = bits.ue() + 8, bits.ue() + 8
    bits.u(1)
    if bits.u(1):
        for number in range(12 if chroma == 3 else 8):
            if bits.u(1):
                _skip_scaling_list(bits, 16 if number < 6 else 64)
    return chroma, luma_depth, chroma_depth


def _skip_scaling_list(bits: Bits, size: int) -> None:
    last = following = 8
    for _ in range(size):
        if following:
            following = (last + bits.se() + 256) % 256
        last = following or last


def _skip_h264_order_count(bits: Bits) -> None:
    kind = bits.ue()
    if kind == 0:
        bits.ue()
    elif kind == 1:
        bits.u(1)
        bits.se()
        bits.se()
        for _ in range(bits.ue()):
            bits.se()


def _skip_hevc_profile(bits: Bits) -> None:
    bits.u(4)
    layers = bits.u(3)
    bits.u(1)
    bits.u(96)
    present = [(bits.u(1), bits.u(1)) for _ in range(layers)]
    if layers:
        bits.u(2 * (8 - layers))
    for profile, level in present:
        bits.u(88 * profile + 8 * level)


def _hevc_format(sps: bytes) -> Format:
    bits = Bits(sps[2:])
    _skip_hevc_profile(bits)
    bits.ue()
    chroma = bits.ue()
    if chroma == 3:
        bits.u(1)
    width, height = bits.ue(), bits.ue()
    left, right, top, bottom = _window(bits)
    unit_x, unit_y = (2 if chroma in (1, 2) else 1), (2 if chroma == 1 else 1)
    depth_luma, depth_chroma = bits.ue() + 8, bits.ue() + 8
    return Format(width - unit_x * (left + right), height - unit_y * (top + bottom), chroma, depth_luma, depth_chroma)
