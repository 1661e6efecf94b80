"""From presence events and packets to visits: what is recorded, from which picture to which.

Rules kept here (docs/design/presence.md, "Visits"):

* Outside the permitted hours nothing is recorded. Filming starts with the first key frame displayed at or after the
  opening minute and ends with the last frame displayed before the closing minute.
* Pre-roll and post-roll are measured in time. The roll of one visit never reaches into the next visit's presence, and
  what an earlier visit showed is not shown again.
* A visit whose presence is found late is recorded from its beginning, out of the group buffer.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import structlog

from mihariban.base.clock import SECOND
from mihariban.recorder.buffer import GroupBuffer
from mihariban.recorder.packet import Packet
from mihariban.recorder.presence.events import PresenceEvent
from mihariban.recorder.visit import Visit

_log = structlog.get_logger(__name__)


class Window(Protocol):
    """A span in which filming is permitted: ``start_wall`` <= t < ``end_wall``, ns since 1970 UTC."""

    @property
    def start_wall(self) -> int: ...

    @property
    def end_wall(self) -> int: ...


class Hours(Protocol):
    """The permitted hours of one camera."""

    def window_at(self, wall: int) -> Window | None:
        """The permitted span that contains ``wall``, or None where filming is not permitted."""


class VisitSink(Protocol):
    """Who takes a visit's pictures."""

    def open(self, visit: Visit) -> None:
        """A visit begins; its packets follow."""

    def write(self, visit: Visit, packet: Packet, *, lead_in: bool) -> None:
        """One packet of the visit in decoding order; a lead-in is stored only so that later ones can be decoded."""

    def cut(self, visit: Visit) -> None:
        """The time line was cut: later packets do not continue earlier ones."""

    def close(self, visit: Visit) -> None:
        """The visit has ended; its facts are complete."""

    def amend(self, visit: Visit) -> None:
        """A closed visit is shown less far than was said: the next began before its post-roll was over."""


@dataclass(frozen=True, slots=True)
class Rolls:
    """Time recorded before and after presence, ns."""

    before: int
    after: int


class VisitKeeper:
    """Keeps the visits of one camera.

    Args:
        camera: name of the camera.
        policy: version of the rule in force; asked when a visit opens.
        hours: when filming is permitted.
        rolls: pre-roll and post-roll; asked when a visit opens or ends.
        buffer: the compressed past; the caller adds each packet before handing it on.
        sink: where a visit's packets go.
        new_id: makes a visit id from a wall instant.
    """

    def __init__(
        self,
        *,
        camera: str,
        policy: Callable[[], str],
        hours: Hours,
        rolls: Callable[[], Rolls],
        buffer: GroupBuffer,
        sink: VisitSink,
        new_id: Callable[[int], bytes],
    ) -> None:
        self._camera = camera
        self._policy = policy
        self._hours = hours
        self._rolls = rolls
        self._buffer = buffer
        self._sink = sink
        self._new_id = new_id
        self._visit: Visit | None = None
        self._window: Window | None = None
        self._present: PresenceEvent | None = None
        self._shown_to = 0
        self._last_end = 0
        self._stopped = False
        self._last_written: Packet | None = None
        self._closed: Visit | None = None

    @property
    def visit(self) -> Visit | None:
        """The visit being recorded, its post-roll included."""
        return self._visit

    def packet(self, packet: Packet) -> None:
        """Take the next packet, already in the buffer."""
        visit = self._visit
        if visit is None:
            self._maybe_present_at_opening(packet)
            return
        if packet.broken:
            self._sink.cut(visit)
            self._stopped = not packet.key
        if packet.wall >= self._limit(visit):
            self._close(self._limit(visit))
            self._maybe_present_at_opening(packet)
        elif not self._stopped or packet.key:
            self._stopped = False
            self._write(visit, packet)

    def event(self, event: PresenceEvent) -> None:
        """Take what the judge found; ``event.at`` may lie in the past."""
        if event.kind == "enter":
            self._present = event
            self._enter(event)
        elif event.kind == "leave":
            self._present = None
            self._leave(event)
        elif self._visit is not None and event.kind == "handover":
            self._visit.handovers.append(event.at)
        elif event.kind == "left_behind":
            self._left_behind(event)

    def tick(self, wall: int) -> None:
        """Time has passed without packets: close what the clock closes."""
        if self._visit is not None and wall >= self._limit(self._visit):
            self._close(self._limit(self._visit))

    def interrupted(self, reason: str) -> None:
        """The camera was lost or the recorder stops: end the visit with the last picture stored."""
        visit = self._visit
        self._present = None
        if visit is None:
            return
        last = self._last_written.wall if self._last_written else visit.recorded_from
        if visit.ended is None:
            visit.ended, visit.end_reason, visit.end_score = last, reason, 0.0
        self._close(last + 1)

    def _limit(self, visit: Visit) -> int:
        end = self._window.end_wall if self._window else visit.recorded_from
        if visit.ended is None:
            return end
        return min(end, visit.ended + self._rolls().after)

    def _enter(self, event: PresenceEvent) -> None:
        window = self._hours.window_at(event.at) or self._hours.window_at(event.decided_at)
        if self._visit is not None:
            if self._visit.ended is None:
                self._visit.handovers.append(event.at)
                return
            self._close(min(self._limit(self._visit), max(event.at, self._visit.ended)))
        self._shorten_last(event.at)
        if window is not None:
            self._open(event, window, event.reason)

    def _shorten_last(self, begins: int) -> None:
        last = self._closed
        if last is None or last.ended is None or last.recorded_to is None or last.recorded_to <= begins:
            return
        last.recorded_to = self._shown_to = max(last.ended, last.recorded_from, begins)
        self._sink.amend(last)

    def _open(self, event: PresenceEvent, window: Window, reason: str) -> None:
        started = max(event.at, window.start_wall, self._last_end)
        wanted = max(started - self._rolls().before, window.start_wall, self._shown_to)
        packets = list(self._buffer.since(wanted, window.start_wall))
        packets = [packet for packet in packets if packet.wall < window.end_wall]
        if not packets:
            return
        first = max(wanted, packets[0].wall)
        visit = Visit(
            id=self._new_id(started),
            camera=self._camera,
            policy=self._policy(),
            started=max(started, packets[0].wall) if started < packets[0].wall else started,
            recorded_from=first,
            reason=reason,
            score=event.score,
        )
        self._visit, self._window, self._stopped = visit, window, False
        self._sink.open(visit)
        for packet in packets:
            if packet.broken:
                self._sink.cut(visit)
            self._write(visit, packet)

    def _maybe_present_at_opening(self, packet: Packet) -> None:
        if self._present is None or not packet.key:
            return
        window = self._hours.window_at(packet.wall)
        if window is not None:
            self._open(self._present, window, self._reason_at_start(window, packet))

    def _reason_at_start(self, window: Window, packet: Packet) -> str:
        near_opening = packet.wall - window.start_wall < 60 * SECOND
        return "present_at_opening" if near_opening and self._last_end < window.start_wall else "still_present"

    def _leave(self, event: PresenceEvent) -> None:
        visit = self._visit
        if visit is None or visit.ended is not None:
            return
        visit.ended = max(visit.started, event.at)
        visit.end_reason, visit.end_score = event.reason, event.score
        last = self._last_written
        if last is not None and last.wall >= self._limit(visit):
            self._close(self._limit(visit))

    def _left_behind(self, event: PresenceEvent) -> None:
        if self._visit is not None:
            self._visit.left_behind.append(event.at)
        _log.info("thing left behind", camera=self._camera)

    def _write(self, visit: Visit, packet: Packet) -> None:
        self._sink.write(visit, packet, lead_in=packet.wall < visit.recorded_from)
        self._last_written = packet

    def _close(self, until: int) -> None:
        visit = self._visit
        if visit is None:
            return
        if visit.ended is None:
            visit.ended, visit.end_reason, visit.end_score = until, "closing", 1.0
        visit.recorded_to = max(until, visit.recorded_from)
        visit.ended = min(visit.ended, visit.recorded_to)
        self._visit = None
        self._last_end = visit.ended
        self._shown_to = visit.recorded_to
        self._last_written = None
        self._closed = visit
        self._sink.close(visit)
