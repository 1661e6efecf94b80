"""Open a fault from a finding of a recorder (an alarm), once."""

from __future__ import annotations

from datetime import datetime

from mihariban.office.base.acting import Acting
from mihariban.office.faults.actions.link_gap import link_gaps_heard
from mihariban.office.faults.actions.open_fault import open_fault
from mihariban.office.faults.models import Fault
from mihariban.office.sites.models import Kiosk


def open_from_finding(
    kiosk: Kiosk,
    *,
    recorder: str,
    code: str,
    since: datetime,
    text: str,
    acting: Acting,
    camera: str = "",
    stop: bool = False,
) -> Fault:
    """The fault of a finding. Where one was opened from it already, that one: the alarm may be pressed twice.

    Args:
        recorder, camera, code, since: of the finding; ``camera`` empty where it concerns the recorder.
        text: its sentence.
        stop: take the kiosk out of service at once.

    Raises:
        NotAllowed: the policy refuses.
    """
    found = Fault.objects.filter(recorder=recorder, camera=camera, finding=code, since=since).first()
    if found is not None:
        return found
    fault = open_fault(
        kiosk, kind="camera", what=text, since=since, stop=stop, source="finding",
        recorder=recorder, camera=camera, finding=code, error_code=code[:40], acting=acting,
    )  # fmt: skip  # facts handed on
    link_gaps_heard(fault, acting=acting)
    return fault
