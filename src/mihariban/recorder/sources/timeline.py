"""When was this picture taken? From a camera's own ticks and from when they arrived (docs/design/time.md).

A camera's ticks have good intervals and a bad zero; arrival has a good zero and bad intervals. So the ticks give the
distance from picture to picture, and the least delayed packets give the zero.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Protocol

import structlog

from mihariban.base.clock import HOUR, SECOND, Clock
from mihariban.recorder.sources.container import ns_to_ticks, ticks_to_ns

_log = structlog.get_logger(__name__)
_MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class Instant:
    """One moment on both clocks, ns."""

    monotonic: int
    wall: int

    @classmethod
    def read(cls, clock: Clock, *, apart: int = SECOND // 1000) -> Instant:
        """The present. Read again, a few times, where something came between the two clocks."""
        for _ in range(5):
            before, wall, after = clock.monotonic(), clock.wall(), clock.monotonic()
            if after - before <= apart:
                break
        return cls((before + after) // 2, wall)


@dataclass(frozen=True, slots=True)
class TimeLimits:
    """How far the clocks are trusted.

    Attributes:
        step: ns by which a clock may be off before the time line is cut instead of slewed.
        slew_ppm: most that an interval is stretched or shrunk.
        window: ns over which the least delayed packet is looked for.
        settle: ns of packets kept back after a connection or a jump, so that the zero is not taken from a late packet.
        cut_wait: ns after which a cut no longer waits for a key frame.
        longest_pause: ns a file's ticks may jump ahead before that is taken for an error.
    """

    step: int = SECOND // 2
    slew_ppm: int = 500
    window: int = 30 * SECOND
    settle: int = 1 * SECOND
    cut_wait: int = 10 * SECOND
    longest_pause: int = HOUR


class Ticks:
    """Decoding times that only ever grow: what is missing, stands still or jumps is mended.

    Args:
        time_base: seconds per tick.
        interval: ticks from picture to picture until the stream has shown its own.
        longest_pause: ticks; a greater jump ahead is mended too. None where another judge looks at that.
    """

    def __init__(self, time_base: Fraction, interval: int, longest_pause: int | None = None) -> None:
        self._time_base = time_base
        self._interval = max(1, interval)
        self._longest_pause = longest_pause
        self._shift = 0
        self._last: int | None = None
        self._before: int | None = None

    def mend(self, pts: int | None, dts: int | None, elapsed: int | None = None) -> tuple[int, int, bool]:
        """The next packet's (pts, dts, mended).

        Args:
            pts, dts: as demuxed; either or both may be missing.
            elapsed: ns since the packet before, where arrival tells; bridges a jump.
        """
        if pts is None and dts is None:
            # A packet without any time is not a jump: it follows the one before.
            dts = 0 if self._last is None else self._last - self._shift + self._interval
        dts = pts if dts is None else dts
        pts = dts if pts is None else pts
        assert pts is not None and dts is not None
        ahead = None if self._last is None else dts + self._shift - self._last
        if ahead is None or (ahead > 0 and (self._longest_pause is None or ahead <= self._longest_pause)):
            if ahead is not None:
                self._interval = min(ahead, 4 * self._interval)
            return *self._accept(pts, dts), False
        self._before = self._last
        return *self._bridge(pts, dts, elapsed), True

    def again(self, pts: int | None, dts: int | None, elapsed: int) -> tuple[int, int]:
        """Take the packet just mended for one after a jump."""
        dts = pts if dts is None else dts
        pts = dts if pts is None else pts
        assert pts is not None and dts is not None
        self._last = self._before
        return self._bridge(pts, dts, elapsed)

    def _bridge(self, pts: int, dts: int, elapsed: int | None) -> tuple[int, int]:
        assert self._last is not None
        step = self._interval if elapsed is None else max(1, ns_to_ticks(elapsed, self._time_base))
        self._shift = self._last + step - dts
        return self._accept(pts, dts)

    def _accept(self, pts: int, dts: int) -> tuple[int, int]:
        self._before, self._last = self._last, dts + self._shift
        return max(pts, dts) + self._shift, self._last


class Timed(Protocol):
    """Anything with the two times of a packet."""

    pts: int | None
    dts: int | None


def fill_in(packets: Sequence[Timed], interval: int) -> None:
    """Give the first packets of a stream the times that libavformat left open: those that follow tell them."""
    for this, after in zip(reversed(packets[:-1]), reversed(packets[1:]), strict=True):
        if this.dts is None and after.dts is not None:
            this.dts = after.dts - interval
        if this.pts is None:
            this.pts = this.dts
        if this.pts is not None and this.dts is not None:
            this.dts = min(this.dts, this.pts)


@dataclass(frozen=True, slots=True)
class Entered:
    """A packet with mended ticks, not yet placed: ticks, key flag, first sign of it at the recorder."""

    pts: int
    dts: int
    key: bool
    seen: Instant


@dataclass(frozen=True, slots=True)
class Placed:
    """A packet on the recorder's clocks: ticks, wall and monotonic ns of display; ``cut``: the line begins anew."""

    pts: int
    dts: int
    wall: int
    monotonic: int
    cut: bool


class TimeLine:
    """The time line of one connection to a live camera.

    Packets first ``enter`` in the order they arrived, then are ``place``d in the same order; in between, the source may
    keep some back so that the zero is found. Driven by the instants handed in alone.
    """

    def __init__(self, time_base: Fraction, interval: int, limits: TimeLimits | None = None) -> None:
        self.limits = limits or TimeLimits()
        self._time_base = time_base
        self._ticks = Ticks(time_base, interval)
        self._least: int | None = None  # least (arrival - media) in this half of the window, ns
        self._least_before: int | None = None
        self._half_began = 0
        self._offset: int | None = None  # monotonic - media, ns
        self._wall_offset = 0  # wall - media, ns
        self._seen: Instant | None = None
        self._slewed_at = 0
        self._due: str | None = None
        self._due_since = 0

    def enter(self, pts: int | None, dts: int | None, key: bool, seen: Instant) -> Entered:
        """Mend the ticks and learn from the arrival."""
        elapsed = 0 if self._seen is None else seen.monotonic - self._seen.monotonic
        self._seen = seen
        known = pts is not None or dts is not None
        new_pts, new_dts, jumped = self._ticks.mend(pts, dts, elapsed)
        delay = seen.monotonic - ticks_to_ns(new_pts, self._time_base)
        if self._offset is not None and known and delay < self._offset - self.limits.step:
            # Nothing arrives before it was taken: the camera's ticks ran ahead.
            new_pts, new_dts = self._ticks.again(pts, dts, elapsed)
            delay, jumped = seen.monotonic - ticks_to_ns(new_pts, self._time_base), True
        if jumped:
            self._forget()
            self._demand("the camera's ticks jumped", seen)
        self._learn(delay, seen)
        return Entered(new_pts, new_dts, key, seen)

    def place(self, packet: Entered) -> Placed:
        """Give a packet its moment. Cuts the time line where that is due, in front of a key frame where one comes."""
        cut = False
        if self._offset is None:
            self._jump_to_target(packet.seen)
        else:
            self._look_for_steps(packet.seen)
            cut = self._cut_if_due(packet)
            if not cut:
                self._slew(packet.seen)
        assert self._offset is not None
        shown = ticks_to_ns(packet.pts, self._time_base)
        return Placed(packet.pts, packet.dts, shown + self._wall_offset, shown + self._offset, cut)

    def _forget(self) -> None:
        self._least = self._least_before = None

    def _learn(self, delay: int, seen: Instant) -> None:
        if self._least is None or seen.monotonic - self._half_began >= self.limits.window // 2:
            self._least_before, self._least, self._half_began = self._least, delay, seen.monotonic
        self._least = min(self._least, delay)

    def _target(self) -> int:
        assert self._least is not None
        return self._least if self._least_before is None else min(self._least, self._least_before)

    def _wall_target(self, seen: Instant) -> int:
        return self._target() + seen.wall - seen.monotonic

    def _demand(self, why: str, seen: Instant) -> None:
        if self._due is None:
            self._due, self._due_since = why, seen.monotonic

    def _look_for_steps(self, seen: Instant) -> None:
        assert self._offset is not None
        step = self.limits.step
        if abs(self._target() - self._offset) > step:
            self._demand("the camera's clock and ours differ", seen)
        elif abs(self._wall_target(seen) - self._wall_offset) > step:
            self._demand("the real-time clock was stepped", seen)

    def _cut_if_due(self, packet: Entered) -> bool:
        waited = packet.seen.monotonic - self._due_since
        ripe = (packet.key and waited >= self.limits.settle) or waited >= self.limits.cut_wait
        if self._due is None or not ripe:
            return False
        before = self._wall_offset
        self._jump_to_target(packet.seen)
        _log.warning("time line cut", why=self._due, wall_moved_ms=(self._wall_offset - before) // _MILLION)
        self._due = None
        return True

    def _jump_to_target(self, seen: Instant) -> None:
        self._offset, self._wall_offset = self._target(), self._wall_target(seen)
        self._slewed_at = seen.monotonic

    def _slew(self, seen: Instant) -> None:
        assert self._offset is not None
        most = max(0, seen.monotonic - self._slewed_at) * self.limits.slew_ppm // _MILLION
        self._slewed_at = max(self._slewed_at, seen.monotonic)
        self._offset += _clamp(self._target() - self._offset, most)
        if self._due is None:
            self._wall_offset += _clamp(self._wall_target(seen) - self._wall_offset, most)


def _clamp(value: int, most: int) -> int:
    return max(-most, min(most, value))
