"""Take calendar entries of the office; they are obeyed from now on, also when the office is away (article 4)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mihariban.ledger.tags import Tag
from mihariban.recorder.actions.decided import draft_of, known, remember
from mihariban.recorder.contract.orders import CalendarOrder
from mihariban.recorder.decision import Decision, check_fresh, check_sequence

if TYPE_CHECKING:
    from mihariban.recorder.service import Recorder


def put_calendar(recorder: Recorder, decision: Decision[CalendarOrder]) -> int:
    """Put and withdraw entries. Returns the number of our entry in the ledger, or the last one where it came before.

    Raises:
        GrantReplayed: older than the last push, or its id was used for another decision.
        LedgerUnwritable: nothing was changed.
    """
    control, order = recorder.control, decision.order
    if not check_fresh(decision, known(recorder, decision)):
        return control.store.size() - 1
    check_sequence(decision, order.sequence, control.newest_order(order.kind))
    wall = recorder.clock.wall()
    with control.transaction() as db:
        tag = Tag.CALENDAR_ENTRY_PUT if order.put else Tag.CALENDAR_ENTRY_WITHDRAW
        ids = " ".join([each.id for each in order.entries()] or order.withdrawn)
        facts: dict[str, str | int] = {"entry": ids, "sequence": order.sequence}
        entry = control.ledger.append(db, draft_of(recorder, decision, tag, facts))
        for each in order.entries():
            control.keep_calendar(db, each.id, each.to_json(), wall)
        for withdrawn in order.withdrawn:
            control.drop_calendar(db, withdrawn, wall)
        remember(recorder, db, decision, order.sequence)
    recorder.use_calendar()
    return entry
