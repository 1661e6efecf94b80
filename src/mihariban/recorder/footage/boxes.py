"""Fragmented MP4 in memory (ISO/IEC 14496-12, decoder records of 14496-15).

Written here and not by libavformat because its Python binding cannot describe a stream that was not encoded or demuxed
by itself, and because the decode time of a fragment must come from the wall clock, whichever segment is asked for.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

TIMESCALE = 90_000
_SYNC, _OTHER = 0x0200_0000, 0x0101_0000  # sample flags: depends on nothing; depends on others and is no sync sample
_ROW = struct.Struct(">IIIi").pack  # of a trun
_MATRIX = struct.pack(">9i", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x4000_0000)


@dataclass(slots=True)
class Media:
    """Samples in decoding order, as they are written; times in ``TIMESCALE`` ticks.

    Attributes:
        decode: when the first one is decoded.
        durations, sizes, keys, shifts: of each sample.
        bodies: their bytes (length-prefixed NAL units) in parts, by where they lay together.
    """

    decode: int
    durations: list[int]
    sizes: list[int]
    keys: list[bool]
    shifts: list[int]
    bodies: list[list[bytes | memoryview]]

    @property
    def size(self) -> int:
        return sum(self.sizes)


@dataclass(frozen=True, slots=True)
class SampleEntry:
    """How the pictures are coded. kind: ``avc1`` or ``hvc1``; record: the decoder configuration record."""

    kind: str
    width: int
    height: int
    record: bytes


def box(kind: str, *parts: bytes) -> bytes:
    """A box of the given type."""
    body = b"".join(parts)
    return struct.pack(">I4s", 8 + len(body), kind.encode()) + body


def _full(kind: str, version: int, flags: int, *parts: bytes) -> bytes:
    return box(kind, struct.pack(">I", version << 24 | flags), *parts)


def initialisation(entry: SampleEntry) -> bytes:
    """``ftyp`` and ``moov`` of a stream with one picture track and no edit list."""
    brands = b"iso6" + b"cmfc" + b"mp41" if entry.kind == "avc1" else b"iso6" + b"cmfc" + b"hvc1"
    head = struct.pack(">IIII", 0, 0, TIMESCALE, 0) + struct.pack(">IHH8x", 0x10000, 0x100, 0) + _MATRIX
    movie = _full("mvhd", 0, 0, head, bytes(24), struct.pack(">I", 2))
    extends = box("mvex", _full("trex", 0, 0, struct.pack(">IIIII", 1, 1, 0, 0, 0)))
    return box("ftyp", b"iso6", struct.pack(">I", 0), brands) + box("moov", movie, _track(entry), extends)


def _track(entry: SampleEntry) -> bytes:
    size = struct.pack(">II", entry.width << 16, entry.height << 16)
    head = _full("tkhd", 0, 3, struct.pack(">IIIII8xHHHH", 0, 0, 1, 0, 0, 0, 0, 0, 0), _MATRIX, size)
    times = _full("mdhd", 0, 0, struct.pack(">IIIIHH", 0, 0, TIMESCALE, 0, 0x55C4, 0))
    handler = _full("hdlr", 0, 0, struct.pack(">I4s12x", 0, b"vide"), b"VideoHandler\0")
    data = box("dinf", _full("dref", 0, 0, struct.pack(">I", 1), _full("url ", 0, 1)))
    info = box("minf", _full("vmhd", 0, 1, bytes(8)), data, _table(entry))
    return box("trak", head, box("mdia", times, handler, info))


def _table(entry: SampleEntry) -> bytes:
    picture = struct.pack(">6xH16xHHIIIH32xHh", 1, entry.width, entry.height, 0x48_0000, 0x48_0000, 0, 1, 24, -1)
    record = box("avcC" if entry.kind == "avc1" else "hvcC", entry.record)
    described = _full("stsd", 0, 0, struct.pack(">I", 1), box(entry.kind, picture, record))
    empty = [_full(kind, 0, 0, bytes(4)) for kind in ("stts", "stsc")]
    return box("stbl", described, *empty, _full("stsz", 0, 0, bytes(8)), _full("stco", 0, 0, bytes(4)))


def fragment(number: int, media: Media, *, typed: bool = True) -> bytes:
    """``moof`` and ``mdat`` of some samples.

    Args:
        number: of the fragment, from 1.
        typed: begin with ``styp``, as a media segment does.
    """
    return b"".join((fragment_head(number, media, typed=typed), *(part for body in media.bodies for part in body)))


def fragment_head(number: int, media: Media, *, typed: bool = True) -> bytes:
    """All of a fragment but the bytes of its samples, which follow."""
    flags = [_SYNC if key else _OTHER for key in media.keys]
    rows = b"".join(map(_ROW, media.durations, media.sizes, flags, media.shifts))
    head = _full("tfhd", 0, 0x02_0000, struct.pack(">I", 1))  # offsets count from the moof
    start = _full("tfdt", 1, 0, struct.pack(">Q", media.decode))
    sequence = _full("mfhd", 0, 0, struct.pack(">I", number))
    size = 8 + len(sequence) + 8 + len(head) + len(start) + 20 + len(rows)
    run = _full("trun", 1, 0x000F01, struct.pack(">Ii", len(flags), size + 8), rows)
    moof = box("moof", sequence, box("traf", head, start, run))
    kind = box("styp", b"msdh", struct.pack(">I", 0), b"msdh", b"msix") if typed else b""
    return kind + moof + struct.pack(">I4s", 8 + media.size, b"mdat")
