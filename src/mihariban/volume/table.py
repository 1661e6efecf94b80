"""What is known of one clip without reading its footage: a summary and one row of 32 bytes for each chunk.

The same bytes are the clip's record in the ring and its rows in the index.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import cbor2
import numpy as np

from mihariban.base.clock import SECOND
from mihariban.volume.chunk import Chunk, CodecConfig, Sample
from mihariban.volume.layout import BLOCK

_SUMMARY = struct.Struct(">BBHIqqqQQI4x")  # version, final, -, chunks, start, end, duration, stored, media, samples
_ROW = struct.Struct(">qIIIIHBBI")  # wall, block, length, number, microseconds, samples, stream, flags, media bytes
_VERSION = 1
ROW = _ROW.size
SUMMARY = _SUMMARY.size
SUMMARY_ROW = np.dtype(
    [
        ("version", "u1"), ("final", "u1"), ("-", "V2"), ("chunks", ">u4"), ("start", ">i8"), ("end", ">i8"),
        ("duration", ">i8"), ("stored", ">u8"), ("media", ">u8"), ("samples", ">u4"), ("--", "V4"),
    ]
)  # fmt: skip
"""How numpy sees packed sums without their notes, to take in many at once."""
_KEY, _CONFIG, _NOTES, _HIDDEN, _ALIGNED = 1, 2, 4, 8, 16


@dataclass(frozen=True, slots=True)
class ChunkInfo:
    """Where a chunk is and what it holds.

    Attributes:
        stream: as in the chunk. wall: its first sample, ns since 1970 UTC. duration: of the shown samples, ns.
        offset: bytes from the start of the region; length: bytes on the disk without padding.
        number: of the piece in its region. samples: how many; media: bytes of them.
        key: begins with a sample a decoder can start at. config, notes: carries such.
        hidden: holds lead-in only.
        aligned: no sample but the first is one a decoder can start at; False also where that was not noted.
    """

    stream: int
    wall: int
    duration: int
    offset: int
    length: int
    number: int
    samples: int
    media: int
    key: bool
    config: bool
    notes: bool
    hidden: bool
    aligned: bool = False


@dataclass(slots=True)
class ClipTable:
    """The chunks of one clip, growing while it is written.

    Attributes:
        final: no chunk will be added.
        start, end: first and last instant shown, ns since 1970 UTC; 0 while nothing is.
        duration: ns shown of stream 0. stored: bytes of the ring with padding. media: bytes of samples.
        count: how many chunks, also where their rows were not read.
        notes: given when the clip was closed.
        packed: the rows as they were read, while nobody has asked for the chunks.
    """

    chunks: list[ChunkInfo] = field(default_factory=list)
    final: bool = False
    start: int = 0
    end: int = 0
    duration: int = 0
    stored: int = 0
    media: int = 0
    samples: int = 0
    count: int = 0
    notes: Mapping[str, Any] = field(default_factory=dict)
    packed: bytes = b""

    def listed(self) -> list[ChunkInfo]:
        """The chunks, unpacked when they are first asked for: making an index anew never needs them."""
        if self.packed:
            self.chunks, self.packed = unpack_rows(self.packed), b""
        return self.chunks

    def add(self, info: ChunkInfo) -> None:
        """Take a chunk into the table and the sums."""
        self.chunks.append(info)
        self.count += 1
        self.stored += -(-info.length // BLOCK) * BLOCK
        self.media += info.media
        self.samples += info.samples
        if info.hidden:
            return
        self.start = min(self.start, info.wall) if self.start else info.wall
        self.end = max(self.end, info.wall + info.duration)
        if info.stream == 0:
            self.duration += info.duration

    def copy(self) -> ClipTable:
        """The table as it is now; later chunks do not reach it."""
        return replace(self, chunks=list(self.chunks))

    def pack_summary(self) -> bytes:
        """Sums and notes."""
        head = _SUMMARY.pack(
            _VERSION, self.final, 0, self.count, self.start, self.end, self.duration, self.stored, self.media,
            self.samples,
        )  # fmt: skip
        return head + (cbor2.dumps(dict(self.notes)) if self.notes else b"")

    def pack_rows(self) -> bytes:
        """One row for each chunk."""
        return self.packed or b"".join(
            _ROW.pack(
                info.wall,
                info.offset // BLOCK,
                info.length,
                info.number,
                min(info.duration // 1000, 0xFFFF_FFFF),
                info.samples,
                info.stream,
                _flags(info),
                info.media,
            )
            for info in self.chunks
        )


def pack_summaries(tables: Sequence[ClipTable]) -> bytes:
    """Sums of several tables one behind the other, then their notes, if there are any, by number of the table."""
    packed = [table.pack_summary() for table in tables]
    notes = {number: each[SUMMARY:] for number, each in enumerate(packed) if len(each) > SUMMARY}
    return b"".join(each[:SUMMARY] for each in packed) + (cbor2.dumps(notes) if notes else b"")


def unpack_notes(summaries: bytes, count: int) -> dict[int, bytes]:
    """The notes ``pack_summaries`` packed of ``count`` tables, each as it was packed."""
    rest = summaries[count * SUMMARY :]
    return cbor2.loads(rest) if rest else {}


def unpack_table(summary: bytes, rows: bytes = b"") -> ClipTable:
    """The table packed by ``pack_summary`` and ``pack_rows``; without rows, the sums alone."""
    _, final, _, count, start, end, duration, stored, media, samples = _SUMMARY.unpack_from(summary)
    notes = cbor2.loads(summary[SUMMARY:]) if len(summary) > SUMMARY else {}
    return ClipTable([], bool(final), start, end, duration, stored, media, samples, count, notes, rows)


def unpack_rows(rows: bytes) -> list[ChunkInfo]:
    """The chunks in packed rows."""
    return [
        ChunkInfo(
            stream,
            wall,
            micros * 1000,
            block * BLOCK,
            length,
            number,
            samples,
            media,
            bool(flags & _KEY),
            bool(flags & _CONFIG),
            bool(flags & _NOTES),
            bool(flags & _HIDDEN),
            bool(flags & _ALIGNED),
        )
        for wall, block, length, number, micros, samples, stream, flags, media in _ROW.iter_unpack(rows)
    ]


def describe(chunk: Chunk, config: CodecConfig | None, offset: int, length: int, number: int) -> ChunkInfo:
    """The row of a chunk. ``config`` is the one in force for its stream; without one its duration is not known (0)."""
    shown = [sample for sample in chunk.samples if not sample.lead_in]
    ticks = sum(max(0, sample.duration) for sample in shown) or _span(shown)
    numerator, denominator = config.time_base if config else (0, 1)
    micros = min(ticks * numerator * 1_000_000 // max(1, denominator), 0xFFFF_FFFF)
    return ChunkInfo(
        stream=chunk.stream,
        wall=chunk.wall,
        duration=micros * (SECOND // 1_000_000),
        offset=offset,
        length=length,
        number=number,
        samples=len(chunk.samples),
        media=len(chunk.data),
        key=bool(chunk.samples) and chunk.samples[0].key,
        config=chunk.config is not None,
        notes=bool(chunk.notes),
        hidden=not shown,
        aligned=not any(sample.key for sample in chunk.samples[1:]),
    )


def _span(shown: list[Sample]) -> int:
    """Ticks shown where no sample tells its duration: the last picture stands as long as the others did on average."""
    if len(shown) < 2:
        return 0
    shows = [sample.pts for sample in shown]
    return (max(shows) - min(shows)) * len(shown) // (len(shown) - 1)


def _flags(info: ChunkInfo) -> int:
    kind = info.key * _KEY | info.config * _CONFIG | info.notes * _NOTES
    return kind | info.hidden * _HIDDEN | info.aligned * _ALIGNED
