"""The memory of the empty scene, kept encrypted in the ring: it is a picture like any other."""

from __future__ import annotations

import structlog

from mihariban.base.clock import MINUTE
from mihariban.recorder.presence import SceneMemory, SceneUnreadable, Watcher
from mihariban.volume import Chunk, ChunkDamaged, ClipHeader, ClipKind, CodecConfig, Sample, Volume

_log = structlog.get_logger(__name__)

STREAM = 15
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
        """The newest memory that can be read, or None."""
        clips = self._volume.clips(camera=self._camera, kind=ClipKind.SCENE)
        for clip in sorted(clips, key=lambda each: each.created, reverse=True):
            try:
                chunks = list(self._volume.read(clip.clip))
                if chunks:
                    return SceneMemory.from_bytes(chunks[-1].data)
            except (ChunkDamaged, SceneUnreadable) as error:
                _log.warning("scene memory unreadable", camera=self._camera, code=error.code)
        return None

    def save_if_due(self, watcher: Watcher, wall: int, monotonic: int, header: ClipHeader) -> bool:
        """Save what the watcher has learned, at most every ten minutes and only while nobody is there."""
        if watcher.occupied or not watcher.scene_changed or wall - self._saved < PAUSE_NS:
            return False
        self._saved = wall
        data = watcher.scene().to_bytes()
        writer = self._volume.begin_clip(self._camera, header)
        chunk = Chunk(
            stream=STREAM,
            wall=wall,
            monotonic=monotonic,
            boot=self._boot,
            time_quality="unknown",
            config=CodecConfig("scene", 0, 0, (1, 1_000_000_000), b"", "raw"),
            samples=(Sample(len(data), wall, wall, 0, True),),
            data=data,
        )
        if not writer.append(chunk):
            writer.close()
            writer = self._volume.begin_clip(self._camera, header, new_region=True)
            writer.append(chunk)
        writer.close()
        self._volume.commit()
        return True
