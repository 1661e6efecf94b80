"""Gaps of footage, as the recorders told the office."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from mihariban.base.clock import to_datetime
from mihariban.ledger.entry import from_moment
from mihariban.ledger.tags import Tag
from mihariban.office.faults.models import Fault
from mihariban.office.sites.models import CameraUnit, SeenEvent
from mihariban.office.sites.seen import events_between

_BEFORE = timedelta(hours=1)
"""A finding is told some time after the camera was lost, and a clerk notices later still."""


@dataclass(frozen=True, slots=True)
class HeardGap:
    """A gap: ``gap`` is its number at the recorder; ``ended`` None while it lasts."""

    recorder: str
    camera: str
    gap: int
    began: datetime
    ended: datetime | None


def heard_gaps(fault: Fault, until: datetime) -> list[HeardGap]:
    """Gaps of the cameras of the fault's kiosk that began from an hour before the fault on."""
    cameras = _cameras(fault)
    start = fault.since - _BEFORE
    events = events_between(start, until + timedelta(minutes=1), Tag.GAP_RECORDING_BEGIN, Tag.GAP_RECORDING_END)
    mine = [each for each in events if (each.recorder_id, each.facts.get("camera")) in cameras]
    ends = {(e.recorder_id, gap_of(e)): moment_of(e, "to") for e in mine if e.tag == Tag.GAP_RECORDING_END}
    return [
        HeardGap(
            e.recorder_id, str(e.facts["camera"]), gap, moment_of(e, "from"),
            ends.get((e.recorder_id, gap)),
        )
        for e in mine
        if e.tag == Tag.GAP_RECORDING_BEGIN and (gap := gap_of(e)) is not None
    ]  # fmt: skip  # one gap a line


def _cameras(fault: Fault) -> set[tuple[str, Any]]:
    rows = CameraUnit.objects.filter(kiosk_id=fault.kiosk_id)
    if fault.camera:
        rows = rows.filter(recorder_id=fault.recorder, camera=fault.camera)
    return {(row.recorder_id, row.camera) for row in rows}


def gap_of(event: SeenEvent) -> int | None:
    """The gap's number; None where the entry names none that we can keep."""
    told = event.facts.get("gap")
    return told if isinstance(told, int) and not isinstance(told, bool) and 0 <= told < 1 << 63 else None


def moment_of(event: SeenEvent, name: str) -> datetime:
    """The moment in the facts; the entry's own where there is none."""
    try:
        return to_datetime(from_moment(str(event.facts.get(name))), timezone.get_default_timezone())
    except ValueError:
        return event.at
