"""Refuse a proposed change."""

from __future__ import annotations

from mihariban.ledger.entry import Draft
from mihariban.ledger.tags import Tag
from mihariban.office.base.acting import Acting
from mihariban.office.base.action import action
from mihariban.office.base.dates import now
from mihariban.office.days.actions.approve_change import WHAT
from mihariban.office.days.models import CalendarChange
from mihariban.office.days.policy import DAYS


def refuse_change(change: CalendarChange, *, acting: Acting, reason: str, stamp: int) -> None:
    """The manager says no, and why.

    Raises:
        NotAllowed: the policy refuses.
        ChangedMeanwhile: somebody was faster.
    """
    with action(acting, DAYS.may_decide(acting, change)) as act:
        change.check_stamp(stamp, WHAT)
        change.state, change.decided_by, change.decided_at = "refused", acting.name, now()
        change.refusal = reason
        change.save()
        act.enter(Draft(Tag.CALENDAR_CHANGE_REFUSE, {"change": change.id}, note=act.commit(reason)))
