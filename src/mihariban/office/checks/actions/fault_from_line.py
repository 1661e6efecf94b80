"""A failed item becomes a fault with one press."""

from __future__ import annotations

from django.db import transaction

from mihariban.office.base.acting import Acting
from mihariban.office.checks import words
from mihariban.office.checks.models import CheckLine
from mihariban.office.faults.actions.link_gap import link_gaps_heard
from mihariban.office.faults.actions.open_fault import open_fault
from mihariban.office.faults.models import Fault
from mihariban.office.faults.words import STOPS_AT_ONCE


def fault_from_line(line: CheckLine, *, acting: Acting) -> Fault:
    """The fault of a line that is not ok. Where there is one already, that one: the button may be pressed twice.

    A fault after which nobody can be served takes the kiosk out of service at once.

    Raises:
        NotAllowed: the policy refuses.
    """
    with transaction.atomic():
        held = CheckLine.objects.select_related("fault").get(pk=line.pk)
        if held.fault is not None:
            return held.fault
        kind = words.FAULT_KINDS.get(line.item, "other")
        what = f"{line.title.ja}：{line.remark}" if line.remark else f"{line.title.ja}（日次点検で「否」）"
        fault = open_fault(
            line.sheet.kiosk, kind=kind, what=what, stop=kind in STOPS_AT_ONCE, source="check", acting=acting
        )
        held.fault = line.fault = fault
        held.save(update_fields=["fault"])
    if kind == "camera":
        link_gaps_heard(fault, acting=acting)
    return fault
