"""What the last life of the process left: open visits and gaps, visits and holds that only the ring still knows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import structlog

from mihariban.base.clock import SECOND
from mihariban.base.errors import MiharibanError
from mihariban.base.ids import id_text
from mihariban.ledger import canonical
from mihariban.ledger.canonical import Json
from mihariban.ledger.entry import Draft, moment
from mihariban.ledger.tags import Tag
from mihariban.recorder.actions.place_hold import hold_row
from mihariban.recorder.control import Control
from mihariban.recorder.visit import Visit
from mihariban.volume import ChunkDamaged, ClipInfo, ClipKind, ClipRefused, ClipUnknown, Volume
from mihariban.volume.holding import holds, reconcile
from mihariban.volume.manifest import KeptHold

_log = structlog.get_logger(__name__)

Deadline = Callable[[str, int], int | None]


def close_what_was_open(control: Control, volume: Volume, deadline: Deadline, last_seen: int | None) -> None:
    """Visits that were open when the last life ended without order end with their last durable picture, gaps with the
    last sign of life: from there on the recorder was down, which the list of its lives tells."""
    for gap in control.open_gaps():
        control.end_gap(gap, last_seen or 0)
    for row in control.visits(open_only=True):
        clips = [clip for clip in volume.clips(camera=row.camera, since=row.recorded_from) if clip.visit == row.id]
        last = max((clip.end for clip in clips), default=row.recorded_from)
        control.end_visit_after_crash(row.id, last, deadline(row.policy, last))
        for clip in clips:
            due = deadline(row.policy, clip.end)
            if due is not None and clip.deadline != due:
                volume.set_deadline(clip.clip, due)


def visits_from_ring(control: Control, volume: Volume, deadline: Deadline) -> int:
    """Enter visits that the ring has and the book does not: it was lost, or could not be written. Returns how many."""
    known = {row.id for row in control.visits()}
    found: dict[bytes, list[ClipInfo]] = {}
    for clip in volume.clips(kind=ClipKind.VISIT):
        if clip.visit not in known and clip.chunks:
            found.setdefault(clip.visit, []).append(clip)
    told = 0
    for visit, clips in found.items():
        told += _tell(control, volume, visit, sorted(clips, key=lambda each: each.start), deadline)
    if told:
        with control.entered(Draft(Tag.RECOVERY_INDEX_REBUILD, {"visits": told})):
            _log.warning("visits told again by the ring", visits=told)
    return told


def visits_without_footage(control: Control, volume: Volume, wall: int) -> int:
    """Visits that the book has and the ring has not, because a crash came between an erasure and its entry, or took
    what was in flight. Those past their deadline are erased; the others are lost, which is entered once. Returns how
    many are lost."""
    present = {clip.visit for clip in volume.clips()}
    rows = [row for row in control.visits() if row.recorded_to is not None and row.erased is None]
    gone = [row for row in rows if row.id not in present]
    ended = [row for row in gone if row.expires is not None and row.expires <= wall]
    told = set(control.remembered("lost").get("visits", []))
    lost = [row for row in gone if row not in ended and row.id.hex() not in told]
    if not ended and not lost:
        return 0
    with control.transaction() as db:
        if ended:
            lag = wall - min(row.expires or wall for row in ended)
            facts: dict[str, Json] = {"count": len(ended), "cause": "found at start", "level": "E0",
                                      "lag_ms": lag // 1_000_000, "read_back": len(ended)}  # fmt: skip
            control.ledger.append(db, Draft(Tag.CLIP_KEY_DESTROY, facts))
        for row in ended:
            control.erased(row.id, wall)
        if lost:
            facts = {"cause": "found at start", "count": len(lost), "early": len(lost)}
            control.ledger.append(db, Draft(Tag.VISIT_FOOTAGE_LOSE, facts))
            control.remember("lost", {"visits": sorted(told | {row.id.hex() for row in lost})})
    return len(lost)


def holds_from_ring(control: Control, volume: Volume) -> int:
    """Make counts and papers of the ring agree, and enter holds that the ring has and the book does not: a hold is what
    the ring says it is. Returns how many holds were entered."""
    for found in reconcile(volume):
        facts: dict[str, str | int] = {"cause": f"hold {found.what}", "clip": id_text(found.clip)}
        with control.entered(Draft(Tag.VOLUME_RING_ALTER, facts)):
            _log.warning("holds put in order", what=found.what)
    known = {row.id: row for row in control.holds()}
    told = 0
    for kept in holds(volume):
        row = known.get(kept.hold)
        if row is None or row.released is not None:
            told += 1
            _tell_hold(control, kept)
    return told


def _tell_hold(control: Control, kept: KeptHold) -> None:
    try:
        order = canonical.decode(kept.document)
        row = hold_row(order, round(kept.seconds * SECOND), kept.bytes, kept.placed)
    except (MiharibanError, KeyError, ValueError) as error:
        _log.error("the papers of a hold cannot be read", hold=id_text(kept.hold), why=type(error).__name__)
        return
    facts: dict[str, str | int] = {
        "camera": row.camera, "from": moment(row.from_wall), "to": moment(row.to_wall), "hold": id_text(row.id),
        "recovered": 1,
    }  # fmt: skip
    with control.entered(Draft(Tag.HOLD_FOOTAGE_PLACE, facts)) as db:
        db.execute("DELETE FROM hold WHERE id = ?", (row.id,))
        control.put_hold(db, row)


def _tell(control: Control, volume: Volume, visit: bytes, clips: list[ClipInfo], deadline: Deadline) -> bool:
    notes = _opening(volume, clips[0])
    if notes is None:
        return False
    end = clips[-1].notes.get("visit_end", {})
    row = Visit(
        id=visit,
        camera=clips[0].camera,
        policy=str(notes["policy"]),
        started=int(notes["started"]),
        recorded_from=int(notes["from"]),
        reason=str(notes["reason"]),
        score=float(notes["score"]),
        ended=end.get("ended") or clips[-1].end,
        recorded_to=end.get("to") or clips[-1].end,
        end_reason=end.get("end_reason") or "recorder_died",
        end_score=end.get("end_score") or 0.0,
        handovers=list(end.get("handovers", ())),
        left_behind=list(end.get("left_behind", ())),
    )
    control.open_visit(row)
    control.close_visit(row, deadline(row.policy, row.recorded_to or row.recorded_from))
    return True


def _opening(volume: Volume, clip: ClipInfo) -> dict[str, Any] | None:
    """The visit as the first chunk of its first clip tells it; None where that cannot be read."""
    try:
        for chunk in volume.read(clip.clip):
            notes = chunk.notes.get("visit")
            return dict(notes) if notes else None
    except (ChunkDamaged, ClipRefused, ClipUnknown) as error:
        _log.warning("a visit cannot be told again", code=error.code)
    return None
