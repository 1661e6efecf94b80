"""What every action of an order shares: the names committed anew here, and the draft that names who decided."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from mihariban.base import sqlite
from mihariban.ledger.canonical import Json
from mihariban.ledger.entry import Draft
from mihariban.ledger.tags import Tag
from mihariban.recorder.decision import Decision, Known

if TYPE_CHECKING:
    from mihariban.recorder.service import Recorder


def draft_of(recorder: Recorder, decision: Decision[Any], tag: Tag, facts: Mapping[str, Json]) -> Draft:
    """The entry that this recorder makes of an order. Names and reasons are committed to anew: they can be erased here
    too.

    Raises:
        LedgerUnwritable: nothing may be done.
    """
    control, order = recorder.control, decision.order
    with control.transaction() as db:
        who = control.ledger.keep_text(db, order.decided_by.name.text)
        why = control.ledger.keep_text(db, order.reason.text)
    told = {**facts, "order": order.id, "digest": decision.digest.hex()}
    return Draft(tag, told, actor=decision.actor(who), basis=order.basis, case=order.request, note=why.hex())


def known(recorder: Recorder, decision: Decision[Any]) -> Known | None:
    """What the book says of this order's id."""
    digest = recorder.control.order(decision.order.kind, decision.order.id)
    return None if digest is None else Known(digest)


def remember(recorder: Recorder, db: sqlite.Connection, decision: Decision[Any], sequence: int = 0) -> None:
    """This order was carried out: inside the caller's transaction."""
    wall = recorder.clock.wall()
    recorder.control.put_order(db, decision.order.kind, decision.order.id, decision.digest, sequence, wall)
