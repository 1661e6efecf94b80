"""At its deadline a clip's key is destroyed, within a minute, and entered with what was found on reading back.

An erasure is due by the rule, so it does not wait for the book: where the intent cannot be written the keys are
destroyed all the same and the entry is owed.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING

from mihariban.base.clock import DAY, HOUR, SECOND, to_datetime
from mihariban.base.ids import id_text
from mihariban.ledger.canonical import Json
from mihariban.ledger.entry import Draft, moment
from mihariban.ledger.errors import LedgerUnwritable
from mihariban.ledger.tags import Outcome, Tag
from mihariban.recorder.control import ErasureRow
from mihariban.volume import ClipInfo
from mihariban.volume.erasing import Destroyed

if TYPE_CHECKING:
    from mihariban.recorder.service import Recorder

PORTION = 256
PERIOD = 20 * SECOND
LEVEL = "E0"
"""What destroying a key alone reaches (docs/design/volume.md, "Erasure")."""


def expire(recorder: Recorder, wall: int) -> int:
    """Destroy the keys of everything past its deadline. Returns how many clips."""
    done = 0
    while waiting := _waiting(recorder):
        done += _portion(recorder, wall, waiting)
    return done


def _waiting(recorder: Recorder) -> list[ClipInfo]:
    volume = recorder.volume
    with volume.lock:
        return volume.catalogue.expired(volume.clock.wall(), PORTION)


def _portion(recorder: Recorder, wall: int, waiting: list[ClipInfo]) -> int:
    lag = max(wall - min(clip.deadline for clip in waiting), 0)
    facts: dict[str, Json] = {"count": len(waiting), "cause": "deadline", "lag_ms": lag // 1_000_000, "level": LEVEL}
    draft = Draft(Tag.CLIP_KEY_DESTROY, facts, basis=basis(recorder, wall))
    intent: int | None = None
    try:
        intent = recorder.control.ledger.intend(draft)
    except LedgerUnwritable:
        recorder.owed.settle()
    uses = generations(recorder, waiting)
    destroyed = recorder.volume.destroy_expired(len(waiting))
    recorder.owed.write(lambda: _enter(recorder, intent, draft, destroyed, uses, wall))
    return len(destroyed)


def _enter(
    recorder: Recorder, intent: int | None, draft: Draft, destroyed: list[Destroyed], uses: dict[int, int], wall: int
) -> None:
    control = recorder.control
    infos = [each.info for each in destroyed]
    facts: dict[str, Json] = {
        "count": len(destroyed),
        "read_back": sum(each.verified for each in destroyed),
        "seconds": sum(info.duration for info in infos) // SECOND,
        "bytes": sum(info.stored for info in infos),
    }
    with control.transaction() as db:
        for (camera, date), group in _by_day(recorder, infos).items():
            hash_ = control.ledger.keep_text(db, json.dumps([_told(info) for info in group]))
            control.put_forgettable(db, hash_, camera, date, wall + shrink_ns(recorder, wall))
            facts[f"list.{camera}.{date}"] = hash_.hex()
        if intent is None:
            late = Draft(draft.tag, {**draft.object, **facts, "late": 1}, basis=draft.basis)
            control.ledger.append(db, late)
        else:
            control.ledger.settle(intent, draft, Outcome.DONE, facts)
        rows = [
            erasure_of(each.info, uses.get(each.info.region, 0), "deadline", wall, read_back=each.verified)
            for each in destroyed
        ]
        control.put_erasures(db, rows)
        mark_visits(recorder, {info.visit for info in infos}, wall)


def generations(recorder: Recorder, infos: Iterable[ClipInfo]) -> dict[int, int]:
    """Region to the use of it in which these clips lie."""
    with recorder.volume.lock:
        return {info.region: recorder.volume.ring.page(info.region).generation for info in infos}


def erasure_of(info: ClipInfo, generation: int, cause: str, wall: int, *, read_back: bool) -> ErasureRow:
    """The row of a clip whose key is gone."""
    return ErasureRow(
        info.clip, info.visit, info.camera, info.region, generation, info.start, info.end, info.stored,
        info.deadline, cause, wall, read_back, None, LEVEL,
    )  # fmt: skip


def mark_visits(recorder: Recorder, visits: Iterable[bytes], wall: int) -> None:
    """Visits of which no clip is left are erased. Inside the caller's transaction."""
    for visit in visits:
        row = recorder.control.visit(visit)
        if row is None or row.recorded_to is None:
            continue
        # Nothing of it lies much later, and a ring knows half a million clips.
        clips = recorder.volume.clips(row.camera, row.recorded_from - SECOND, row.recorded_to + HOUR)
        if not any(clip.visit == visit for clip in clips):
            recorder.control.erased(visit, wall)


def basis(recorder: Recorder, wall: int) -> str:
    """The rule in force, for the entry."""
    loaded = recorder.hours.in_force(wall)
    return "" if loaded is None else f"{loaded.policy.id}:{loaded.policy.version}"


def shrink_ns(recorder: Recorder, wall: int) -> int:
    """How long after erasure times of visits may still be known."""
    loaded = recorder.hours.in_force(wall)
    return (loaded.policy.erasure.visit_shrinks_after_days if loaded else 0) * DAY


def _by_day(recorder: Recorder, infos: list[ClipInfo]) -> dict[tuple[str, str], list[ClipInfo]]:
    groups: dict[tuple[str, str], list[ClipInfo]] = {}
    for info in infos:
        day = to_datetime(info.start, recorder.site.zone).date().isoformat()
        groups.setdefault((info.camera, day), []).append(info)
    return groups


def _told(info: ClipInfo) -> dict[str, str | int]:
    return {
        "clip": id_text(info.clip),
        "from": moment(info.start),
        "to": moment(info.end),
        "deadline": moment(info.deadline),
        "region": info.region,
    }
