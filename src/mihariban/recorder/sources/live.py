"""What all live sources share: from raw access units and their arrival to packets on the recorder's clocks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from mihariban.base.clock import SECOND
from mihariban.recorder.errors import SourceNoKeyFrame
from mihariban.recorder.packet import Packet, StreamConfig
from mihariban.recorder.sources.parameters import Parameters
from mihariban.recorder.sources.timeline import Entered, Instant, TimeLimits, TimeLine, fill_in


@dataclass(slots=True)
class _Raw:
    data: bytes
    pts: int | None
    dts: int | None
    key: bool
    seen: Instant
    config: StreamConfig
    camera_ahead: int | None


class LiveStream:
    """The packets of one connection.

    The first ones are kept back for ``TimeLimits.settle``: cameras send what they had stored up, late, and only then
    what is fresh. What stands before the first key frame cannot be decoded and is dropped.

    Args:
        source: name for errors.
        config: as the connection's description gave it.
        interval: usual ticks from picture to picture.
        time_limits: see there.
        key_wait: ns without a key frame after which the stream is given up.
    """

    def __init__(
        self,
        source: str,
        config: StreamConfig,
        interval: int,
        time_limits: TimeLimits | None = None,
        key_wait: int = 30 * SECOND,
    ) -> None:
        self._source = source
        self._parameters = Parameters(config)
        self._line = TimeLine(config.time_base, interval, time_limits)
        self._interval = interval
        self._key_wait = key_wait
        self._began: int | None = None
        self._kept_back: list[_Raw] | None = []
        self._started = False
        self.dropped = 0

    def take(
        self, data: bytes, pts: int | None, dts: int | None, seen: Instant, camera_ahead: int | None = None
    ) -> Iterator[Packet]:
        """One access unit in; the packets that are ready, out.

        Args:
            data: the access unit as it came.
            pts, dts: as demuxed.
            seen: first sign of this access unit at the recorder.
            camera_ahead: of the camera's clock, where a report came with it.

        Raises:
            SourceNoKeyFrame: nothing to start decoding at within ``key_wait``.
        """
        self._began = seen.monotonic if self._began is None else self._began
        head = self._parameters.head(data)
        if not self._started and not (head.key and self._parameters.complete):
            self.dropped += 1
            if seen.monotonic - self._began > self._key_wait:
                raise SourceNoKeyFrame(source=self._source, packets=self.dropped)
            return
        self._started = True
        raw = _Raw(data, pts, dts, head.key, seen, self._parameters.config, camera_ahead)
        if self._kept_back is None:
            yield self._place(raw)
            return
        self._kept_back.append(raw)
        if seen.monotonic - self._kept_back[0].seen.monotonic >= self._line.limits.settle:
            yield from self.drain()

    def drain(self) -> Iterator[Packet]:
        """What was kept back: call it at the end of the connection too, so that nothing is lost."""
        kept, self._kept_back = self._kept_back or [], None
        fill_in(kept, self._interval)
        entered = [self._line.enter(raw.pts, raw.dts, raw.key, raw.seen) for raw in kept]
        for raw, packet in zip(kept, entered, strict=True):
            yield self._packet(raw, packet)

    def _place(self, raw: _Raw) -> Packet:
        return self._packet(raw, self._line.enter(raw.pts, raw.dts, raw.key, raw.seen))

    def _packet(self, raw: _Raw, entered: Entered) -> Packet:
        placed = self._line.place(entered)
        times = (placed.pts, placed.dts, raw.key, placed.wall, placed.monotonic)
        return Packet(raw.data, *times, raw.config, placed.cut, raw.camera_ahead)
