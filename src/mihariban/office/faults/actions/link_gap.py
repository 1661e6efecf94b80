"""Link gaps of footage to a fault: typed in, or as the office heard of them from the recorder."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from mihariban.ledger.entry import Draft
from mihariban.ledger.tags import Tag
from mihariban.office.base.acting import Acting
from mihariban.office.base.action import Act, action
from mihariban.office.base.dates import era_text, now
from mihariban.office.base.text import T
from mihariban.office.faults.actions.steps import add_step, check_order, check_past
from mihariban.office.faults.gaps import HeardGap, heard_gaps
from mihariban.office.faults.models import Fault, FaultGap
from mihariban.office.faults.policy import FAULTS

_BEGAN, _ENDED = T("欠けの始まり", "The beginning of the gap"), T("欠けの終わり", "The end of the gap")


def link_gap(
    fault: Fault,
    *,
    recorder: str,
    camera: str,
    gap: int,
    began: datetime,
    acting: Acting,
    ended: datetime | None = None,
) -> FaultGap:
    """A camera was not watched because of the fault. A gap that is linked already keeps its row and takes its end.

    Args:
        gap: its number at the recorder.

    Raises:
        NotAllowed: the policy refuses.
        FaultTimesWrong: to come, or the end before the beginning.
    """
    check_past(began, _BEGAN, "began")
    if ended is not None:
        check_past(ended, _ENDED, "ended")
        check_order(began, ended, _BEGAN, _ENDED, "ended")
    with action(acting, FAULTS.may_link_gap(acting, fault)) as act:
        return _link(act, fault, acting, HeardGap(recorder, camera, gap, began, ended))


def link_gaps_heard(fault: Fault, *, acting: Acting) -> list[FaultGap]:
    """Link what the office heard: gaps of the kiosk's cameras (the fault's camera alone, where it names one) between
    the fault's beginning and its end.

    Raises:
        NotAllowed: the policy refuses.
    """
    found = heard_gaps(fault, fault.restored_at or now())
    new = [gap for gap in found if not _is_linked(fault, gap)]
    if not new:
        return []
    with action(acting, FAULTS.may_link_gap(acting, fault)) as act:
        return [_link(act, fault, acting, gap) for gap in new]


def _is_linked(fault: Fault, gap: HeardGap) -> bool:
    rows = FaultGap.objects.filter(fault=fault, recorder=gap.recorder, gap=gap.gap)
    return rows.filter(ended=gap.ended).exists()


def _link(act: Act, fault: Fault, acting: Acting, gap: HeardGap) -> FaultGap:
    values: dict[str, Any] = {"camera": gap.camera, "began": gap.began, "ended": gap.ended}
    row, _ = FaultGap.objects.update_or_create(fault=fault, recorder=gap.recorder, gap=gap.gap, defaults=values)
    facts: dict[str, str | int] = {"fault": fault.pk, "recorder": gap.recorder, "camera": gap.camera, "gap": gap.gap}
    act.enter(Draft(Tag.FAULT_GAP_LINK, facts))
    until = era_text(gap.ended) if gap.ended else ""
    add_step(fault, "gap", acting, text=f"{gap.recorder} {gap.camera} #{gap.gap}: {era_text(gap.began)} – {until}")
    return row
