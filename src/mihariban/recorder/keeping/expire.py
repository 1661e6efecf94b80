"""At its deadline a clip's key is destroyed, within a minute, and entered with what was found on reading back.

An erasure is due by the rule, so it does not wait for the book: where the intent cannot be written the keys are
destroyed all the same and the entry is owed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mihariban.base.clock import SECOND
from mihariban.ledger.canonical import Json
from mihariban.ledger.entry import Draft
from mihariban.ledger.errors import LedgerUnwritable
from mihariban.ledger.tags import Outcome, Tag
from mihariban.recorder.keeping.erasures import LEVEL, Rows, basis, enter_rows, rows_of
from mihariban.recorder.keeping.missed import forget_note, note_beforehand
from mihariban.volume import ClipInfo

if TYPE_CHECKING:
    from mihariban.recorder.service import Recorder

PORTION = 256
PERIOD = 20 * SECOND


def expire(recorder: Recorder, wall: int) -> int:
    """Destroy the keys of everything past its deadline. Returns how many clips."""
    done = 0
    while waiting := _waiting(recorder, wall):
        done += _portion(recorder, wall, waiting)
    return done


def _waiting(recorder: Recorder, wall: int) -> list[ClipInfo]:
    volume = recorder.volume
    with volume.lock:
        return volume.catalogue.expired(wall, PORTION)


def _portion(recorder: Recorder, wall: int, waiting: list[ClipInfo]) -> int:
    lag = max(wall - min(clip.deadline for clip in waiting), 0)
    facts: dict[str, Json] = {"count": len(waiting), "cause": "deadline", "lag_ms": lag // 1_000_000, "level": LEVEL}
    draft = Draft(Tag.CLIP_KEY_DESTROY, facts, basis=basis(recorder, wall))
    rows = rows_of(recorder, waiting, "deadline")
    intent: int | None = None
    try:
        note_beforehand(recorder, rows)
        intent = recorder.control.ledger.intend(draft)
    except LedgerUnwritable:
        recorder.owed.settle()
    destroyed = recorder.volume.destroy_expired(len(waiting), wall)
    gone = rows.only(each.clip for each in destroyed)
    gone = gone.seen(wall, (each.clip for each in destroyed if each.verified))
    recorder.owed.write(lambda: _enter(recorder, intent, draft, rows, gone, wall))
    return len(destroyed)


def _enter(recorder: Recorder, intent: int | None, draft: Draft, rows: Rows, gone: Rows, wall: int) -> None:
    control = recorder.control
    with control.transaction() as db:
        facts = enter_rows(recorder, db, gone, wall)
        if intent is None:
            late = Draft(draft.tag, {**draft.object, **facts, "late": 1}, basis=draft.basis)
            control.ledger.append(db, late)
        else:
            control.ledger.settle(intent, draft, Outcome.DONE, facts)
        forget_note(recorder, db, rows)
