"""The recorder now, as the contract tells it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import mihariban
from mihariban.base.clock import iso
from mihariban.recorder.actions.cosign_ledgers import late_cosigners
from mihariban.recorder.contract.facts import (
    CameraStatus,
    Finding,
    HoldsStatus,
    LedgerStatus,
    State,
    Status,
)
from mihariban.recorder.health.health import Finding as Found

if TYPE_CHECKING:
    from mihariban.recorder.service import Recorder


def recorder_status(recorder: Recorder) -> Status:
    """The recorder now."""
    found = recorder.health.current()
    stat = recorder.stat()
    holds = recorder.control.holds(kept_only=True)
    return Status(
        site=recorder.site.site.id,
        recorder=recorder.site.recorder.id,
        version=mihariban.__version__,
        at=iso(recorder.clock.wall(), recorder.site.zone),
        time_quality=recorder.time_told(),
        state=_state(found),
        cameras=[_camera(recorder, camera.id, found) for camera in recorder.site.camera],
        findings=[_finding(recorder, each) for each in found],
        ledger=LedgerStatus(
            origin=recorder.control.ledger.origin,
            size=recorder.control.store.size(),
            writable=recorder.owed.waiting == 0,
            overdue=late_cosigners(recorder, recorder.clock.wall()),
        ),
        holds=HoldsStatus(
            count=len(holds),
            seconds=sum(hold.kept_ns for hold in holds) / 1e9,
            bytes=sum(hold.bytes for hold in holds),
            free_bytes=(stat.hold_regions - stat.held_regions) * stat.region_size,
        ),
    )


def _camera(recorder: Recorder, camera: str, found: tuple[Found, ...]) -> CameraStatus:
    channel = recorder.channels.get(camera)
    wall = recorder.clock.wall()
    gap = any(span.ended is None for span in recorder.control.gaps(camera, wall))
    return CameraStatus(
        id=camera,
        state=_state(tuple(each for each in found if each.subject == camera)),
        watched=channel is not None and not gap and recorder.hours.window_at(wall) is not None,
        recording=channel is not None and channel.pipeline.keeper.visit is not None,
    )


def _state(found: tuple[Found, ...]) -> State:
    severities = {each.severity for each in found}
    if "alarm" in severities:
        return "failing"
    return "warning" if severities else "ok"


def _finding(recorder: Recorder, found: Found) -> Finding:
    cameras = {camera.id for camera in recorder.site.camera}
    return Finding(
        code=found.kind.value,
        camera=found.subject if found.subject in cameras else None,
        since=iso(found.began, recorder.site.zone),
        ja=found.text("ja"),
        en=found.text("en"),
        figures=dict(found.figures),
    )
