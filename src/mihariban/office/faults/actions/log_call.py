"""Enter a call with the vendor, or a note of what happened."""

from __future__ import annotations

from datetime import datetime

from mihariban.ledger.entry import Draft
from mihariban.ledger.tags import Tag
from mihariban.office.base.acting import Acting
from mihariban.office.base.action import action
from mihariban.office.base.text import T
from mihariban.office.faults.actions.steps import WHAT, add_step, check_order, check_past
from mihariban.office.faults.models import Fault
from mihariban.office.faults.policy import FAULTS

_CALL = T("通話の日時", "The moment of the call")


def log_call(fault: Fault, *, at: datetime, spoken_to: str, said: str, acting: Acting, stamp: int) -> None:
    """The vendor was spoken to: when, who, what was said.

    Raises:
        NotAllowed: the policy refuses.
        ChangedMeanwhile: somebody else changed the fault.
        FaultTimesWrong: to come, or before the fault.
    """
    with action(acting, FAULTS.may_call(acting, fault)) as act:
        fault.check_stamp(stamp, WHAT)
        check_past(at, _CALL, "at")
        check_order(fault.since, at, T("故障の日時", "the fault"), _CALL, "at")
        fault.vendor_at = min(at, fault.vendor_at or at)
        fault.save()
        facts: dict[str, str | int] = {"fault": fault.pk, "spoken_to": act.commit(spoken_to)}
        act.enter(Draft(Tag.FAULT_VENDOR_CALL, facts, note=act.commit(said)))
        add_step(fault, "vendor_call", acting, at=at, spoken_to=spoken_to, text=said)


def add_note(fault: Fault, *, text: str, acting: Acting) -> None:
    """What happened, in free words. Notes of two clerks stand side by side: no stamp.

    Raises:
        NotAllowed: the policy refuses.
    """
    with action(acting, FAULTS.may_note(acting, fault)) as act:
        act.enter(Draft(Tag.FAULT_CASE_NOTE, {"fault": fault.pk}, note=act.commit(text)))
        add_step(fault, "note", acting, text=text)
