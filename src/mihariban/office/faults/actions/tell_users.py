"""Enter how users were told of a fault."""

from __future__ import annotations

from datetime import datetime

from mihariban.ledger.entry import Draft
from mihariban.ledger.tags import Tag
from mihariban.office.base.acting import Acting
from mihariban.office.base.action import action
from mihariban.office.base.dates import now
from mihariban.office.base.text import T
from mihariban.office.faults.actions.steps import WHAT, add_step, check_order, check_past
from mihariban.office.faults.models import Fault
from mihariban.office.faults.policy import FAULTS


def tell_users(
    fault: Fault, *, how: str, acting: Acting, stamp: int, at: datetime | None = None, where: str = ""
) -> None:
    """Users were told.

    Args:
        how: see ``words.TELLING``.
        at: when; now where it is not given.
        where: such as at which entrance the notice hangs.

    Raises:
        NotAllowed: the policy refuses.
        ChangedMeanwhile: somebody else changed the fault.
        FaultTimesWrong: to come, or before the fault.
    """
    at = at or now()
    told = T("周知の日時", "The moment of telling")
    with action(acting, FAULTS.may_tell(acting, fault)) as act:
        fault.check_stamp(stamp, WHAT)
        check_past(at, told, "at")
        check_order(fault.since, at, T("故障の日時", "the fault"), told, "at")
        fault.told_at = min(at, fault.told_at or at)
        fault.save()
        act.enter(Draft(Tag.FAULT_USERS_TELL, {"fault": fault.pk, "how": how}, note=act.commit(where)))
        add_step(fault, "told", acting, at=at, text=f"{how} {where}".strip())
