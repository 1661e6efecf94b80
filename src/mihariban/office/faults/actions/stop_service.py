"""Take a kiosk out of service for a fault, or put it back although the fault lasts."""

from __future__ import annotations

from mihariban.ledger.entry import Draft
from mihariban.ledger.tags import Tag
from mihariban.office.base.acting import Acting
from mihariban.office.base.action import Act, action
from mihariban.office.base.dates import now
from mihariban.office.faults.actions.steps import WHAT, add_step
from mihariban.office.faults.models import Fault, Stoppage
from mihariban.office.faults.policy import FAULTS


def stop_service(fault: Fault, *, acting: Acting, stamp: int, expected: str = "") -> None:
    """Out of service from now on: ``state.kiosk_state`` says so to the public page and the kiosk screen at once, which
    is entered as telling the users (article 9).

    Args:
        expected: when it is expected to work again, as users are told.

    Raises:
        NotAllowed: the policy refuses.
        ChangedMeanwhile: somebody else changed the fault.
    """
    with action(acting, FAULTS.may_stop(acting, fault)) as act:
        fault.check_stamp(stamp, WHAT)
        fault.expected = expected
        stop_inside(act, fault, acting)


def resume_service(fault: Fault, *, acting: Acting, stamp: int, why: str) -> None:
    """Back into service although the fault lasts, such as a camera that waits for a part.

    Raises:
        NotAllowed, ChangedMeanwhile: as ``stop_service``.
    """
    with action(acting, FAULTS.may_resume(acting, fault)) as act:
        fault.check_stamp(stamp, WHAT)
        resume_inside(act, fault, acting, why)
        fault.save()


def stop_inside(act: Act, fault: Fault, acting: Acting) -> None:
    """Begin a span inside an action that was permitted."""
    moment = now()
    Stoppage.objects.create(fault=fault, began=moment)
    fault.told_at = fault.told_at or moment
    fault.save()
    facts: dict[str, str | int] = {"fault": fault.pk, "kiosk": fault.kiosk_id}
    act.enter(Draft(Tag.FAULT_SERVICE_STOP, facts))
    act.enter(Draft(Tag.FAULT_USERS_TELL, {"fault": fault.pk, "how": "page"}))
    add_step(fault, "stopped", acting, at=moment)
    add_step(fault, "told", acting, at=moment, text="page")


def resume_inside(act: Act, fault: Fault, acting: Acting, why: str = "") -> None:
    """End the span inside an action that was permitted, where there is one."""
    if Stoppage.objects.filter(fault=fault, ended=None).update(ended=now()):
        act.enter(Draft(Tag.FAULT_SERVICE_RESUME, {"fault": fault.pk, "kiosk": fault.kiosk_id}, note=act.commit(why)))
        add_step(fault, "resumed", acting, text=why)
