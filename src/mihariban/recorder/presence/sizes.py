"""Packet sizes: the encoder has measured the movement already. A hint when to look, never a verdict.

Half a second of non-key packets is one measure (its logarithm: rate control works in ratios). Its mean and scatter are
learned while nobody is there; a measure far outside asks for a look at the next key frame. Where hints prove idle
(grain, constant bit rate) the bar rises until they are rare; it sinks again slowly.
"""

from __future__ import annotations

import math
from typing import Final

from mihariban.base.clock import SECOND

_WINDOW: Final = SECOND // 2
_LEARN: Final = 24  # windows before the first hint
_RATE: Final = 0.03  # weight of a new window: about a quarter of a minute of memory
_LEAST_SCATTER: Final = 0.06  # of the logarithm: six per cent of size
_BAR_MIN: Final = 4.0  # scatters
_BAR_MAX: Final = 16.0
_BAR_UP: Final = 1.25
_BAR_DOWN: Final = 0.999


class Sizes:
    """Learns the normal size of non-key packets of one stream and tells when it is left."""

    def __init__(self) -> None:
        self._began = 0
        self._bytes = 0
        self._windows = 0
        self._mean = 0.0
        self._scatter = 0.0
        self._bar = _BAR_MIN
        self.hint = False

    def add(self, size: int, wall: int, *, key: bool) -> None:
        """One packet of ``size`` bytes; sets ``hint`` when the sizes left their normal range."""
        if not 0 <= wall - self._began < _WINDOW:
            if self._began and self._bytes and 0 <= wall - self._began < 2 * _WINDOW:
                self._close()
            self._began, self._bytes = wall, 0
        if not key:
            self._bytes += size

    def answer(self, *, worthwhile: bool) -> None:
        """What the look that a hint caused has shown."""
        if self.hint:
            self._bar = _BAR_MIN if worthwhile else min(_BAR_MAX, self._bar * _BAR_UP)
        self.hint = False

    def _close(self) -> None:
        measure = math.log(self._bytes)
        off = measure - self._mean
        if self._windows >= _LEARN and abs(off) > self._bar * max(_LEAST_SCATTER, self._scatter):
            self.hint = True
        self._bar = max(_BAR_MIN, self._bar * _BAR_DOWN)
        rate = max(_RATE, 1 / (self._windows + 1))
        self._windows += 1
        self._mean += rate * off
        self._scatter += rate * (abs(off) - self._scatter)
