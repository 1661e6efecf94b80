"""One camera's life: connect, hand packets on, notice that it is lost, come back. The child may die, this does not.

Each connection is read by a child thread of its own, so that a read that hangs (a name server that is silent, a driver)
cannot hold the camera: the supervisor waits for packets with a limit, gives the child up, and begins anew.
"""

from __future__ import annotations

import contextlib
import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace

import structlog

from mihariban.base.clock import SECOND, Clock
from mihariban.base.errors import SourceError
from mihariban.policy import Limits
from mihariban.recorder.errors import (
    SourceCodecUnsupported,
    SourceFailed,
    SourceLoginRefused,
    SourceLost,
    SourceStalled,
    SourceUnreachable,
)
from mihariban.recorder.packet import Packet
from mihariban.recorder.sources.base import Source

_log = structlog.get_logger(__name__)

STABLE_S = 10.0
"""A connection that held this long was good: the next loss begins again with the shortest pause."""
KNOCK_S = 2.0
"""Seconds between looks whether a camera that was away listens again; ends a long pause early."""
GRACE_S = 5.0
"""Seconds beyond a source's own limits after which its thread is given up."""
FIRST_PICTURE_S = 30.0
"""Seconds a connection may last without a picture at which a decoder can start: the longest groups of smart codecs."""
_POLL_S = 0.5
_MOST_WAITING = 256
_BACKOFF_FACTOR = 2.0


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


class _Connection:
    """One child: reads one connection of one source into a queue of its own."""

    def __init__(self, factory: Callable[[], Source], stop: threading.Event) -> None:
        self._factory = factory
        self._asked_to_stop = stop
        self.stop = threading.Event()
        self.source: Source | None = None
        self.inbox: queue.Queue[Packet | SourceError | None] = queue.Queue(_MOST_WAITING)
        self._thread = threading.Thread(target=self._read, name="camera", daemon=True)
        self._thread.start()

    def _read(self) -> None:
        end: SourceError | None = None
        try:
            self.source = self._factory()
            for packet in self.source.packets(self.stop):
                if not self._put(packet):
                    return
        except SourceError as error:
            end = error
        except Exception as error:  # noqa: BLE001  # whatever kills the child, the supervisor logs it and goes on
            _log.exception("camera thread died", kind=type(error).__name__)
            end = SourceFailed(source=getattr(self.source, "name", "?"), why=type(error).__name__)
        self._put(end)

    def _put(self, item: Packet | SourceError | None) -> bool:
        while not self.stop.is_set() and not self._asked_to_stop.is_set():
            with contextlib.suppress(queue.Full):
                self.inbox.put(item, timeout=_POLL_S)
                return True
        return False

    def give_up(self, wait_s: float) -> None:
        """Tell the child to end and wait a little; one that hangs ends by itself later, its packets go nowhere."""
        self.stop.set()
        self._thread.join(wait_s)


class CameraFeed:
    """Keeps one source running: a live one for ever, a file until its end.

    Args:
        source_factory: makes a source for each connection.
        clock: waits and dates gaps.
        limits: pauses between attempts, and how long silence is borne.
        on_packet: takes each packet, always on the thread that runs the feed. Its errors end the run.
        on_gap: told when a gap begins (``ended_wall`` None) and when it has ended.
        stable_s, knock_s, grace_s, first_picture_s: see the constants above.
    """

    def __init__(
        self,
        *,
        source_factory: Callable[[], Source],
        clock: Clock,
        limits: Limits,
        on_packet: Callable[[Packet], None],
        on_gap: Callable[[Gap], None],
        stable_s: float = STABLE_S,
        knock_s: float = KNOCK_S,
        grace_s: float = GRACE_S,
        first_picture_s: float = FIRST_PICTURE_S,
    ) -> None:
        self._factory = source_factory
        self._clock = clock
        self._limits = limits
        self._on_packet = on_packet
        self._on_gap = on_gap
        self._stable_s = stable_s
        self._knock_s = knock_s
        self._grace_s = grace_s
        self._first_picture_s = first_picture_s
        self._gap: Gap | None = None
        self._last_wall: int | None = None
        self._pause = limits.backoff_first_s
        self._connected_at: int | None = None
        self.connections = 0
        self.attempts = 0

    @property
    def connected(self) -> bool:
        """Packets are coming."""
        return self._last_wall is not None and self._gap is None

    def run(self, stop: threading.Event) -> None:
        """Run until ``stop`` is set, or until a source that is not live has ended.

        Raises:
            SourceError: a file could not be read, or not to its end.
        """
        began = self._clock.wall()
        while not stop.is_set():
            self.attempts += 1
            child = _Connection(self._factory, stop)
            try:
                failure = self._follow(child, stop)
            finally:
                child.give_up(_POLL_S)
            if stop.is_set():
                return
            source = child.source
            if source is not None and not source.live:
                if failure is not None:
                    raise failure
                return
            failure = failure or SourceLost(source=getattr(source, "name", "?"), why="the camera ended the stream")
            self._lost(failure, began)
            self._wait(failure, source, stop)

    def _follow(self, child: _Connection, stop: threading.Event) -> SourceError | None:
        """Hand on what the child reads; why it ended, or None for a plain end."""
        self._connected_at = None
        patience = int((2 * self._limits.connect_s + self._first_picture_s + self._grace_s) * SECOND)
        heard = self._clock.monotonic()
        while not stop.is_set():
            try:
                item = child.inbox.get(timeout=min(_POLL_S, self._grace_s))
            except queue.Empty:
                if self._clock.monotonic() - heard > patience and (child.source is None or child.source.live):
                    return SourceStalled(source=getattr(child.source, "name", "?"), seconds=f"{patience / SECOND:g}")
                continue
            if not isinstance(item, Packet):
                return item
            self._good(item)
            heard = self._clock.monotonic()
            patience = int((self._limits.stall_s + self._grace_s) * SECOND)
        return None

    def _good(self, packet: Packet) -> None:
        now = self._clock.monotonic()
        if self._connected_at is None:
            self._connected_at = now
            self.connections += 1
        elif now - self._connected_at > self._stable_s * SECOND:
            self._pause = self._limits.backoff_first_s
        if self._gap is not None:
            gap, self._gap = self._gap, None
            _log.info("camera is back", cause=gap.cause, seconds=(packet.wall - gap.started_wall) // SECOND)
            self._on_gap(replace(gap, ended_wall=packet.wall))
            packet = replace(packet, broken=True)
        self._last_wall = packet.wall
        self._on_packet(packet)

    def _lost(self, failure: SourceError, began: int) -> None:
        if self._gap is not None:
            return
        started = began if self._last_wall is None else self._last_wall
        self._gap = Gap(started, None, failure.code, failure.text("en"))
        _log.warning("camera lost", cause=failure.code, detail=failure.text("en"))
        self._on_gap(self._gap)

    def _wait(self, failure: SourceError, source: Source | None, stop: threading.Event) -> None:
        if isinstance(failure, (SourceLoginRefused, SourceCodecUnsupported)):
            # Cameras lock an account after a few wrong passwords; nothing heals by trying fast.
            self._clock.wait(stop, self._limits.backoff_max_s)
            return
        left, self._pause = self._pause, min(self._pause * _BACKOFF_FACTOR, self._limits.backoff_max_s)
        answers = getattr(source, "answers", None)
        while left > 0 and not stop.is_set():
            step = min(left, self._knock_s)
            self._clock.wait(stop, step)
            left -= step
            # Only where nobody listened before: a frozen camera accepts connections too.
            if left > 0 and answers is not None and isinstance(failure, SourceUnreachable) and answers(1.0):
                return
