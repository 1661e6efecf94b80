"""Open a fault: by a person, a check, or a finding of a recorder."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from mihariban.ledger.entry import Draft
from mihariban.ledger.tags import Tag
from mihariban.office.base.acting import Acting
from mihariban.office.base.action import Act, action
from mihariban.office.base.dates import now
from mihariban.office.base.text import T
from mihariban.office.faults.actions.steps import add_step, check_past, person_of
from mihariban.office.faults.actions.stop_service import stop_inside
from mihariban.office.faults.models import Fault
from mihariban.office.faults.policy import FAULTS

if TYPE_CHECKING:
    from mihariban.office.sites.models import Kiosk


def open_fault(
    kiosk: Kiosk,
    *,
    kind: str,
    what: str,
    acting: Acting,
    since: datetime | None = None,
    stop: bool = False,
    error_code: str = "",
    expected: str = "",
    data_at_risk: str = "",
    source: str = "person",
    recorder: str = "",
    camera: str = "",
    finding: str = "",
) -> Fault:
    """A new fault of ``kiosk``.

    Args:
        kind: see ``words.KINDS``.
        what: what happened, in the words of whoever noticed.
        since: when it broke; now where it is not known.
        stop: take the kiosk out of service at once; the public page and the kiosk screen say so from now on.
        expected: when it is expected to work again, as users are told.
        recorder, camera, finding: of the recorder's finding, where there is one.

    Raises:
        NotAllowed: the policy refuses.
        FaultTimesWrong: ``since`` is to come.
    """
    since = since or now()
    check_past(since, T("故障の日時", "The moment of the fault"), "since")
    with action(acting, FAULTS.may_open(acting)) as act:
        fault = Fault.objects.create(
            kiosk=kiosk, kind=kind, what=what, since=since, error_code=error_code, expected=expected,
            data_at_risk=data_at_risk, source=source, recorder=recorder, camera=camera, finding=finding,
            opened_at=now(), opened_by=person_of(acting),
        )  # fmt: skip  # one row, read at a glance
        _enter(act, fault)
        add_step(fault, "opened", acting, text=what)
        if stop:
            stop_inside(act, fault, acting)
    return fault


def _enter(act: Act, fault: Fault) -> None:
    facts: dict[str, str | int] = {"fault": fault.pk, "kiosk": fault.kiosk_id, "kind": fault.kind}
    if fault.finding:
        facts.update(recorder=fault.recorder, camera=fault.camera, finding=fault.finding)
    act.enter(Draft(Tag.FAULT_CASE_OPEN, {**facts, "source": fault.source}, note=act.commit(fault.what)))
