"""Time as a parameter. Every instant is an int of nanoseconds; wall time counts from 1970-01-01 UTC.

Two clocks are kept apart as POSIX keeps them: ``wall`` may be stepped by an administrator or NTP, ``monotonic`` never
goes back but means nothing after a restart (``boot_id`` names the restart).
"""

from __future__ import annotations

import threading
import time
import uuid
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import Protocol

SECOND = 1_000_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR

_BOOT_ID_FILE = Path("/proc/sys/kernel/random/boot_id")


class Clock(Protocol):
    """What the product asks of time."""

    def wall(self) -> int:
        """Nanoseconds since 1970-01-01 UTC."""

    def monotonic(self) -> int:
        """Nanoseconds since an unknown moment of this boot; never goes back."""

    def boot_id(self) -> str:
        """Name of the boot to which ``monotonic`` belongs."""

    def wait(self, event: threading.Event, seconds: float) -> bool:
        """Wait until ``event`` is set or ``seconds`` have passed; True where it is set."""


class SystemClock:
    """The clock of the machine."""

    def __init__(self) -> None:
        try:
            self._boot_id = _BOOT_ID_FILE.read_text(encoding="ascii").strip()
        except OSError:
            self._boot_id = str(uuid.uuid4())

    def wall(self) -> int:
        return time.time_ns()

    def monotonic(self) -> int:
        return time.monotonic_ns()

    def boot_id(self) -> str:
        return self._boot_id

    def wait(self, event: threading.Event, seconds: float) -> bool:
        return event.wait(seconds)


class TurnedClock:
    """A clock that moves only when it is turned: for tests, and for files played faster than real time.

    Args:
        wall: starting instant, ns since 1970 UTC.
    """

    def __init__(self, wall: int, boot_id: str = "00000000-0000-0000-0000-000000000001") -> None:
        self._wall = wall
        self._monotonic = 1 * SECOND
        self._boot_id = boot_id

    def wall(self) -> int:
        return self._wall

    def monotonic(self) -> int:
        return self._monotonic

    def boot_id(self) -> str:
        return self._boot_id

    def wait(self, event: threading.Event, seconds: float) -> bool:
        self.turn(int(seconds * SECOND))
        return event.is_set()

    def turn(self, nanoseconds: int) -> None:
        """Let time pass on both clocks."""
        self._wall += nanoseconds
        self._monotonic += nanoseconds

    def turn_to(self, wall: int) -> None:
        """Let time pass until ``wall``; never back."""
        self.turn(max(0, wall - self._wall))

    def step(self, nanoseconds: int) -> None:
        """Step the wall clock alone, as an administrator or NTP does."""
        self._wall += nanoseconds


class SiteClock:
    """Real speed from a chosen start: what files and the drawn camera run on when today is closed.

    Args:
        base: the clock that gives the speed.
        starts_at: wall instant (ns) shown at the moment of construction.
    """

    def __init__(self, base: Clock, starts_at: int) -> None:
        self._base = base
        self._offset = starts_at - base.wall()

    def wall(self) -> int:
        return self._base.wall() + self._offset

    def monotonic(self) -> int:
        return self._base.monotonic()

    def boot_id(self) -> str:
        return self._base.boot_id()

    def wait(self, event: threading.Event, seconds: float) -> bool:
        return self._base.wait(event, seconds)


def to_datetime(wall: int, zone: tzinfo = UTC) -> datetime:
    """``wall`` (ns since 1970 UTC) as an aware datetime in ``zone``, microseconds rounded down."""
    seconds, rest = divmod(wall, SECOND)
    return datetime.fromtimestamp(seconds, UTC).replace(microsecond=rest // 1000).astimezone(zone)


def from_datetime(moment: datetime) -> int:
    """An aware datetime as ns since 1970 UTC.

    Raises:
        ValueError: ``moment`` has no time zone.
    """
    if moment.tzinfo is None:
        raise ValueError(f"a moment without a time zone: {moment}")
    delta = moment.astimezone(UTC) - datetime(1970, 1, 1, tzinfo=UTC)
    return (delta.days * 86_400 + delta.seconds) * SECOND + delta.microseconds * 1000


def iso(wall: int, zone: tzinfo = UTC) -> str:
    """``wall`` as ISO 8601 with offset, to the millisecond."""
    return to_datetime(wall, zone).isoformat(timespec="milliseconds")
