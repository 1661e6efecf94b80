"""From the files to the state of a volume: identity, regions, clips. Idempotent, and repeatable after any crash.

A region that was open when the last process ended is walked from its beginning: the pieces that authenticate, in
unbroken order, are the footage; it is closed there and never continued.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from mihariban.base.files import BlockFile, RealFile
from mihariban.volume.chunk import CodecConfig, unpack
from mihariban.volume.layout import (
    BLOCK,
    FOOTER_MAGIC,
    HEADER_MAGIC,
    Geometry,
    blocks,
    open_block,
)
from mihariban.volume.page import Entry, Page, RegionState
from mihariban.volume.root import Root
from mihariban.volume.sealing import PieceKind, read_head, read_piece, unseal, unseal_whole
from mihariban.volume.table import ChunkInfo, ClipTable, describe, unpack_table
from mihariban.volume.writer import unpack_footer


@dataclass(slots=True)
class Walked:
    """What was found in a region.

    Attributes:
        tables: by key slot. pieces: how many count. end: bytes up to behind the last of them.
        damaged: (key slot, offset) of pieces of a closed region that do not authenticate though they should.
    """

    tables: dict[int, ClipTable] = field(default_factory=dict)
    pieces: int = 0
    end: int = BLOCK
    damaged: list[tuple[int, int]] = field(default_factory=list)


class Reader:
    """Reads regions of one volume. Holds no state of its own."""

    def __init__(self, ring: BlockFile, root: Root, volume: bytes, shape: Geometry) -> None:
        self._ring = ring
        self._blocks = root.cipher("region")
        self._volume = volume
        self._shape = shape

    def header_valid(self, page: Page) -> bool:
        """The region's header is of this generation."""
        raw = self._ring.pread(self._shape.offset(page.region), BLOCK)
        return open_block(self._blocks, HEADER_MAGIC, self._volume, page.region, page.generation, raw) is not None

    def walk(self, page: Page) -> Walked:
        """The pieces of a region that authenticate; pieces of destroyed clips are stepped over unread.

        In a region left open, nothing behind the first piece that fails counts: all that was
        acknowledged lies before it.
        In a closed region all pieces were whole once, so a damaged one is noted and those behind it are sought.
        """
        walked = Walked()
        closed = page.state is RegionState.CLOSED
        if not closed and not self.header_valid(page):
            return walked
        stop = page.end if closed else self._shape.region_size
        configs: dict[tuple[int, int], CodecConfig] = {}
        offset = BLOCK
        while offset < stop:
            step = self._step(page, walked, configs, offset, stop)
            if step:
                offset += step
                walked.end = offset
            elif closed:
                offset += BLOCK
            else:
                break
        if closed:
            walked.pieces, walked.end = page.chunks, page.end
            for table in walked.tables.values():
                table.final = True
        return walked

    def piece(self, page: Page, slot: int, info: ChunkInfo) -> tuple[bytes, bytes] | None:
        """Meta and data of a chunk; None as ``whole``."""
        found = self.whole(page, slot, info)
        return None if found is None else (found[0][: found[1]], found[0][found[1] :])

    def whole(self, page: Page, slot: int, info: ChunkInfo) -> tuple[bytes, int] | None:
        """A chunk where it was decrypted, and how many bytes of it come before its data; None where it cannot be read
        or is not the one expected."""
        entry = page.entries[slot]
        try:
            raw = self._ring.pread(self._shape.offset(page.region) + info.offset, info.length)
        except OSError:
            return None
        head = read_head(raw)
        expected = (slot, page.generation, info.number)
        if head is None or not entry.live or (head.slot, head.generation, head.number) != expected:
            return None
        plain = unseal_whole(AESGCM(entry.key), self._volume, page.region, head, raw)
        return None if plain is None else (plain, head.meta)

    def sound(self, page: Page, slot: int, info: ChunkInfo) -> bool:
        """Every stored byte of a chunk is as it was written, down to the zeros that fill its last block."""
        try:
            raw = self._ring.pread(self._shape.offset(page.region) + info.offset, blocks(info.length))
        except OSError:
            return False
        head, entry = read_head(raw), page.entries[slot]
        expected = (slot, page.generation, info.number, info.length)
        if head is None or not entry.live or (head.slot, head.generation, head.number, head.length) != expected:
            return False
        opened = unseal(AESGCM(entry.key), self._volume, page.region, head, raw)
        return opened is not None and not any(raw[info.length :]) and len(raw) == blocks(info.length)

    def _step(
        self, page: Page, walked: Walked, configs: dict[tuple[int, int], CodecConfig], offset: int, stop: int
    ) -> int:
        """Take in the piece at ``offset``; its bytes, or 0 where none counts there."""
        base = self._shape.offset(page.region)
        try:
            found = read_piece(self._ring, base + offset, base + stop)
        except OSError:
            return 0
        if found is None:
            return 0
        piece, raw = found
        closed = page.state is RegionState.CLOSED
        in_order = piece.number >= walked.pieces if closed else piece.number == walked.pieces
        if piece.generation != page.generation or not in_order or piece.slot >= len(page.entries):
            return 0
        entry = page.entries[piece.slot]
        if entry.live:
            opened = unseal(AESGCM(entry.key), self._volume, page.region, piece, raw)
            if opened is None:
                walked.damaged.append((piece.slot, offset))
                return 0
            self._take(walked, configs, piece.slot, piece.kind, opened, offset, piece.length, piece.number)
        walked.pieces = piece.number + 1
        return piece.stored

    def records(self, page: Page) -> dict[int, ClipTable] | None:
        """The tables of a closed region's clips from its footer and records alone; None where it has no footer."""
        if page.state is not RegionState.CLOSED or not page.tail:
            return None
        base = self._shape.offset(page.region)
        tail = self._ring.pread(base + self._shape.region_size - page.tail, page.tail)
        plain = open_block(self._blocks, FOOTER_MAGIC, self._volume, page.region, page.generation, tail[-BLOCK:])
        if plain is None:
            return None
        tables: dict[int, ClipTable] = {}
        position = 0
        for number, length, slot in self._record_places(plain):
            entry = page.entries[slot] if slot < len(page.entries) else Entry()
            raw = tail[position : position + length]
            position += length
            if entry.live:
                table = self._record(page, entry, raw)
                if table is None:
                    table = self._record(page, entry, self._ring.pread(base + number, length))
                if table is None:
                    return None
                tables[slot] = table
        return tables

    def expect(self, pages: Iterable[Page]) -> None:
        """The ends of these regions are read next."""
        if isinstance(self._ring, RealFile):
            for page in pages:
                if page.tail:
                    self._ring.will_read(self._shape.offset(page.region + 1) - page.tail, page.tail)

    def tables(self, page: Page) -> dict[int, ClipTable]:
        """The tables of all live clips of a region, by the shortest way that leads there."""
        found = self.records(page)
        return self.walk(page).tables if found is None else found

    @staticmethod
    def _record_places(plain: bytes) -> list[tuple[int, int, int]]:
        return unpack_footer(plain)[2]

    def _record(self, page: Page, entry: Entry, raw: bytes) -> ClipTable | None:
        piece = read_head(raw)
        if piece is None or piece.kind is not PieceKind.RECORD or piece.generation != page.generation:
            return None
        opened = unseal(AESGCM(entry.key), self._volume, page.region, piece, raw)
        return None if opened is None else unpack_table(*opened)

    @staticmethod
    def _take(
        walked: Walked,
        configs: dict[tuple[int, int], CodecConfig],
        slot: int,
        kind: PieceKind,
        opened: tuple[bytes, bytes],
        offset: int,
        length: int,
        number: int,
    ) -> None:
        if kind is PieceKind.RECORD:
            walked.tables[slot] = unpack_table(*opened)
            return
        chunk, _, _ = unpack(*opened)
        if chunk.config is not None:
            configs[slot, chunk.stream] = chunk.config
        info = describe(chunk, configs.get((slot, chunk.stream)), offset, length, number)
        walked.tables.setdefault(slot, ClipTable()).add(info)


def close_after_crash(page: Page, walked: Walked) -> None:
    """Turn the page of a region that was open into that of a closed one; clips without footage leave nothing."""
    page.state = RegionState.CLOSED
    page.chunks, page.end, page.tail = walked.pieces, walked.end, 0
    for slot, entry in enumerate(page.entries):
        if entry.live and slot not in walked.tables:
            page.entries[slot] = Entry()
