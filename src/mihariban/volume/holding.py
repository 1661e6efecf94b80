"""Holds: what is displayed in a span stays readable beyond its deadline, exactly that and nothing else.

Clips that lie in the span stay where they are and are counted. Of a clip that reaches beyond it the narrower rest is
copied under a new key into regions set aside for holds; the clip itself expires on time. The papers of the hold, a clip
that shows nothing, name what it keeps. They are written last and destroyed first, so a hold is there when its papers
are: after a power cut ``reconcile`` makes everything else agree with them.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mihariban.base.errors import MiharibanError
from mihariban.base.ids import id_text
from mihariban.volume.chunk import Chunk
from mihariban.volume.copying import portions, same_samples, stored_bytes
from mihariban.volume.erasing import Destroyed
from mihariban.volume.errors import CopyDiffers, HoldRefused, HoldShareFull, HoldUnknown
from mihariban.volume.hold_plan import HoldPart, HoldPlan, new_room, plan_hold, read_clip, require_room
from mihariban.volume.manifest import KeptHold, KeptPart, all_papers, kept_hold, pack_papers, paper_chunks
from mihariban.volume.page import ClipHeader, ClipKind
from mihariban.volume.reconciling import Discrepancy, discrepancies, reconcile

if TYPE_CHECKING:
    from mihariban.volume.volume import Volume

__all__ = [
    "Discrepancy",
    "HoldPlan",
    "Kept",
    "KeptHold",
    "LetGo",
    "discrepancies",
    "holds",
    "keep",
    "let_go",
    "plan_hold",
    "reconcile",
]


@dataclass(frozen=True, slots=True)
class Kept:
    """A hold that was placed, durably. For its attributes see ``KeptHold``; ``regions``: new ones of the share."""

    hold: KeptHold
    regions: int


@dataclass(frozen=True, slots=True)
class LetGo:
    """A hold that was ended.

    Attributes:
        hold: as it was. released: clips no hold keeps now; those past their deadline go with ``destroy_expired``.
        destroyed: its copies that no other hold keeps, and its papers, read back.
    """

    hold: KeptHold
    released: tuple[bytes, ...]
    destroyed: tuple[Destroyed, ...]


def holds(volume: Volume) -> list[KeptHold]:
    """The holds of a volume, oldest first, from the ring alone."""
    with volume.lock:
        return [
            kept_hold(volume, papers) for papers in all_papers(volume) if papers.facts is not None or papers.damaged
        ]


def keep(volume: Volume, plan: HoldPlan, hold: bytes, document: bytes) -> Kept:
    """Place a hold; durable on return. Recording goes on meanwhile.

    Args:
        plan: from ``plan_hold``, a moment ago.
        hold: its id, 16 bytes. document: kept with it (reason, article, who, until when is looked at again).

    Raises:
        HoldRefused: a clip is still being recorded, there is no footage, or the id is taken.
        HoldShareFull: with figures.
        ClipUnknown, ClipRefused: a clip has gone or expired since it was planned.
        CopyDiffers: the disk did not give back what was written.
        VolumeIoError: open the volume anew; the hold is there or not, ``holds`` tells.
    """
    with volume.ring.holding:
        with volume.lock:
            _require_placeable(volume, plan, hold)
            require_room(volume, plan, len(_papers(volume, plan, hold, document)))
            used = volume.ring.table.held_regions()
            volume.ring.table.pinned |= {part.info.region for part in plan.parts}
        try:
            kept = _keep(volume, plan, hold, document)
        finally:
            volume.ring.table.pinned -= {part.info.region for part in plan.parts}
        return Kept(kept, volume.ring.table.held_regions() - used)


def _require_placeable(volume: Volume, plan: HoldPlan, hold: bytes) -> None:
    if len(hold) != 16:
        raise ValueError("the id of a hold has 16 bytes")
    name = id_text(hold)
    if plan.recording:
        raise HoldRefused(
            hold=name, reason_ja="録画中の映像を含みます", reason_en="a clip in it is still being recorded"
        )
    if not plan.parts:
        raise HoldRefused(hold=name, reason_ja="映像がありません", reason_en="there is no footage in its span")
    if any(each.visit == hold for each in volume.clips(kind=ClipKind.MANIFEST)):
        raise HoldRefused(hold=name, reason_ja="すでにあります", reason_en="it is there already")
    for part in plan.parts:
        volume.readable(part.info.clip)


def _papers(volume: Volume, plan: HoldPlan, hold: bytes, document: bytes) -> bytes:
    """The papers as long as they will be at most: every copy counts as one of the size that fits a region."""
    parts = [KeptPart(part.info.clip, part.source, part.start, part.end) for part in plan.parts]
    more = [KeptPart(bytes(16), bytes(16), 1 << 62, 1 << 62) for part in plan.rests for _ in part.sizes]
    return pack_papers(hold, (plan.start, plan.end), volume.clock.wall(), document, parts + more)


def _keep(volume: Volume, plan: HoldPlan, hold: bytes, document: bytes) -> KeptHold:
    """Copies, then counts, then papers. What fails on the way is taken back."""
    made: list[bytes] = []
    raised: list[bytes] = []
    try:
        parts = [part for rest in plan.rests for part in _copy(volume, rest, hold, made)]
        with volume.lock:
            whole = [part.info.clip for part in plan.whole]
            counts = {clip: volume.readable(clip).holds + 1 for clip in whole}
            raised += whole
            volume.count_holds(counts)
        parts += [KeptPart(part.info.clip, part.info.clip, part.start, part.end) for part in plan.whole]
        parts.sort(key=lambda part: part.start)
        raw = pack_papers(hold, (plan.start, plan.end), volume.clock.wall(), document, parts)
        header = ClipHeader(hold, ClipKind.MANIFEST)
        _write(volume, plan.camera, header, paper_chunks(raw, volume.clock), {"hold": hold}, made)
        with volume.lock:
            return kept_hold(volume, next(each for each in all_papers(volume) if each.info.clip == made[-1]))
    except MiharibanError:
        if not volume.ring.failed:
            _take_back(volume, made, raised)
        raise


def _copy(volume: Volume, part: HoldPart, hold: bytes, made: list[bytes]) -> list[KeptPart]:
    source = read_clip(volume, part.info)
    clips: list[bytes] = []
    notes = {"source": part.source, "hold": hold}
    for portion in portions(source, part.low, part.high, new_room(volume)):
        info = part.info
        header = ClipHeader(info.visit, ClipKind.COPY, info.deadline, 0, info.policy)
        clips.append(_write(volume, info.camera, header, portion, notes, made))
    copied = [volume.clip(clip) for clip in clips]
    if not clips or not same_samples([list(volume.read(clip)) for clip in clips], source, part.low, part.high):
        raise CopyDiffers(clip=id_text(part.info.clip))
    return [KeptPart(info.clip, part.source, max(info.start, part.low), info.end) for info in copied]


def _write(
    volume: Volume,
    camera: str,
    header: ClipHeader,
    chunks: list[Chunk],
    notes: dict[str, bytes],
    made: list[bytes],
) -> bytes:
    """A clip in the share for holds, durable; where it would not fit into the region in use, in a new one."""
    with volume.lock:
        room = volume.ring.reserved_room(camera)
        new = room is None or not room.take(stored_bytes(chunks), len(chunks))
        writer = volume.begin_clip(camera, header, new_region=new, reserved=True)
    made.append(writer.clip)
    fits = True
    try:
        for chunk in chunks:
            fits = fits and writer.append(chunk)
    finally:
        if not volume.ring.failed:
            writer.close(notes=notes)
    volume.commit()
    if not fits:  # the room was reckoned before; only a fault of this program leads here
        raise HoldShareFull(share=volume.superblock.hold_regions, used=volume.ring.table.held_regions(), needed=1)
    return writer.clip


def _take_back(volume: Volume, made: list[bytes], raised: list[bytes]) -> None:
    with volume.lock:
        infos = [info for info in map(volume.catalogue.get, raised) if info is not None and info.held]
        wanted = Counter(clip for papers in all_papers(volume) for clip in papers.named)
        volume.count_holds({info.clip: wanted[info.clip] for info in infos})
        volume.destroy_unheld([info for info in map(volume.catalogue.get, made) if info is not None])


def let_go(volume: Volume, hold: bytes) -> LetGo:
    """End a hold; durable on return. What is then past its deadline is destroyed by the next ``destroy_expired``.

    Raises:
        HoldUnknown: there is none, or its papers cannot be read.
    """
    with volume.ring.holding, volume.lock:
        papers = next((each for each in all_papers(volume) if each.info.visit == hold and each.facts), None)
        if papers is None:
            raise HoldUnknown(hold=id_text(hold))
        was = kept_hold(volume, papers)
        destroyed = volume.destroy_unheld([papers.info])  # from here on the hold is ended, whatever happens
        infos = [info for info in map(volume.catalogue.get, papers.named) if info is not None and info.held]
        last = [info for info in infos if info.holds == 1]
        copies = [info for info in last if info.kind is ClipKind.COPY]
        volume.count_holds({info.clip: info.holds - 1 for info in infos if info not in copies})
        destroyed += volume.destroy_unheld(copies)
        volume.ring.leave_unheld()
        volume.commit()
        return LetGo(was, tuple(info.clip for info in last if info not in copies), tuple(destroyed))
