"""What a hold would keep, and what it would cost, before anything is changed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from mihariban.base.clock import SECOND
from mihariban.volume.catalogue import ClipInfo
from mihariban.volume.chunk import Chunk
from mihariban.volume.copying import portions, shown_ns, shown_walls, stored_bytes
from mihariban.volume.errors import ChunkDamaged, HoldShareFull
from mihariban.volume.page import ClipKind, capacity
from mihariban.volume.writer import Room, empty_room

if TYPE_CHECKING:
    from mihariban.volume.volume import Volume

GAP = SECOND
"""Shorter than this nothing is called a gap: the last picture of a clip has no known duration."""

_MARGIN = 2 * SECOND  # nearer to the edge of a hold than this a clip is judged by its samples, not by its table
_PAPERS = 4 << 10  # bytes assumed for the papers while they are not known


@dataclass(frozen=True, slots=True)
class HoldPart:
    """A clip that shows something in the span of a hold.

    Attributes:
        source: the clip once recorded; another than ``info`` where that is itself a copy of an earlier hold.
        low, high: what is to be kept of it, [low, high), ns since 1970 UTC.
        start, end: first and last instant of that.
        whole: it is kept where it is.
        sizes: (bytes, chunks) of each clip to be written where it is not.
        shown: ns.
    """

    info: ClipInfo
    source: bytes
    low: int
    high: int
    start: int
    end: int
    whole: bool
    sizes: tuple[tuple[int, int], ...]
    shown: int


@dataclass(frozen=True, slots=True)
class HoldPlan:
    """What a hold over [start, end) of a camera keeps and costs. Instants are ns since 1970 UTC.

    Attributes:
        whole: clips that stay where they are. rests: clips of which a narrower part is copied.
        recording: clips still being written; while there are any, the hold cannot be placed.
        expired: clips past their deadline; nothing keeps them any more.
        gaps: spans of a second and more without footage that can be kept.
        seconds: shown. bytes: of the ring that stay occupied. share, used, needed: regions set aside for holds, taken
            so far, and taken by this hold.
    """

    camera: str
    start: int
    end: int
    whole: tuple[HoldPart, ...]
    rests: tuple[HoldPart, ...]
    recording: tuple[bytes, ...]
    expired: tuple[bytes, ...]
    gaps: tuple[tuple[int, int], ...]
    seconds: float
    bytes: int
    share: int
    used: int
    needed: int

    @property
    def parts(self) -> tuple[HoldPart, ...]:
        return self.whole + self.rests

    @property
    def fits(self) -> bool:
        """The share has room for it."""
        return self.used + self.needed <= self.share


def plan_hold(volume: Volume, camera: str, start: int, end: int) -> HoldPlan:
    """Find out what a hold over what is displayed in [start, end) keeps. Changes nothing.

    Args:
        start, end: ns since 1970 UTC.

    Raises:
        ValueError: the span is empty.
    """
    if end <= start:
        raise ValueError("the span of a hold is empty")
    with volume.lock:
        infos = [info for info in volume.clips(camera, start, end) if info.kind in (ClipKind.VISIT, ClipKind.COPY)]
        expired = [info.clip for info in infos if not info.held and info.deadline <= volume.clock.wall()]
        recording = [info.clip for info in infos if not info.final]
        sources = list(_sources([info for info in infos if info.final and info.clip not in set(expired)]))
        parts = list(_parts(volume, sources, start, end))
        whole = tuple(part for part in parts if part.whole)
        rests = tuple(part for part in parts if not part.whole)
        return HoldPlan(
            camera=camera,
            start=start,
            end=end,
            whole=whole,
            rests=rests,
            recording=tuple(recording),
            expired=tuple(expired),
            gaps=tuple(_gaps(parts, start, end)),
            seconds=sum(part.shown for part in parts) / SECOND,
            bytes=sum(part.info.stored for part in whole) + sum(size for part in rests for size, _ in part.sizes),
            share=volume.superblock.hold_regions,
            used=volume.ring.table.held_regions(),
            needed=regions_needed(volume, camera, parts, paper_sizes(_PAPERS)),
        )


def _sources(infos: list[ClipInfo]) -> Iterator[tuple[ClipInfo, bytes]]:
    """The clips to keep from, each with the one once recorded: a copy only where that cannot be read any more."""
    recorded = {info.clip for info in infos if info.kind is ClipKind.VISIT}
    for info in infos:
        source = info.notes.get("source", b"") if info.kind is ClipKind.COPY else info.clip
        if source and (info.kind is ClipKind.VISIT or source not in recorded):
            yield info, source


def _parts(volume: Volume, sources: list[tuple[ClipInfo, bytes]], start: int, end: int) -> Iterator[HoldPart]:
    """Copies of the same clip may overlap; each instant is kept from one of them."""
    covered: dict[bytes, int] = {}
    for info, source in sorted(sources, key=lambda pair: (pair[0].start, -pair[0].end)):
        part = _part(volume, info, source, max(start, covered.get(source, start)), end)
        if part is not None:
            covered[source] = part.end
            yield part


def _part(volume: Volume, info: ClipInfo, source: bytes, low: int, high: int) -> HoldPart | None:
    if low + _MARGIN <= info.start and info.end + _MARGIN <= high:
        return HoldPart(info, source, low, high, info.start, info.end, True, (), info.duration)
    chunks = read_clip(volume, info)
    walls = shown_walls(chunks)
    inside = [wall for wall in walls if low <= wall < high]
    if not inside:
        return None
    first, last = min(inside), max(inside) + 1
    if len(inside) == len(walls):
        return HoldPart(info, source, low, high, first, last, True, (), info.duration)
    made = portions(chunks, low, high, new_room(volume))
    sizes = tuple((stored_bytes(portion), len(portion)) for portion in made)
    return HoldPart(info, source, low, high, first, last, False, sizes, sum(shown_ns(portion) for portion in made))


def read_clip(volume: Volume, info: ClipInfo) -> list[Chunk]:
    """What can be read of a clip; a damaged second does not keep the others from being kept."""
    damaged: list[ChunkDamaged] = []
    return list(volume.read(info.clip, damaged))


def new_room(volume: Volume) -> Room:
    """The room of an empty region of this volume."""
    return empty_room(volume.shape.region_size, capacity(volume.shape.page_size))


def paper_sizes(length: int) -> tuple[int, int]:
    """(bytes, chunks) that papers of this length take at most: twice, in pieces, each padded."""
    pieces = 2 * (1 + length // (64 << 10))
    return pieces * (4096 + 512) + 2 * length, pieces


def regions_needed(volume: Volume, camera: str, parts: Iterable[HoldPart], papers: tuple[int, int]) -> int:
    """Regions a hold takes from the share: those of whole clips not yet held, and new ones for copies and papers."""
    parts = list(parts)
    held = volume.ring.table.held
    in_place = {part.info.region for part in parts if part.whole and not held[part.info.region]}
    sizes = [size for part in parts for size in part.sizes]
    return len(in_place) + _new_regions(volume, camera, [*sizes, papers])


def _new_regions(volume: Volume, camera: str, sizes: Sequence[tuple[int, int]]) -> int:
    """As ``holding`` writes them: one after the other, into a new region where one does not fit any more."""
    room = volume.ring.reserved_room(camera)
    regions = 0
    for stored, chunks in sizes:
        if room is None or not room.take(stored, chunks):
            room = new_room(volume)
            regions += 1
            room.take(stored, chunks)
    return regions


def require_room(volume: Volume, plan: HoldPlan, papers: int) -> None:
    """Refuse a hold that does not fit, papers of ``papers`` bytes included, before anything is changed.

    Raises:
        HoldShareFull: with figures.
    """
    table = volume.ring.table
    sizes = paper_sizes(papers)
    needed = regions_needed(volume, plan.camera, plan.parts, sizes)
    new = regions_needed(volume, plan.camera, [replace(part, whole=False) for part in plan.rests], sizes)
    used, share = table.held_regions(), volume.superblock.hold_regions
    if used + needed > share or new > table.reservable() or not replace(new_room(volume)).take(*sizes):
        raise HoldShareFull(share=share, used=used, needed=needed)


def _gaps(parts: Iterable[HoldPart], start: int, end: int) -> Iterator[tuple[int, int]]:
    position = start
    for part in sorted(parts, key=lambda part: part.start):
        if part.start - position >= GAP:
            yield position, part.start
        position = max(position, min(part.end + _last(part), end))
    if end - position >= GAP:
        yield position, end


def _last(part: HoldPart) -> int:
    """The last picture stands until the clip's end where the hold goes so far."""
    return max(0, part.info.end - part.end) if part.high > part.info.end else GAP - 1
