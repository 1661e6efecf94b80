"""What is remembered of the empty scene, kept encrypted in the ring: it is a picture like any other."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import structlog

from mihariban.base.clock import MINUTE
from mihariban.recorder.health.errors import ViewUnreadable
from mihariban.recorder.health.memory import CameraMemory
from mihariban.recorder.pipeline import Pipeline
from mihariban.recorder.presence import SceneMemory, SceneUnreadable
from mihariban.volume import Chunk, ChunkDamaged, ClipHeader, ClipKind, ClipRefused, CodecConfig, Sample, Volume

T = TypeVar("T")

_log = structlog.get_logger(__name__)

STREAM = 15
VIEW_STREAM = 14
PAUSE_NS = 10 * MINUTE
"""Shortest time between two savings: daylight changes the memory all day long."""


class SceneStore:
    """Saves and finds one camera's memory of the empty scene.

    Args:
        volume: the ring.
        camera: name of the camera.
        boot: the machine's boot id.
    """

    def __init__(self, volume: Volume, camera: str, boot: str) -> None:
        self._volume = volume
        self._camera = camera
        self._boot = boot
        self._saved = 0

    def use(self, volume: Volume) -> None:
        """The volume was opened again."""
        self._volume = volume

    def load(self) -> SceneMemory | None:
        """The newest memory of the empty scene that can be read, or None."""
        return self._newest(STREAM, SceneMemory.from_bytes)

    def load_view(self) -> CameraMemory | None:
        """The newest memory of how the camera looks at it that can be read, or None."""
        return self._newest(VIEW_STREAM, CameraMemory.from_bytes)

    def _newest(self, stream: int, read: Callable[[bytes], T]) -> T | None:
        clips = self._volume.clips(camera=self._camera, kind=ClipKind.SCENE)
        for clip in sorted(clips, key=lambda each: each.created, reverse=True):
            try:
                chunks = [chunk for chunk in self._volume.read(clip.clip) if chunk.stream == stream]
                if chunks:
                    return read(chunks[-1].data)
            except (ChunkDamaged, ClipRefused, SceneUnreadable, ViewUnreadable) as error:
                _log.warning("memory of the scene unreadable", camera=self._camera, code=error.code)
        return None

    def save_if_due(self, pipeline: Pipeline, wall: int, monotonic: int, header: ClipHeader) -> bool:
        """Save what was learned, at most every ten minutes and only while nobody is there."""
        watcher, health = pipeline.watcher, pipeline.health
        learned = watcher.scene_changed or (health is not None and health.memory.changed)
        if watcher.occupied or not learned or wall - self._saved < PAUSE_NS:
            return False
        self._saved = wall
        parts = [(STREAM, watcher.scene().to_bytes())]
        if health is not None:
            parts.append((VIEW_STREAM, health.memory.to_bytes()))
            health.memory.changed = False
        chunks = [self._chunk(stream, data, wall, monotonic) for stream, data in parts]
        writer = self._volume.begin_clip(self._camera, header)
        if not all(writer.append(chunk) for chunk in chunks):
            writer.close()
            writer = self._volume.begin_clip(self._camera, header, new_region=True)
            for chunk in chunks:
                writer.append(chunk)
        writer.close()
        self._volume.commit()
        return True

    def _chunk(self, stream: int, data: bytes, wall: int, monotonic: int) -> Chunk:
        return Chunk(
            stream=stream,
            wall=wall,
            monotonic=monotonic,
            boot=self._boot,
            time_quality="unknown",
            config=CodecConfig("scene", 0, 0, (1, 1_000_000_000), b"", "raw"),
            samples=(Sample(len(data), wall, wall, 0, True),),
            data=data,
        )
