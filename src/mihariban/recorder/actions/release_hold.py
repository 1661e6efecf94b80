"""End a hold by decision; what is past its deadline then is erased like everything else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mihariban.base.errors import MiharibanError
from mihariban.base.ids import id_bytes
from mihariban.ledger.tags import Outcome, Tag
from mihariban.recorder.actions.decided import draft_of, known, remember
from mihariban.recorder.contract.errors import NoSuchThing
from mihariban.recorder.contract.orders import ReleaseOrder
from mihariban.recorder.control import HoldRow
from mihariban.recorder.decision import Decision, check_fresh
from mihariban.volume.holding import let_go

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
    try:
        let_go(recorder.volume, hold)
    except MiharibanError as error:
        control.ledger.settle(intent, draft, Outcome.FAILED, {"error": error.code})
        raise
    with control.transaction() as db:
        control.ledger.settle(intent, draft, Outcome.DONE, {"seconds": row.kept_ns // 1_000_000_000})
        control.release_hold(db, hold, recorder.clock.wall())
        remember(recorder, db, decision)
    return control.hold(hold) or row
