"""A video file as a source: as fast as it can be read, or at the speed it was filmed."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import av
import av.error

from mihariban.base.clock import Clock, SystemClock
from mihariban.recorder.errors import SourceUnreadable
from mihariban.recorder.packet import Packet
from mihariban.recorder.sources.container import config_of, ticks_to_ns


class FileSource:
    """Packets of a video file, placed on the time line at ``starts_at``.

    Args:
        path: the file.
        starts_at: wall instant (ns) of the first picture.
        clock: gives the speed where ``real_time`` is asked for.
        real_time: deliver no packet before its moment.
    """

    live = False

    def __init__(self, path: Path, *, starts_at: int = 0, clock: Clock | None = None, real_time: bool = False) -> None:
        self.name = str(path)
        self._path = path
        self._starts_at = starts_at
        self._clock = clock or SystemClock()
        self._real_time = real_time

    def packets(self, stop: threading.Event) -> Iterator[Packet]:
        """Deliver the packets in decoding order until the file ends or ``stop`` is set.

        Raises:
            SourceUnreadable: no such file, not a video, or broken beyond reading.
        """
        try:
            with av.open(str(self._path)) as container:
                if not container.streams.video:
                    raise SourceUnreadable(source=self.name, why="no video stream")
                stream = container.streams.video[0]
                config = config_of(stream)
                first: int | None = None
                began = self._clock.monotonic()
                for raw in container.demux(stream):
                    if stop.is_set():
                        return
                    if raw.pts is None or raw.dts is None or raw.size == 0:
                        continue
                    first = raw.pts if first is None else first
                    since = ticks_to_ns(raw.pts - first, config.time_base)
                    if self._real_time:
                        self._clock.wait(stop, max(0, began + since - self._clock.monotonic()) / 1e9)
                    yield Packet(
                        bytes(raw), raw.pts, raw.dts, raw.is_keyframe, self._starts_at + since, began + since, config
                    )
        except (av.error.FFmpegError, OSError) as error:
            raise SourceUnreadable(source=self.name, why=str(error)) from error
