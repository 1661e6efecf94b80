"""Real coded pictures, made once and shown again and again; and a watcher that is told who comes."""

from __future__ import annotations

from collections import deque
from dataclasses import replace
from fractions import Fraction
from functools import lru_cache

from mihariban.base.clock import SECOND
from mihariban.recorder.packet import Packet, StreamConfig
from mihariban.recorder.presence import PresenceEvent, PresenceSettings, Watcher, Zone
from mihariban.recorder.sources import nal
from tests.support.clips import access_units

STEP = 2 * SECOND
"""From one picture to the next: a life holds as many visits as its disk and its minute of testing allow."""
DELAY = 2 * SECOND
"""After so long it is found that somebody came or went."""
_TICKS = 90_000


@lru_cache(maxsize=1)
def _coded() -> tuple[StreamConfig, bytes, bytes]:
    """The stream's configuration, a key frame, and a picture that needs it."""
    (key, _, _), (other, _, _) = access_units("h264", 2, width=64, height=48, fps=1, gop=2)
    sets = [unit for unit in nal.units(key, "annexb") if nal.is_parameter_set(nal.unit_type(unit, "h264"), "h264")]
    extradata = b"".join(b"\0\0\0\1" + unit for unit in sets)
    return StreamConfig("h264", 64, 48, Fraction(1, _TICKS), extradata, "annexb"), key, other


def picture(wall: int, monotonic: int, number: int, *, broken: bool = False) -> Packet:
    """One picture displayed at ``wall``; every second one is a key frame, and so is the first after a cut."""
    config, key, other = _coded()
    ticks = monotonic * _TICKS // SECOND
    first = number % 2 == 0
    return Packet(key if first else other, ticks, ticks, first, wall, monotonic, config, broken)


class ToldWatcher(Watcher):
    """Finds what it was told, when its time has come; judges no picture."""

    def __init__(self) -> None:
        super().__init__(PresenceSettings(), Zone.whole())
        self._due: deque[PresenceEvent] = deque()
        self._there: PresenceEvent | None = None

    def tell(self, begins: int, ends: int) -> None:
        """Somebody stands there from ``begins`` to ``ends``."""
        self._due.append(PresenceEvent("enter", begins, begins + DELAY, "stayed", 0.3))
        self._due.append(PresenceEvent("leave", ends, ends + DELAY, "empty", 0.0))

    def step(self, nanoseconds: int) -> None:
        """The wall clock was stepped: what is told lies that much later."""
        moved = [
            replace(each, at=each.at + nanoseconds, decided_at=each.decided_at + nanoseconds) for each in self._due
        ]
        self._due = deque(moved)

    @property
    def occupied(self) -> bool:
        return self._there is not None

    @property
    def scene_changed(self) -> bool:
        return False

    def feed(self, packet: Packet) -> list[PresenceEvent]:
        found = []
        while self._due and self._due[0].decided_at <= packet.wall:
            event = self._due.popleft()
            self._there = event if event.kind == "enter" else None
            found.append(event)
        return found

    def interrupted(self, wall: int, reason: str) -> list[PresenceEvent]:
        there, self._there = self._there, None
        self._due.clear()
        return [] if there is None else [PresenceEvent("leave", wall, wall, reason, 0.0)]

    def finish(self, wall: int) -> list[PresenceEvent]:
        return self.interrupted(wall, "end_of_input")
