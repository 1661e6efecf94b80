"""Figures of the running recorder for Prometheus."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mihariban.base.clock import HOUR, SECOND, to_datetime
from mihariban.recorder.actions.cosign_ledgers import office_keys
from mihariban.recorder.day import camera_account
from mihariban.recorder.metrics import CameraFacts, RecorderFacts

if TYPE_CHECKING:
    from mihariban.recorder.service import Recorder


def recorder_facts(recorder: Recorder) -> RecorderFacts:
    """What the metrics are made of."""
    wall = recorder.clock.wall()
    loaded = recorder.hours.in_force(wall)
    deadline = recorder.hours.deadline(loaded.sha256, wall) if loaded else None
    scrub = recorder.control.remembered("scrub")
    stat = recorder.stat()
    return RecorderFacts(
        site=recorder.site.site.id,
        recorder=recorder.site.recorder.id,
        wall=wall,
        cameras=tuple(_camera(recorder, camera.id, wall) for camera in recorder.site.camera),
        findings=recorder.health.current(),
        time_quality=recorder.time_told(),
        volume=stat,
        rule_hours=None if deadline is None else (deadline - wall) / HOUR,
        ledger_size=recorder.control.store.size(),
        cosigned=_cosigned(recorder),
        scrubbed=scrub.get("finished") or None,
        scrub_share=scrub.get("region", 0) / stat.regions,
    )


def _cosigned(recorder: Recorder) -> int | None:
    keys = office_keys(recorder)
    newest = None if keys is None else recorder.control.ledger.cosigned(keys.cosign)
    return None if newest is None else newest[1] * SECOND


def _camera(recorder: Recorder, camera: str, wall: int) -> CameraFacts:
    day = to_datetime(wall, recorder.site.zone).date()
    account = camera_account(recorder.control, recorder.site, recorder.hours.in_force, camera, day, wall)
    start, end = recorder.hours.day_span(day)
    channel = recorder.channels.get(camera)
    health = channel.pipeline.health if channel else None
    clock = recorder.camera_clocks.get(camera)
    return CameraFacts(
        camera,
        watched=channel is not None and recorder.hours.window_at(wall) is not None and channel.disk_gap is None,
        last_picture=health.last_picture if health else None,
        visits_today=len(recorder.control.visits(camera=camera, since=start, until=end)),
        gap_seconds_today=account.seconds("gap"),
        clock_ahead_s={source: ahead / SECOND for source, ahead in clock.deviations().items()} if clock else {},
    )
