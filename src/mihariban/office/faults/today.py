"""Faults that are not over, for today's screen."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.urls import reverse

from mihariban.office.base.acting import Acting
from mihariban.office.base.text import T
from mihariban.office.faults.models import Fault
from mihariban.office.faults.policy import FAULTS
from mihariban.office.today.tasks import State, Task


def tasks(acting: Acting, now: datetime) -> Iterator[Task]:  # noqa: ARG001  # the apps' common form
    """Open faults: an alarm while the kiosk is out of service; restored ones wait for the manager."""
    if not FAULTS.may_see(acting):
        return
    rows = Fault.objects.filter(confirmed_at=None).select_related("kiosk").prefetch_related("stoppages")
    for fault in rows.order_by("since"):
        name = fault.kiosk.name
        if fault.restored_at is not None:
            title = T("{k} の故障記録を確認する", "Confirm the fault record of {k}").format(k=name)
        else:
            title = T("{k} の故障に対応する", "Handle the fault of {k}").format(k=name)
        since = fault.restored_at or fault.since
        yield Task(title, _state(fault), reverse("faults:record", args=[fault.pk]), since, kiosk=fault.kiosk_id)


def _state(fault: Fault) -> State:
    if fault.restored_at is not None:
        return "due"
    return "alarm" if fault.is_stopped else "warning"
