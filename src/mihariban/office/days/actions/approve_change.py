"""Approve a proposed change."""

from __future__ import annotations

from mihariban.ledger.entry import Draft
from mihariban.ledger.tags import Tag
from mihariban.office.base.acting import Acting
from mihariban.office.base.action import action
from mihariban.office.base.dates import now
from mihariban.office.base.text import T
from mihariban.office.days.actions.decided import push_put, wait_for_recorders
from mihariban.office.days.models import CalendarChange
from mihariban.office.days.policy import DAYS

WHAT = T("この変更", "this change")


def approve_change(
    change: CalendarChange,
    *,
    acting: Acting,
    approver: str,
    document_number: str,
    stamp: int,
    deliver: bool = True,
) -> None:
    """The manager takes a proposed change over; recorders get it.

    Args:
        approver: post that decides, such as 市長.
        document_number: of the paper.
        stamp: of the row as the clerk saw it.

    Raises:
        NotAllowed: the policy refuses, or it was decided meanwhile.
        ChangedMeanwhile: somebody was faster.
    """
    with action(acting, DAYS.may_approve(acting, change)) as act:
        change.check_stamp(stamp, WHAT)
        change.state, change.decided_by, change.decided_at = "approved", acting.name, now()
        change.approver, change.document_number = approver, document_number
        change.save()
        facts: dict[str, str | int] = {
            "change": change.id,
            "kind": change.kind,
            "first": change.first_day.isoformat(),
            "last": change.last_day.isoformat(),
        }
        act.enter(Draft(Tag.CALENDAR_CHANGE_APPROVE, facts, case=document_number, note=act.commit(change.reason)))
        push_put(act, change)
    if deliver:
        wait_for_recorders()
