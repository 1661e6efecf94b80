"""The stored chunks of a camera laid out in time: each picture once, in runs that can be played through."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from mihariban.base.clock import SECOND
from mihariban.recorder.footage.range import REORDER, Piece
from mihariban.recorder.footage.stored import Peek
from mihariban.recorder.packet import StreamConfig
from mihariban.volume import ChunkInfo, ClipInfo, ClipKind, ClipRefused, ClipUnknown, Volume

TOLERANCE = 3 * SECOND // 2  # a pause up to this is a slow camera, not a hole
_SLACK = SECOND // 1000  # of a moment computed from its chunk's first sample; what is lead-in is marked exactly
_KINDS = tuple(kind for kind in ClipKind if kind.name in ("VISIT", "COPY"))  # originals before copies


@dataclass(slots=True)
class Run:
    """Chunks without a hole between them.

    Attributes:
        before: earlier chunks of the first clip, for decoding, never shown.
        begins: first instant that may be shown. ends: behind the last one. Wall ns.
    """

    pieces: list[Piece]
    before: tuple[Piece, ...]
    begins: int
    ends: int

    def join(self, pieces: list[Piece]) -> None:
        """Go on with these."""
        self.pieces += pieces
        begins, ends = _span(pieces)
        self.begins, self.ends = min(self.begins, begins), max(self.ends, ends)

    @property
    def last(self) -> Piece:
        return self.pieces[-1]


def _span(pieces: list[Piece]) -> tuple[int, int]:
    """The first instant that may be shown, and behind the last one."""
    shown = [piece for piece in pieces if not piece.info.hidden]
    return min(piece.begins for piece in shown), max(piece.ends for piece in shown)


@dataclass(slots=True)
class Laid:
    """Runs in order, and the codings their pieces name."""

    runs: list[Run]
    configs: list[StreamConfig]


def lay(
    volume: Volume,
    peek: Peek,
    camera: str,
    start: int,
    end: int,
    visible: Mapping[bytes, tuple[int, int | None]],
) -> Laid:
    """Lay out what may be shown of a camera in [start, end). For the arguments see ``select``."""
    configs: list[StreamConfig] = []
    blocks: list[list[Piece]] = []
    every: dict[bytes, list[Piece]] = {}
    taken: set[tuple[bytes, int, int]] = set()
    for clip in _clips(volume, camera, start, end, visible):
        low, high = visible[clip.visit]
        limits = max(start, low - _SLACK), end if high is None else min(end, high)
        table = _table(volume, clip.clip)
        window = _window(table, *limits)
        pieces = _pieces(clip, table, window, limits, configs, peek)
        every[clip.clip] = pieces
        names = [(clip.visit, info.wall, info.samples) for info in table[window.start : window.stop]]
        blocks += _blocks([None if name in taken else piece for piece, name in zip(pieces, names, strict=False)])
        taken.update(names)
    blocks.sort(key=lambda block: _span(block)[0])
    return Laid(_runs(blocks, every), configs)


def _clips(
    volume: Volume, camera: str, start: int, end: int, visible: Mapping[bytes, tuple[int, int | None]]
) -> list[ClipInfo]:
    now = volume.clock.wall()
    found = volume.clips(camera, start - REORDER, end + REORDER)
    found = [clip for clip in found if clip.kind in _KINDS and clip.visit in visible]
    found = [clip for clip in found if clip.held or clip.deadline > now]
    return sorted(found, key=lambda clip: _KINDS.index(clip.kind))


def _table(volume: Volume, clip: bytes) -> list[ChunkInfo]:
    """Chunks of the picture; none where the clip went since it was listed."""
    try:
        return [info for info in volume.chunks(clip) if info.stream == 0 and info.samples]
    except (ClipUnknown, ClipRefused):
        return []


def _window(table: list[ChunkInfo], low: int, high: int) -> range:
    """The chunks that may be needed for [low, high): from the last that surely begins with a key frame before it on."""
    first = max((at for at, info in enumerate(table) if info.key and info.wall <= low - 2 * REORDER), default=0)
    last = max((at for at, info in enumerate(table) if info.wall < high + 2 * REORDER), default=-1)
    return range(first, last + 1)


def _pieces(
    clip: ClipInfo,
    table: list[ChunkInfo],
    window: range,
    limits: tuple[int, int],
    configs: list[StreamConfig],
    peek: Peek,
) -> list[Piece]:
    pieces: list[Piece] = []
    config = len(configs) - 1
    after: ChunkInfo | None
    for at, (info, after) in enumerate(zip(table[: window.stop], [*table[1:], None], strict=False)):
        if info.config:
            config = _config_index(peek.config(clip.clip, info), configs, config)
        if at < window.start:
            continue
        if config < 0:
            continue  # the chunk with the coding is damaged and no other is known
        until = _until(info, after)
        pieces.append(Piece(clip.clip, clip.visit, info, config, until, *limits))
    return pieces


def _until(info: ChunkInfo, after: ChunkInfo | None) -> int:
    """Behind the last picture of a chunk. What is displayed before a key frame is also stored before it."""
    until = info.wall + (info.duration or 1)
    if after is None or after.wall - until > TOLERANCE:
        return until
    if until < after.wall or (after.key and not after.hidden and after.wall > info.wall):
        return after.wall
    return until


def _config_index(config: StreamConfig | None, configs: list[StreamConfig], before: int) -> int:
    if config is None:
        return before
    if config not in configs:
        configs.append(config)
    return configs.index(config)


def _wanted(piece: Piece) -> bool:
    """It may show something, or what is shown may need it."""
    info = piece.info
    return info.hidden or (piece.until > piece.low and info.wall < piece.high + REORDER)


def _blocks(pieces: list[Piece | None]) -> list[list[Piece]]:
    """Chunks that follow each other without one left out between them, each block with something to show in it."""
    blocks: list[list[Piece]] = [[]]
    for piece in pieces:
        if piece is None or not _wanted(piece):
            blocks.append([])
        elif blocks[-1] and not _follows(blocks[-1][-1], piece):
            blocks.append([piece])
        else:
            blocks[-1].append(piece)
    return [block for block in blocks if any(not piece.hidden and piece.begins < piece.ends for piece in block)]


def _follows(before: Piece, piece: Piece) -> bool:
    near = piece.info.wall - before.until <= TOLERANCE
    return near and before.config == piece.config and before.clip == piece.clip


def _runs(blocks: list[list[Piece]], every: dict[bytes, list[Piece]]) -> list[Run]:
    runs: list[Run] = []
    for raw in blocks:
        block = raw
        begins, ends = _span(block)
        joins = bool(runs) and begins - runs[-1].ends <= TOLERANCE and runs[-1].last.config == block[0].config
        if runs and runs[-1].last.visit != block[0].visit:
            block = _limited(block, runs[-1], abutting=joins)
            begins, ends = _span(block)
        if not any(not piece.hidden and piece.begins < piece.ends for piece in block):
            continue
        if joins:
            runs[-1].join(block)
        else:
            first = block[0]
            before = tuple(piece for piece in every[first.clip] if piece.info.number < first.info.number)
            runs.append(Run(list(block), before, begins, ends))
    return runs


def _limited(block: list[Piece], run: Run, *, abutting: bool) -> list[Piece]:
    """Never show twice what an earlier visit shows.

    Where two visits meet, moments may differ by rounding; and B pictures of the first that were decoded after its last
    picture are stored as the second's lead-in only.
    """
    low, shown_to = block[0].low, run.ends
    if abutting and 0 <= run.last.high - low <= _SLACK:
        return [replace(piece, lead=run.last.low) for piece in block]
    if low >= shown_to:
        return block
    return [replace(piece, low=shown_to) for piece in block]
