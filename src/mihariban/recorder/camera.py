"""One camera's life: connect, hand packets on, notice that it is lost, come back. The child may die, this does not."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass

import structlog

from mihariban.base.clock import SECOND, Clock
from mihariban.base.errors import SourceError
from mihariban.policy import Limits
from mihariban.recorder.packet import Packet
from mihariban.recorder.sources.base import Source

_log = structlog.get_logger(__name__)

STABLE_S = 30.0
"""A connection that held this long was good: the next loss begins again with the shortest pause."""


@dataclass(frozen=True, slots=True)
class Gap:
    """A span without pictures. Instants are wall ns.

    Attributes:
        started_wall: the last good packet, or the beginning of the attempt where there was none.
        ended_wall: the first new packet; None while it lasts.
        cause: code of the error that began it (docs/reference/errors.md).
        detail: its sentence; never a password.
    """

    started_wall: int
    ended_wall: int | None
    cause: str
    detail: str


class CameraFeed:
    """Keeps one live source running.

    Args:
        source_factory: makes a source for each connection.
        clock: waits and dates gaps.
        limits: pauses between attempts.
        on_packet: takes each packet.
        on_gap: told when a gap begins (``ended_wall`` None) and when it has ended.
    """

    def __init__(
        self,
        *,
        source_factory: Callable[[], Source],
        clock: Clock,
        limits: Limits,
        on_packet: Callable[[Packet], None],
        on_gap: Callable[[Gap], None],
    ) -> None:
        self._factory = source_factory
        self._clock = clock
        self._limits = limits
        self._on_packet = on_packet
        self._on_gap = on_gap
        self._gap: Gap | None = None
        self._last_wall: int | None = None
        self._pause = limits.backoff_first_s
        self.connections = 0

    def run(self, stop: threading.Event) -> None:
        """Run until ``stop`` is set. Only errors of the source are survived; any other ends the run."""
        began = self._clock.wall()
        while not stop.is_set():
            connected = self._clock.monotonic()
            failure = self._connection(stop)
            if stop.is_set():
                break
            if self._clock.monotonic() - connected > STABLE_S * SECOND:
                self._pause = self._limits.backoff_first_s
            self._lost(failure, began)
            self._clock.wait(stop, self._pause)
            self._pause = min(self._pause * 2, self._limits.backoff_max_s)

    def _connection(self, stop: threading.Event) -> SourceError | None:
        try:
            source = self._factory()
            for packet in source.packets(stop):
                self._good(packet)
        except SourceError as error:
            return error
        return None

    def _good(self, packet: Packet) -> None:
        if self._gap is not None or self._last_wall is None:
            self.connections += 1
        if self._gap is not None:
            gap, self._gap = self._gap, None
            self._pause = self._limits.backoff_first_s
            _log.info("camera is back", cause=gap.cause, seconds=(packet.wall - gap.started_wall) // SECOND)
            self._on_gap(Gap(gap.started_wall, packet.wall, gap.cause, gap.detail))
        self._last_wall = packet.wall
        self._on_packet(packet)

    def _lost(self, failure: SourceError | None, began: int) -> None:
        if self._gap is not None:
            return
        cause = "end_of_stream" if failure is None else failure.code
        detail = "the camera ended the stream" if failure is None else failure.text("en")
        self._gap = Gap(self._last_wall or began, None, cause, detail)
        _log.warning("camera lost", cause=cause, detail=detail)
        self._on_gap(self._gap)
