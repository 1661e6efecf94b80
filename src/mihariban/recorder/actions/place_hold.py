"""Keep footage beyond its deadline (article 10(2)): exactly what was ordered, in the share set aside for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mihariban.base.clock import DAY, SECOND, iso
from mihariban.base.errors import MiharibanError
from mihariban.base.ids import id_bytes
from mihariban.ledger import canonical
from mihariban.ledger.canonical import Json
from mihariban.ledger.entry import Draft, from_moment, moment
from mihariban.ledger.tags import Outcome, Tag
from mihariban.recorder.actions.decided import draft_of, known, remember
from mihariban.recorder.contract.errors import GrantReplayed
from mihariban.recorder.contract.orders import HoldOrder
from mihariban.recorder.control import HoldRow
from mihariban.recorder.decision import Decision, check_fresh
from mihariban.recorder.errors import HoldNotAllowed, NothingToHold, ReviewTooLate
from mihariban.volume.holding import Kept, keep, plan_hold

if TYPE_CHECKING:
    from mihariban.recorder.service import Recorder


def place_hold(recorder: Recorder, decision: Decision[HoldOrder]) -> HoldRow:
    """Place a hold, or answer for one that was placed before by the same order.

    Raises:
        GrantReplayed: its id was used for another decision.
        HoldNotAllowed, ReviewTooLate: the rule in force does not permit it.
        NothingToHold: there is no footage in the span.
        HoldShareFull: with figures; nothing was changed.
        LedgerUnwritable: nothing was changed.
    """
    order = decision.order
    if not check_fresh(decision, known(recorder, decision)):
        row = recorder.control.hold(id_bytes(order.id))
        if row is not None:
            return row
    recovered = recorder.control.hold(id_bytes(order.id))
    if recovered is not None:
        return _known_by_ring(recorder, decision, recovered)
    _check_rule(recorder, order)
    facts: dict[str, Json] = {"hold": order.id, "camera": order.camera, "from": order.start, "to": order.end}
    draft = draft_of(recorder, decision, Tag.HOLD_FOOTAGE_PLACE, {**facts, "review": order.review})
    intent = recorder.control.ledger.intend(draft)
    try:
        kept = _keep(recorder, order)
    except MiharibanError as error:
        recorder.control.ledger.settle(intent, draft, Outcome.FAILED, {"error": error.code, **_figures(error)})
        raise
    return _enter(recorder, decision, kept, intent, draft)


def _known_by_ring(recorder: Recorder, decision: Decision[HoldOrder], row: HoldRow) -> HoldRow:
    """The book was lost after the hold was placed, or before its outcome was entered: the ring's papers say which order
    it was."""
    core = decision.order.core()
    if {name: row.document.get(name) for name in core} != core:
        raise GrantReplayed(grant=decision.order.id, why="its id was used for another decision")
    with recorder.control.transaction() as db:
        remember(recorder, db, decision)
    return row


def _check_rule(recorder: Recorder, order: HoldOrder) -> None:
    loaded = recorder.hours.in_force(recorder.clock.wall())
    extension = loaded.policy.retention.extension if loaded else None
    if loaded is None or extension is None or not extension.allowed:
        raise HoldNotAllowed(policy=loaded.policy.id if loaded else "-")
    most = extension.review_days
    latest = recorder.clock.wall() + (most or 0) * DAY
    if most is not None and from_moment(order.review) > latest + DAY:
        raise ReviewTooLate(review=order.review, days=most, latest=iso(latest, recorder.site.zone))


def _keep(recorder: Recorder, order: HoldOrder) -> Kept:
    start, end = from_moment(order.start), from_moment(order.end)
    plan = plan_hold(recorder.volume, order.camera, start, end)
    if not plan.whole and not plan.rests:
        raise NothingToHold(camera=order.camera, start=order.start, end=order.end)
    document = canonical.encode({**order.core(), "placed": moment(recorder.clock.wall())})
    return keep(recorder.volume, plan, id_bytes(order.id), document)


def _enter(recorder: Recorder, decision: Decision[HoldOrder], kept: Kept, intent: int, draft: Draft) -> HoldRow:
    control, order = recorder.control, decision.order
    hold = kept.hold
    row = hold_row(order.core(), round(hold.seconds * SECOND), hold.bytes, recorder.clock.wall())
    figures: dict[str, Json] = {
        "seconds": int(hold.seconds),
        "bytes": hold.bytes,
        "clips": len(hold.parts),
        "copied": sum(part.copied for part in hold.parts),
    }
    with control.transaction() as db:
        control.ledger.settle(intent, draft, Outcome.DONE, figures)
        control.put_hold(db, row)
        remember(recorder, db, decision)
    return row


def hold_row(order: dict[str, Any], kept_ns: int, size: int, placed: int) -> HoldRow:
    """The row of a hold, from its order as canonical JSON holds it."""
    return HoldRow(
        id_bytes(order["id"]),
        order["camera"],
        from_moment(order["from"]),
        from_moment(order["to"]),
        order,
        from_moment(order["review"]),
        kept_ns,
        size,
        placed,
        None,
    )


def _figures(error: MiharibanError) -> dict[str, Json]:
    return {name: value for name, value in error.facts.items() if isinstance(value, int)}
