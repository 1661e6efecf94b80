"""The end of a fault: repaired, restored after a test, confirmed by the manager."""

from __future__ import annotations

from datetime import datetime

from mihariban.ledger.entry import Draft
from mihariban.ledger.tags import Tag
from mihariban.office.base.acting import Acting
from mihariban.office.base.action import action
from mihariban.office.base.dates import now
from mihariban.office.base.text import T
from mihariban.office.faults.actions.steps import WHAT, add_step, check_order, check_past, person_of
from mihariban.office.faults.actions.stop_service import resume_inside
from mihariban.office.faults.models import Fault
from mihariban.office.faults.policy import FAULTS

_SINCE, _REPAIRED = T("故障の日時", "the fault"), T("修理の日時", "the repair")


def repair_fault(fault: Fault, *, at: datetime, cause: str, repair: str, acting: Acting, stamp: int) -> None:
    """It was repaired: cause and what was done.

    Raises:
        NotAllowed: the policy refuses.
        ChangedMeanwhile: somebody else changed the fault.
        FaultTimesWrong: to come, or before the fault.
    """
    with action(acting, FAULTS.may_repair(acting, fault)) as act:
        fault.check_stamp(stamp, WHAT)
        check_past(at, _REPAIRED, "at")
        check_order(fault.since, at, _SINCE, _REPAIRED, "at")
        fault.repaired_at, fault.cause, fault.repair, fault.state = at, cause, repair, "repaired"
        fault.save()
        act.enter(Draft(Tag.FAULT_CASE_REPAIR, {"fault": fault.pk}, note=act.commit(f"{cause}\n{repair}")))
        add_step(fault, "repaired", acting, at=at, text=repair)


def restore_fault(fault: Fault, *, test: str, acting: Acting, stamp: int) -> None:
    """It was tested and works; the kiosk is in service from now on.

    Args:
        test: how it was tried, such as one certificate issued.

    Raises:
        NotAllowed, ChangedMeanwhile: as ``repair_fault``.
    """
    with action(acting, FAULTS.may_restore(acting, fault)) as act:
        fault.check_stamp(stamp, WHAT)
        fault.test, fault.restored_at, fault.state = test, now(), "restored"
        fault.save()
        act.enter(Draft(Tag.FAULT_CASE_RESTORE, {"fault": fault.pk}, note=act.commit(test)))
        resume_inside(act, fault, acting)
        add_step(fault, "restored", acting, text=test)


def confirm_fault(fault: Fault, *, acting: Acting, stamp: int) -> None:
    """The manager, or the deputy inside an activation, confirms the record.

    Raises:
        NotAllowed: the policy refuses, also where something that the rule asks for is not entered.
        ChangedMeanwhile: somebody else changed the fault.
    """
    with action(acting, FAULTS.may_confirm(acting, fault)) as act:
        fault.check_stamp(stamp, WHAT)
        fault.confirmed_at, fault.confirmed_by, fault.state = now(), person_of(acting), "confirmed"
        fault.save()
        act.enter(Draft(Tag.FAULT_CASE_CONFIRM, {"fault": fault.pk}))
        add_step(fault, "confirmed", acting)
