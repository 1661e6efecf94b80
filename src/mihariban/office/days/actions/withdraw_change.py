"""Take a change back."""

from __future__ import annotations

from mihariban.ledger.entry import Draft
from mihariban.ledger.tags import Tag
from mihariban.office.base.acting import Acting
from mihariban.office.base.action import action
from mihariban.office.base.dates import now
from mihariban.office.days.actions.approve_change import WHAT
from mihariban.office.days.actions.decided import push_withdrawal, wait_for_recorders
from mihariban.office.days.models import CalendarChange
from mihariban.office.days.policy import DAYS


def withdraw_change(
    change: CalendarChange,
    *,
    acting: Acting,
    reason: str,
    document_number: str = "",
    stamp: int,
    deliver: bool = True,
) -> None:
    """From today on the days are again as the rule's table has them; days gone by stay as they were.

    Args:
        document_number: of the paper; the change's own where there is none.

    Raises:
        NotAllowed: the policy refuses.
        ChangedMeanwhile: somebody was faster.
    """
    with action(acting, DAYS.may_withdraw(acting, change)) as act:
        change.check_stamp(stamp, WHAT)
        in_force = change.state == "approved"
        change.state, change.withdrawn_by, change.withdrawn_at = "withdrawn", acting.name, now()
        change.withdrawn_from = acting.day if in_force else None
        change.withdrawal, change.withdrawal_number = reason, document_number or change.document_number
        change.save()
        number = change.withdrawal_number
        act.enter(Draft(Tag.CALENDAR_CHANGE_WITHDRAW, {"change": change.id}, case=number, note=act.commit(reason)))
        if in_force:
            push_withdrawal(act, change)
    if in_force and deliver:
        wait_for_recorders()
