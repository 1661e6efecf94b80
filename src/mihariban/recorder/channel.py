"""One camera at work: what its packets pass through, and what is remembered of the empty scene."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mihariban.base.clock import MINUTE, SECOND
from mihariban.base.ids import new_id
from mihariban.policy import Camera
from mihariban.recorder.buffer import GroupBuffer
from mihariban.recorder.health.inspector import CameraHealth
from mihariban.recorder.pipeline import Pipeline, buffer_span
from mihariban.recorder.presence import PresenceSettings, Watcher, Zone
from mihariban.recorder.recording import Recording
from mihariban.recorder.scene_store import SceneStore
from mihariban.recorder.visit_keeper import Rolls, VisitKeeper
from mihariban.volume import ClipHeader, ClipKind

if TYPE_CHECKING:
    from mihariban.recorder.service import Recorder

NEVER = (1 << 63) - 1


@dataclass(slots=True)
class Channel:
    """One camera at work."""

    camera: Camera
    pipeline: Pipeline
    recording: Recording
    scenes: SceneStore
    disk_gap: int | None = None

    def lost_from(self, wall: int) -> int:
        """From when on pictures may be lost: the last one that is durable, where one was being written."""
        shown = self.recording.shown_to
        writing = self.pipeline.keeper.visit is not None or wall - shown < MINUTE
        return shown if shown and writing else wall


def make_channel(recorder: Recorder, camera: Camera, zone: Zone | None, *, own_presence_stream: bool) -> Channel:
    """The way of a camera's packets, with what an earlier life learned of its scene."""
    scenes = SceneStore(recorder.volume, camera.id, recorder.clock.boot_id())
    watcher = Watcher(_settings(recorder, camera), zone or zone_of(camera), scene=scenes.load())
    buffer = GroupBuffer(buffer_span(watcher, _rolls(recorder).before))
    recording = Recording(
        recorder.volume,
        recorder.bookkeeper,
        camera=camera.id,
        buffer=buffer,
        deadline=recorder.hours.deadline,
        boot=recorder.clock.boot_id(),
        time_quality=recorder.time_quality,
    )
    pipeline = Pipeline(
        camera=camera.id,
        watcher=watcher,
        keeper=_keeper(recorder, camera, buffer, recording),
        buffer=buffer,
        book=recorder.bookkeeper,
        hours=recorder.hours,
        closed_reason=recorder.hours.closed_reason,
        own_presence_stream=own_presence_stream,
    )
    pipeline.health = _watch_over(recorder, camera, watcher, scenes)
    pipeline.camera_clock = recorder.camera_clocks.get(camera.id)
    watcher.on_picture = pipeline.health.picture
    return Channel(camera, pipeline, recording, scenes)


def _keeper(recorder: Recorder, camera: Camera, buffer: GroupBuffer, recording: Recording) -> VisitKeeper:
    return VisitKeeper(
        camera=camera.id,
        policy=recorder.policy_hash,
        hours=recorder.hours,
        rolls=lambda: _rolls(recorder),
        buffer=buffer,
        sink=recording,
        new_id=lambda wall: new_id(wall, recorder.random),
    )


def _watch_over(recorder: Recorder, camera: Camera, watcher: Watcher, scenes: SceneStore) -> CameraHealth:
    return CameraHealth(
        camera.id,
        recorder.health,
        permitted=lambda wall: recorder.hours.window_at(wall) is not None,
        occupied=lambda: watcher.occupied,
        ignore=zone_of(camera),
        memory=scenes.load_view(),
        look_every_s=lambda: watcher.look_every_s,
    )


def _settings(recorder: Recorder, camera: Camera) -> PresenceSettings:
    delay = camera.presence.start_delay_s
    if delay is None:
        delay = recorder.governing(recorder.clock.wall()).policy.capture.presence_start_delay_s
    return PresenceSettings() if delay is None else PresenceSettings(start_delay_s=delay)


def _rolls(recorder: Recorder) -> Rolls:
    capture = recorder.governing(recorder.clock.wall()).policy.capture
    return Rolls(round((capture.pre_roll_s or 0) * SECOND), round((capture.post_roll_s or 0) * SECOND))


def save_scene(recorder: Recorder, channel: Channel, wall: int, monotonic: int) -> None:
    """Keep what was learned of the empty scene, where it is permitted to film and something was learned.

    Raises:
        VolumeIoError: open the volume anew.
    """
    if recorder.hours.window_at(wall) is None:
        return
    version = recorder.policy_hash()
    deadline = recorder.hours.deadline(version, wall)
    header = ClipHeader(
        visit=bytes(16),
        kind=ClipKind.SCENE,
        deadline=NEVER if deadline is None else deadline,
        policy=bytes.fromhex(version)[:16],
    )
    channel.scenes.save_if_due(channel.pipeline, wall, monotonic, header)


def zone_of(camera: Camera) -> Zone:
    """The zone that the site file gives a camera: where a user stands, and what is not looked at."""
    if not camera.zones and not camera.ignore:
        return Zone.whole()
    whole = (((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)),)
    return Zone(camera.zones or whole, camera.ignore)
