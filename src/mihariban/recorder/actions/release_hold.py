"""End a hold by decision; what is past its deadline then is erased like everything else.

Copies that only this hold kept go with it, at once: that is an erasure too, and is entered with what was read back.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from mihariban.base import sqlite
from mihariban.base.errors import MiharibanError
from mihariban.base.ids import id_bytes
from mihariban.ledger.canonical import Json
from mihariban.ledger.tags import Outcome, Tag
from mihariban.recorder.actions.decided import draft_of, known, remember
from mihariban.recorder.contract.errors import NoSuchThing
from mihariban.recorder.contract.orders import ReleaseOrder
from mihariban.recorder.control import HoldRow
from mihariban.recorder.decision import Decision, check_fresh
from mihariban.recorder.keeping.erasures import LEVEL, erasure_of, generations, mark_visits
from mihariban.volume import ClipKind
from mihariban.volume.erasing import Destroyed
from mihariban.volume.holding import let_go
from mihariban.volume.layout import NEVER

if TYPE_CHECKING:
    from mihariban.recorder.service import Recorder


def release_hold(recorder: Recorder, decision: Decision[ReleaseOrder]) -> HoldRow:
    """Release a hold, or answer for one that was released before by the same order.

    Raises:
        NoSuchThing: there is no such hold.
        GrantReplayed: the order's id was used for another decision.
        LedgerUnwritable: nothing was changed.
    """
    control, hold = recorder.control, id_bytes(decision.order.hold)
    row = control.hold(hold)
    if row is None:
        raise NoSuchThing(what=f"hold {decision.order.hold}")
    if not check_fresh(decision, known(recorder, decision)) or row.released is not None:
        return row
    draft = draft_of(recorder, decision, Tag.HOLD_FOOTAGE_RELEASE, {"hold": decision.order.hold})
    intent = control.ledger.intend(draft)
    uses = generations(recorder, recorder.volume.catalogue.counted())
    try:
        gone = let_go(recorder.volume, hold).destroyed
    except MiharibanError as error:
        control.ledger.settle(intent, draft, Outcome.FAILED, {"error": error.code})
        raise
    copies = [each for each in gone if each.info.kind is ClipKind.COPY]
    with control.transaction() as db:
        control.ledger.settle(intent, draft, Outcome.DONE, _facts(row, copies))
        control.release_hold(db, hold, recorder.clock.wall())
        _erased(recorder, db, gone, uses)
        remember(recorder, db, decision)
    return control.hold(hold) or row


def _facts(row: HoldRow, copies: list[Destroyed]) -> dict[str, Json]:
    facts: dict[str, Json] = {"seconds": row.kept_ns // 1_000_000_000}
    if copies:
        read_back = sum(each.verified for each in copies)
        facts |= {"destroyed": len(copies), "read_back": read_back, "level": LEVEL}
    return facts


def _erased(recorder: Recorder, db: sqlite.Connection, gone: tuple[Destroyed, ...], uses: dict[int, int]) -> None:
    """Copies and papers: the bytes of both wait to be overwritten."""
    wall = recorder.clock.wall()
    rows = [
        erasure_of(each.info, uses.get(each.info.region, 0), "release", wall, read_back=each.verified) for each in gone
    ]
    rows = [replace(row, deadline=wall) if row.deadline == NEVER else row for row in rows]  # papers wait from now on
    recorder.control.put_erasures(db, rows)
    mark_visits(recorder, {each.info.visit for each in gone}, wall)
