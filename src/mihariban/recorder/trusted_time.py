"""Up to which instant time has certainly come: what may be destroyed, and what can never open again.

The wall clock alone is not believed with that. An empty battery, a typing error or a wrong time server would otherwise
end a year of footage within seconds. Every instant that was believed leaves a durable mark; from there on time passes
with the monotonic clock. docs/design/time.md has the rule and its reasons.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import Any, Final

from mihariban.base.clock import DAY, MINUTE

STEP: Final = 10 * MINUTE
"""So far a clock may be corrected, forward, without any proof (ns)."""
DRIFT_PPM: Final = 500
"""A clock that nobody sets: a minute and more a day is broken, and would be noticed."""
DOWNTIME: Final = 14 * DAY
"""So long a recorder may plausibly have been off; and so far a synchronised clock may correct one set by hand (ns)."""


@dataclass(frozen=True, slots=True)
class Mark:
    """An instant that was believed. Instants in ns.

    Attributes:
        wall, monotonic, boot: both clocks then.
        known: the clock was disciplined by a reference then.
        away: since then the machine was off for a time nobody measured.
        highest: the latest wall instant ever believed.
        confirmed: how often the administrator has confirmed the clock.
    """

    wall: int
    monotonic: int
    boot: str
    known: bool = False
    away: bool = False
    highest: int = 0
    confirmed: int = 0

    def as_json(self) -> dict[str, Any]:
        """To be kept."""
        return asdict(self)

    @classmethod
    def from_json(cls, facts: dict[str, Any]) -> Mark | None:
        """What ``as_json`` gave; None where nothing was kept."""
        return cls(**facts) if facts else None


@dataclass(frozen=True, slots=True)
class Now:
    """Both clocks, read together."""

    wall: int
    monotonic: int
    boot: str
    known: bool


class TrustedTime:
    """Judges the clock of one recorder.

    Args:
        mark: the newest that was kept.
        now: the clock as it is.
    """

    def __init__(self, mark: Mark | None, now: Now) -> None:
        self.mark = mark or Mark(now.wall, now.monotonic, now.boot, highest=now.wall)
        self.ahead = 0
        self.disputed = False
        self.look(now)

    def look(self, now: Now) -> None:
        """Look at the clock. What is believed becomes the mark."""
        mark = self.mark
        if mark.boot != now.boot or now.monotonic < mark.monotonic:
            # Monotonic time begins anew: from here on at least the time that passes in this boot is certain.
            mark = self.mark = replace(mark, monotonic=now.monotonic, boot=now.boot, away=True)
        passed = now.monotonic - mark.monotonic
        self.ahead = now.wall - (mark.wall + passed)
        self.disputed = not self._believed(now, STEP + passed * DRIFT_PPM // 1_000_000)
        if not self.disputed:
            highest = max(mark.highest, now.wall)
            self.mark = Mark(now.wall, now.monotonic, now.boot, now.known, False, highest, mark.confirmed)

    def _believed(self, now: Now, slack: int) -> bool:
        mark, ahead = self.mark, self.ahead
        if ahead < -slack:
            return now.known  # nothing ends early by a clock that goes back
        if ahead <= slack:
            return True
        if ahead <= DOWNTIME:
            return mark.away or now.known
        return mark.away and now.known and mark.known

    def certain(self, now: Now) -> int:
        """Wall instant up to which deadlines have passed for certain: only what ended before it may be destroyed."""
        self.look(now)
        return now.wall - max(self.ahead, 0) if self.disputed else now.wall

    def latest(self, wall: int) -> int:
        """What ended before this instant can never open again, though the clock goes back."""
        return max(wall, self.mark.highest)


def confirmed(before: Mark | None, now: Now) -> Mark:
    """The administrator says that the clock is right."""
    count = (0 if before is None else before.confirmed) + 1
    return Mark(now.wall, now.monotonic, now.boot, now.known, False, now.wall, count)
