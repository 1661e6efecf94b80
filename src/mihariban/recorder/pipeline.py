"""One camera, end to end: packets come in, presence is judged, visits are recorded, closed periods are kept.

Everything here is driven by packets and by ``tick``; nothing waits and nothing asks the time, so that a file recorded
as fast as it can be read gives exactly what the same camera would give live.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable

from mihariban.base.clock import SECOND
from mihariban.recorder.bookkeeper import Bookkeeper
from mihariban.recorder.buffer import GroupBuffer
from mihariban.recorder.health.clock_judge import CameraClock
from mihariban.recorder.health.inspector import CameraHealth
from mihariban.recorder.packet import Packet
from mihariban.recorder.presence import PresenceEvent, Watcher
from mihariban.recorder.visit_keeper import Hours, VisitKeeper

LONGEST_GROUP_NS = 10 * SECOND
"""Key-frame distance for which the look back is still complete: what smart codecs send in an empty scene."""


def buffer_span(watcher: Watcher, pre_roll_ns: int) -> int:
    """How much compressed video must be kept (ns): the decision's delay and the pre-roll, to the group before."""
    return int(watcher.decision_delay_s * SECOND) + pre_roll_ns + SECOND


class Pipeline:
    """The way of one camera's packets.

    Args:
        camera: name of the camera.
        watcher: judges presence.
        keeper: keeps the visits.
        buffer: shared with the keeper.
        book: closed periods go here.
        hours: when filming is permitted.
        closed_reason: words for a closed period that begins at an instant.
        own_presence_stream: presence comes from a second stream through ``presence_packet``.
    """

    def __init__(
        self,
        *,
        camera: str,
        watcher: Watcher,
        keeper: VisitKeeper,
        buffer: GroupBuffer,
        book: Bookkeeper,
        hours: Hours,
        closed_reason: Callable[[int], str],
        own_presence_stream: bool = False,
    ) -> None:
        self.camera = camera
        self.watcher = watcher
        self.keeper = keeper
        self._buffer = buffer
        self._book = book
        self._hours = hours
        self._closed_reason = closed_reason
        self._own_presence_stream = own_presence_stream
        self.health: CameraHealth | None = None
        self.camera_clock: CameraClock | None = None
        self._lock = threading.RLock()
        self._permitted: bool | None = None
        self._checked_until = 0

    def packet(self, packet: Packet) -> None:
        """Take a packet of the recorded stream."""
        if packet.camera_ahead is not None and self.camera_clock is not None:
            self.camera_clock.rtcp(packet.camera_ahead)
        with self._lock:
            self._note_hours(packet.wall)
            self._buffer.add(packet)
            self.keeper.packet(packet)
            if not self._own_presence_stream:
                self._judge(packet)

    def newest_group(self) -> list[Packet]:
        """The packets from the last key frame on, out of the compressed past; empty where there are none."""
        with self._lock:
            return self._buffer.newest_group()

    def presence_packet(self, packet: Packet) -> None:
        """Take a packet of the stream that serves presence alone."""
        with self._lock:
            self._judge(packet)

    def tick(self, wall: int) -> None:
        """Time has passed, with or without packets."""
        with self._lock:
            self._note_hours(wall)
            self.keeper.tick(wall)
            if self.health is not None:
                self.health.tick(wall)

    def interrupted(self, wall: int, reason: str) -> None:
        """The camera was lost, or the recorder stops."""
        with self._lock:
            self._take(self.watcher.interrupted(wall, reason))
            self.keeper.interrupted(reason)
            self._buffer.clear()

    def finish(self, wall: int) -> None:
        """The input has ended (a file)."""
        with self._lock:
            self._take(self.watcher.finish(wall))
            self.keeper.interrupted("end_of_input")

    def _judge(self, packet: Packet) -> None:
        if self.health is not None:
            self.health.packet(packet.config)
        self._take(self.watcher.feed(packet))

    def _take(self, events: Iterable[PresenceEvent]) -> None:
        for event in events:
            self.keeper.event(event)

    def _note_hours(self, wall: int) -> None:
        # A second's patience spares a look into the calendar for each packet.
        if self._permitted is not None and self._checked_until - SECOND < wall < self._checked_until:
            return
        self._checked_until = (wall // SECOND + 1) * SECOND
        window = self._hours.window_at(wall)
        permitted = window is not None
        if permitted is self._permitted:
            return
        if window is not None:
            self._book.end_closed(self.camera, window.start_wall)
        else:
            self._book.begin_closed(self.camera, wall, self._closed_reason(wall))
        self._permitted = permitted
