"""The parameter sets a decoder needs, kept up to date from the stream itself.

A session description or a container may give none, or give ones that no longer hold; cameras also change them in the
middle of a stream (resolution, profile). Sets met in the stream win, one by one.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import replace

import structlog

from mihariban.recorder.packet import Framing, StreamConfig
from mihariban.recorder.sources import nal

_log = structlog.get_logger(__name__)


def framing_of(extradata: bytes) -> Framing:
    """A decoder configuration record (ISO/IEC 14496-15) means length prefixes; start codes or nothing mean Annex B."""
    return "length" if extradata and not extradata.startswith((b"\x00\x00\x01", b"\x00\x00\x00\x01")) else "annexb"


def length_size(config: StreamConfig) -> int:
    """Bytes of the length before each NAL unit (14496-15, lengthSizeMinusOne)."""
    at = 4 if config.codec == "h264" else 21
    return (config.extradata[at] & 3) + 1 if len(config.extradata) > at else 4


def sets_in(config: StreamConfig) -> tuple[bytes, ...]:
    """The parameter sets inside ``config.extradata``; what is broken is left out."""
    if config.framing == "annexb":
        return tuple(nal.units(config.extradata, "annexb"))
    blocks = _avcc_blocks(config.extradata) if config.codec == "h264" else _hvcc_blocks(config.extradata)
    return tuple(blocks)


def _avcc_blocks(record: bytes) -> list[bytes]:
    found: list[bytes] = []
    at = 5
    for mask in (31, 255):
        if at >= len(record):
            break
        count, at = record[at] & mask, at + 1
        at = _read_blocks(record, at, count, found)
    return found


def _hvcc_blocks(record: bytes) -> list[bytes]:
    found: list[bytes] = []
    at = 23
    for _ in range(record[22] if len(record) > 22 else 0):
        if at + 3 > len(record):
            break
        (count,) = struct.unpack_from(">H", record, at + 1)
        at = _read_blocks(record, at + 3, count, found)
    return found


def _read_blocks(record: bytes, at: int, count: int, found: list[bytes]) -> int:
    for _ in range(count):
        size = int.from_bytes(record[at : at + 2], "big")
        if size and at + 2 + size <= len(record):
            found.append(record[at + 2 : at + 2 + size])
        at += 2 + size
    return at


def _block(unit: bytes) -> bytes:
    return struct.pack(">H", len(unit)) + unit


def _avcc(sets: list[bytes], size: int) -> bytes:
    sequence = [unit for unit in sets if nal.is_sequence_set(unit, "h264")]
    picture = [unit for unit in sets if not nal.is_sequence_set(unit, "h264")]
    return b"".join(
        (
            bytes((1, *sequence[0][1:4], 0xFC | size - 1, 0xE0 | len(sequence))),
            *map(_block, sequence),
            bytes((len(picture),)),
            *map(_block, picture),
        )
    )


def _hvcc(sets: list[bytes], size: int) -> bytes:
    sps = nal.unescape(next(unit for unit in sets if nal.is_sequence_set(unit, "hevc")))
    form = nal.picture_format(sps, "hevc")
    layers, nested = (sps[2] >> 1 & 7) + 1, sps[2] & 1
    parts = [
        b"\x01" + sps[3:15],  # profile, compatibility, constraints, level
        b"\xf0\x00\xfc",  # nothing said of slices that could be decoded side by side
        bytes((0xFC | form.chroma, 0xF8 | form.depth_luma - 8, 0xF8 | form.depth_chroma - 8, 0, 0)),
        bytes((layers << 3 | nested << 2 | size - 1,)),
    ]
    kinds = sorted({nal.unit_type(unit, "hevc") for unit in sets})
    parts.append(bytes((len(kinds),)))
    for kind in kinds:
        same = [unit for unit in sets if nal.unit_type(unit, "hevc") == kind]
        parts.append(bytes((0x80 | kind,)) + struct.pack(">H", len(same)))
        parts += map(_block, same)
    return b"".join(parts)


def decoder_record(sets: Sequence[bytes], codec: nal.VideoCodec) -> bytes:
    """The decoder configuration record (ISO/IEC 14496-15) of samples with lengths of four bytes.

    Raises:
        ValueError: there is no sequence parameter set, or it is broken.
    """
    if not any(nal.is_sequence_set(unit, codec) for unit in sets):
        raise ValueError("no sequence parameter set")
    return (_avcc if codec == "h264" else _hvcc)(list(sets), 4)


class Parameters:
    """The present configuration of one stream.

    Args:
        config: what container or session description gave; ``extradata`` may be empty, sizes 0.
    """

    def __init__(self, config: StreamConfig) -> None:
        self._seen: tuple[bytes, ...] = ()
        self._length_size = length_size(config)
        self.take_config(config)

    @property
    def complete(self) -> bool:
        """A decoder can be opened with ``config``."""
        return bool(self.config.extradata) and self.config.width > 0

    def take_config(self, config: StreamConfig) -> None:
        """Begin anew from a container's record."""
        self.config = config
        self._codec: nal.VideoCodec = "h264" if config.codec == "h264" else "hevc"
        self._sets: dict[tuple[int, int], bytes] = {}
        self._merge(sets_in(config))
        if self._sets:
            self.config = self._sized(config)

    def take_record(self, extradata: bytes) -> None:
        """The container announces another record in the middle of the file (another sample entry)."""
        if extradata != self.config.extradata:
            self.take_config(replace(self.config, extradata=extradata))

    def head(self, data: bytes) -> nal.Head:
        """Read an access unit up to its first slice and take its parameter sets over."""
        found = nal.head(data, self._codec, self.config.framing, self._length_size)
        if found.sets and found.sets != self._seen:
            self._seen = found.sets
            before = dict(self._sets)
            self._forget_sequences(found.sets)
            self._merge(found.sets)
            if self._sets != before:
                self._rebuild()
        return found

    def _forget_sequences(self, sets: tuple[bytes, ...]) -> None:
        # A camera that changes its resolution may also change the set's number: the old one must not linger.
        if any(nal.is_sequence_set(unit, self._codec) for unit in sets):
            stale = [name for name, unit in self._sets.items() if nal.is_sequence_set(unit, self._codec)]
            for name in stale:
                del self._sets[name]

    def _merge(self, sets: tuple[bytes, ...]) -> None:
        for unit in sets:
            if not nal.is_parameter_set(nal.unit_type(unit, self._codec), self._codec):
                continue
            try:
                name = nal.set_id(unit, self._codec)
                if nal.is_sequence_set(unit, self._codec):
                    nal.picture_format(unit, self._codec)
            except ValueError as error:
                _log.warning("parameter set ignored", why=str(error))
                continue
            self._sets[name] = unit

    def _rebuild(self) -> None:
        kept = [self._sets[name] for name in sorted(self._sets)]
        if not any(nal.is_sequence_set(unit, self._codec) for unit in kept):
            return
        if self.config.framing == "annexb":
            extradata = b"".join(b"\x00\x00\x00\x01" + unit for unit in kept)
        else:
            extradata = (_avcc if self._codec == "h264" else _hvcc)(kept, self._length_size)
        if extradata != self.config.extradata:
            self.config = self._sized(replace(self.config, extradata=extradata))

    def _sized(self, config: StreamConfig) -> StreamConfig:
        for unit in self._sets.values():
            if nal.is_sequence_set(unit, self._codec):
                form = nal.picture_format(unit, self._codec)
                return replace(config, width=form.width, height=form.height)
        return config
