"""Writing one clip into an open region."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import cbor2
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from mihariban.base.errors import UsageError
from mihariban.volume.chunk import Chunk, CodecConfig, pack_meta
from mihariban.volume.layout import BLOCK, blocks
from mihariban.volume.page import Entry, Page
from mihariban.volume.sealing import OVERHEAD, Piece, PieceKind
from mihariban.volume.table import ROW, SUMMARY, ClipTable, describe

if TYPE_CHECKING:
    from mihariban.volume.ring import Ring

NOTES_ROOM = 1024
"""Bytes kept free for the notes given when a clip is closed."""

_FOOTER = struct.Struct(">III")  # pieces, end, count of records
_RECORD = struct.Struct(">IIH2x")  # offset in the region, bytes with padding, key slot


@dataclass(slots=True)
class Room:
    """The free room of a region, to find out before anything is written what will fit. Bytes.

    Attributes:
        size: of the region. offset: where the next piece goes. tail: kept for the end. slots: clips it can still take.
    """

    size: int
    offset: int
    tail: int
    slots: int

    def take(self, stored: int, chunks: int) -> bool:
        """Use up the room for a whole clip, whose record is written twice; False, and nothing used, where it lacks."""
        record = record_room(chunks)
        if self.slots < 1 or self.offset + stored + 2 * record + self.tail > self.size:
            return False
        self.offset += stored + record
        self.tail += record
        self.slots -= 1
        return True


def empty_room(size: int, slots: int) -> Room:
    """The room of a region nothing was written to yet."""
    return Room(size, BLOCK, BLOCK, slots)


class OpenRegion:
    """A region this process writes to.

    Args:
        page: its key page.
        size: its bytes.
        slots: clips its key page has room for.
        reserved: taken from the share for holds; recording never writes here.
        before: generation of what lay here before; 0 where nothing did.
    """

    def __init__(self, page: Page, size: int, slots: int, *, reserved: bool = False, before: int = 0) -> None:
        self.page = page
        self.reserved = reserved
        self.before = before
        self.offset = BLOCK
        self.number = 0
        self.records: list[tuple[tuple[int, int, int], bytes]] = []
        self.writers: list[ClipWriter] = []
        self.full = False
        self.ended = False
        self._size = size
        self._slots = slots

    def begin(self, ring: Ring, slot: int) -> ClipWriter:
        """A writer for the clip with key ``slot``."""
        writer = ClipWriter(ring, self, slot)
        self.writers.append(writer)
        return writer

    def tail(self) -> int:
        """Bytes at the end: copies of the records so far, and the footer."""
        return sum(len(copy) for _, copy in self.records) + BLOCK

    def fits(self, stored: int, writer: ClipWriter | None) -> bool:
        """Whether ``stored`` bytes fit beside what closing the region will need. A record is written twice."""
        ending = sum(record_room(len(each.table.chunks) + (each is writer)) for each in self.writers)
        if writer is None:
            ending += record_room(1)
        return self.offset + stored + 2 * ending + self.tail() <= self._size

    def takes_clip(self) -> bool:
        """Whether another clip can begin here."""
        return not self.full and len(self.page.entries) < self._slots and self.fits(BLOCK, None)

    def room(self) -> Room:
        """What is free here, nothing being written."""
        return Room(self._size, self.offset, self.tail(), self._slots - len(self.page.entries))

    def largest(self) -> int:
        """Bytes of the largest piece an empty region takes."""
        return self._size - 2 * BLOCK - 2 * record_room(1)


def record_room(chunks: int) -> int:
    """Bytes a record of so many chunks takes with padding, notes included."""
    return blocks(OVERHEAD + SUMMARY + NOTES_ROOM + ROW * chunks)


def pack_footer(region: OpenRegion) -> bytes:
    """The footer's plain text."""
    rows = [_RECORD.pack(*place) for place, _ in region.records]
    return _FOOTER.pack(region.number, region.offset, len(rows)) + b"".join(rows)


def unpack_footer(plain: bytes) -> tuple[int, int, list[tuple[int, int, int]]]:
    """(pieces, end, [(offset, bytes, key slot) of each record])."""
    pieces, end, count = _FOOTER.unpack_from(plain)
    rows = _RECORD.iter_unpack(plain[_FOOTER.size : _FOOTER.size + count * _RECORD.size])
    return pieces, end, [(offset, length, slot) for offset, length, slot in rows]


class ClipWriter:
    """Takes the chunks of one clip. Safe beside readers in other threads.

    Attributes:
        appended: chunks taken. durable: how many of them a power cut can no longer take.
    """

    def __init__(self, ring: Ring, region: OpenRegion, slot: int) -> None:
        self._ring = ring
        self.region = region
        self.slot = slot
        self.table = ClipTable()
        self.appended = 0
        self.durable = 0
        self.closed = False
        self._cipher = AESGCM(self.entry.key)
        self._configs: dict[int, CodecConfig] = {}

    @property
    def entry(self) -> Entry:
        return self.region.page.entries[self.slot]

    @property
    def clip(self) -> bytes:
        """The clip's id."""
        return self.entry.clip

    def append(self, chunk: Chunk) -> bool:
        """Seal and write a chunk; False, and nothing written, where it does not fit into this region any more.

        Raises:
            UsageError: it would fit into no region of this volume.
            ValueError: the first chunk of a stream comes without its codec configuration.
        """
        with self._ring.lock:
            return self._append(chunk)

    def _append(self, chunk: Chunk) -> bool:
        if self.closed:
            raise ValueError("the clip is closed")
        config = chunk.config or self._configs.get(chunk.stream)
        if config is None:
            raise ValueError("the first chunk of a stream in a clip must carry its codec configuration")
        region = self.region
        meta = pack_meta(chunk, self.clip, self.entry.visit)
        piece = Piece(PieceKind.CHUNK, self.slot, region.page.generation, region.number, len(meta), len(chunk.data))
        if piece.stored > region.largest():
            raise UsageError(what=f"a chunk of {len(chunk.data)} bytes fits into no region; make larger regions")
        if not region.fits(piece.stored, self):
            region.full = True
            return False
        offset = region.offset
        self._write(piece, meta, chunk.data)
        self._configs[chunk.stream] = config
        self.table.add(describe(chunk, config, offset, piece.length, piece.number))
        self.appended += 1
        return True

    def close(self, deadline: int | None = None, notes: Mapping[str, Any] | None = None) -> None:
        """Write the clip's record; durable with the next commit. A clip without chunks leaves nothing.

        Args:
            deadline: not readable after (ns since 1970 UTC), where it became another one.
            notes: small facts kept with the clip, at most ``NOTES_ROOM`` bytes as CBOR.

        Raises:
            ValueError: too many notes.
        """
        with self._ring.lock:
            self._close(deadline, notes)

    def _close(self, deadline: int | None, notes: Mapping[str, Any] | None) -> None:
        if self.closed:
            return
        if notes and len(cbor2.dumps(dict(notes))) > NOTES_ROOM:
            raise ValueError("the notes of a clip are too long")
        page = self.region.page
        if not self.table.chunks:
            page.entries[self.slot] = Entry()
            self._ring.write_page(page)
        else:
            if deadline is not None and deadline != self.entry.deadline:
                self.entry.deadline = deadline
                self._ring.write_page(page)
            self.table.final = True
            self.table.notes = dict(notes or {})
            self._write_record()
        self.closed = True
        self.region.writers.remove(self)
        self._ring.finished.append(self)
        self._ring.table.update(page)
        self._ring.ended(self.region)

    def _write_record(self) -> None:
        region = self.region
        meta, rows = self.table.pack_summary(), self.table.pack_rows()
        piece = Piece(PieceKind.RECORD, self.slot, region.page.generation, region.number, len(meta), len(rows))
        place = (region.offset, piece.stored, self.slot)
        region.records.append((place, self._write(piece, meta, rows)))

    def _write(self, piece: Piece, meta: bytes, data: bytes) -> bytes:
        region, ring = self.region, self._ring
        sealed = ring.sealer.seal(self._cipher, region.page.region, piece, meta, data)
        ring.write(ring.shape.offset(region.page.region) + region.offset, sealed)
        region.offset += piece.stored
        region.number += 1
        return bytes(sealed) if piece.kind is PieceKind.RECORD else b""
