"""Alarms of recorders, and the faults that were opened from them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mihariban.ledger.tags import Tag
from mihariban.office.base.acting import Acting, system
from mihariban.office.faults.actions.link_gap import link_gap
from mihariban.office.faults.actions.open_from_finding import open_from_finding
from mihariban.office.faults.gaps import gap_of, moment_of
from mihariban.office.faults.models import Fault, FaultGap
from mihariban.office.sites.models import CameraUnit, Kiosk, RecorderUnit, SeenEvent, SeenFinding
from mihariban.office.sites.seen import findings_now


@dataclass(frozen=True, slots=True)
class Alarm:
    """A finding that lasts and has no fault yet."""

    finding: SeenFinding
    kiosk: Kiosk


def alarms_without_fault() -> list[Alarm]:
    """Alarms (not warnings) that last, of cameras of our kiosks or of their recorders. Three queries, however many."""
    known = set(Fault.objects.exclude(state="confirmed").values_list("recorder", "camera", "finding", "since"))
    kiosks = _kiosks()
    found = []
    for each in findings_now().filter(severity="alarm"):
        kiosk = kiosks.get((each.recorder_id, each.camera)) or kiosks.get((each.recorder_id, ""))
        if kiosk is not None and (each.recorder_id, each.camera, each.code, each.since) not in known:
            found.append(Alarm(each, kiosk))
    return found


def open_from_seen(finding: SeenFinding, *, acting: Acting) -> Fault | None:
    """The fault of a finding; None where no kiosk belongs to its recorder.

    Raises:
        NotAllowed: the policy refuses.
    """
    kiosks = _kiosks()
    kiosk = kiosks.get((finding.recorder_id, finding.camera)) or kiosks.get((finding.recorder_id, ""))
    if kiosk is None:
        return None
    return open_from_finding(
        kiosk, recorder=finding.recorder_id, camera=finding.camera, code=finding.code, since=finding.since,
        text=finding.ja, acting=acting,
    )  # fmt: skip  # facts handed on


def gaps_ended(recorder: RecorderUnit, events: Sequence[SeenEvent]) -> None:
    """Write the end of linked gaps as the recorder tells it; called with the events that were taken in."""
    told = {gap_of(e): moment_of(e, "to") for e in events if e.tag == Tag.GAP_RECORDING_END}
    ends = {gap: ended for gap, ended in told.items() if gap is not None}
    if not ends:
        return
    rows = FaultGap.objects.filter(recorder=recorder.pk, ended=None, gap__in=ends)
    for row in rows.exclude(fault__state="confirmed").select_related("fault"):
        link_gap(
            row.fault, recorder=row.recorder, camera=row.camera, gap=row.gap, began=row.began,
            ended=max(ends[row.gap], row.began), acting=system(),
        )  # fmt: skip  # facts handed on


def _kiosks() -> dict[tuple[str, str], Kiosk]:
    """Kiosk by recorder and camera; the recorder's first under ""."""
    found: dict[tuple[str, str], Kiosk] = {}
    rows = CameraUnit.objects.exclude(kiosk=None).select_related("kiosk__site").order_by("recorder_id", "kiosk_id")
    for unit in rows:
        if unit.kiosk is not None:
            found[(unit.recorder_id, unit.camera)] = unit.kiosk
            found.setdefault((unit.recorder_id, ""), unit.kiosk)
    return found
