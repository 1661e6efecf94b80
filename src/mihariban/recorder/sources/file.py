"""A video file as a source: as fast as it can be read, or at the speed it was filmed."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import av
import av.error
import structlog
from av.container import InputContainer
from av.packet import Packet as AvPacket
from av.video.stream import VideoStream

from mihariban.base.clock import SECOND, Clock, SystemClock
from mihariban.base.errors import SourceError
from mihariban.recorder.errors import SourceNoKeyFrame, SourceTruncated, SourceUnreadable
from mihariban.recorder.packet import Packet
from mihariban.recorder.sources.container import config_of, ns_to_ticks, ticks_to_ns, usual_interval, video_stream
from mihariban.recorder.sources.parameters import Parameters
from mihariban.recorder.sources.timeline import Ticks, TimeLimits, fill_in

_log = structlog.get_logger(__name__)
_MOST_HELD = 32


class FileSource:
    """Packets of a video file, placed on the time line at ``starts_at``.

    Ticks that jump back, stand still or are missing are mended, so that decoding times only grow; the next key frame
    then says ``broken``. What stands before the first key frame cannot be decoded and is dropped, but keeps its time.

    Args:
        path: the file.
        starts_at: wall instant (ns) of the first picture.
        clock: gives the speed where ``real_time`` is asked for.
        real_time: deliver no packet before its moment.
        limits: how far the file's ticks are trusted.
    """

    live = False

    def __init__(
        self,
        path: Path,
        *,
        starts_at: int = 0,
        clock: Clock | None = None,
        real_time: bool = False,
        limits: TimeLimits | None = None,
    ) -> None:
        self.name = str(path)
        self._path = path
        self._starts_at = starts_at
        self._clock = clock or SystemClock()
        self._real_time = real_time
        self._limits = limits or TimeLimits()

    def packets(self, stop: threading.Event) -> Iterator[Packet]:
        """Deliver the packets in decoding order until the file ends or ``stop`` is set.

        Raises:
            SourceUnreadable: no such file, empty, not a video, or broken beyond reading.
            SourceCodecUnsupported: neither H.264 nor H.265.
            SourceNoKeyFrame: nothing at which a decoder could start.
            SourceTruncated: after the last packet, where the file's own index promised more.
        """
        with self._open() as container:
            stream = video_stream(container, self.name)
            yield from _Reading(self, container, stream).packets(stop)

    def _open(self) -> InputContainer:
        try:
            if self._path.is_file() and self._path.stat().st_size == 0:
                raise SourceUnreadable(source=self.name, why="the file is empty")
            # The path is given as a file, so that libav takes nothing in it for a protocol.
            return av.open(f"file:{self._path}")
        except (av.error.FFmpegError, OSError) as error:
            raise SourceUnreadable(source=self.name, why=_words(error)) from error

    def place(self, since: int, began: int, stop: threading.Event) -> tuple[int, int]:
        """(wall, monotonic) of a picture ``since`` ns after the first; waits for it in real time."""
        if self._real_time:
            self._clock.wait(stop, max(0, began + since - self._clock.monotonic()) / SECOND)
        return self._starts_at + since, began + since

    def now(self) -> int:
        """The clock's monotonic ns."""
        return self._clock.monotonic()

    @property
    def limits(self) -> TimeLimits:
        """How far the file's ticks are trusted."""
        return self._limits


class _Reading:
    """One pass through one file."""

    def __init__(self, source: FileSource, container: InputContainer, stream: VideoStream) -> None:
        self._source = source
        self._container = container
        self._stream = stream
        self._parameters = Parameters(config_of(stream))
        base = self._parameters.config.time_base
        pause = ns_to_ticks(source.limits.longest_pause, base)
        self._interval = usual_interval(stream)
        self._ticks = Ticks(base, self._interval, pause)
        self._first: int | None = None
        self._read = 0
        self._dropped = 0
        self._started = False
        self._cut = False

    def packets(self, stop: threading.Event) -> Iterator[Packet]:
        began = self._source.now()
        ended: str | None = None
        held: list[AvPacket[VideoStream]] = []
        raws = self._container.demux(self._stream)
        while ended is None and not stop.is_set():
            raw, ended = self._next(raws)
            held += [] if raw is None else [raw]
            # The first packets of some containers have no decoding time yet.
            if ended is not None or (held and held[-1].dts is not None) or len(held) > _MOST_HELD:
                fill_in(held, self._interval)
                for each in held:
                    yield from self._packet(each, began, stop)
                held = []
        failure = None if ended is None else self._wrong(ended)
        if failure is not None:
            raise failure

    def _next(self, raws: Iterator[AvPacket[VideoStream]]) -> tuple[AvPacket[VideoStream] | None, str | None]:
        """(a sound packet or None, libav's complaint where the file has ended: empty at a plain end)."""
        try:
            raw = next(raws, None)
        except (av.error.FFmpegError, OSError) as error:
            return None, _words(error)
        if raw is None or raw.size == 0:
            return None, ""
        self._read += not raw.is_corrupt
        return (None if raw.is_corrupt else raw), None

    def _packet(self, raw: AvPacket[VideoStream], began: int, stop: threading.Event) -> Iterator[Packet]:
        if raw.has_sidedata("new_extradata"):
            self._parameters.take_record(bytes(raw.get_sidedata("new_extradata")))
        data = bytes(raw)
        head = self._parameters.head(data)
        pts, dts, mended = self._ticks.mend(raw.pts, raw.dts)
        self._note(mended)
        if self._first is None:
            # An edit list may hide the first pictures; the stream's start is the first one shown.
            hidden = raw.is_discard and self._stream.start_time is not None
            self._first = self._stream.start_time if hidden else pts
        if not self._started and not (head.key and self._parameters.complete):
            self._dropped += 1
            return
        self._started = True
        since = ticks_to_ns(pts - (self._first or 0), self._parameters.config.time_base)
        wall, monotonic = self._source.place(since, began, stop)
        broken = self._cut and head.key
        self._cut = self._cut and not head.key
        yield Packet(data, pts, dts, head.key, wall, monotonic, self._parameters.config, broken)

    def _note(self, mended: bool) -> None:
        if mended and not self._cut:
            _log.warning("the file's times were mended", source=self._source.name, packet=self._read)
        self._cut = self._cut or mended

    def _wrong(self, why: str) -> SourceError | None:
        """What is wrong with the file that has ended, or None."""
        if self._read == 0:
            return SourceUnreadable(source=self._source.name, why=why or "no pictures in it")
        if not self._started:
            return SourceNoKeyFrame(source=self._source.name, packets=self._dropped)
        expected = self._stream.frames
        if why or expected > self._read:
            return SourceTruncated(source=self._source.name, delivered=self._read, expected=expected or "?")
        return None


def _words(error: Exception) -> str:
    return str(getattr(error, "strerror", None) or type(error).__name__)
