"""Frozen and out of focus: judged on patches of the full picture, every few seconds, on key frames alone.

Frozen asks for proof that this camera lives: at least six pairs of pictures must have differed by grain before
pictures without any count as frozen. A stream that never showed grain (a drawn one, a camera that smooths
everything) cannot be judged, and that is said (``alive`` None), not taken for fine.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from mihariban.base.clock import SECOND
from mihariban.recorder.health import grain
from mihariban.recorder.health.memory import CameraMemory

PAUSE: Final = 7 * SECOND
_LIVELY: Final = 6
_LIVELY_LEAST: Final = 0.2  # of the grain shown; a camera that changed less cannot be judged
_STUCK: Final = 0.5
"""Of the usual liveliness. What an encoder with rate control makes of one and the same picture falls to 0.4 and below
within three key frames of 4 s; grain, light and people left 0.9 and more."""
_GRAIN_MOST: Final = 1.3  # grain alone changes by 0.7 to 1.1 of itself; whatever is above is light and people
_DOWN: Final = 0.2  # weight of a look below the usual liveliness
_UP: Final = 0.01  # and of one above it
FROZEN_S: Final = 20.0
_FROZEN_LOOKS: Final = 3
_LEARN: Final = 8
_FOLLOW: Final = 0.002  # weight of a later picture: dust over years is followed, a knocked lens is not
BLURRED: Final = 0.4
"""Of the learned sharpness. A blur of 1.5 pixels leaves 0.35; light, grain and people left 0.8 or more."""
_JUDGED_PATCHES: Final = 3


@dataclass(frozen=True, slots=True)
class Frozen:
    """``alive``: None where the camera never showed that it lives. ``same_s``: for how long nothing has changed.
    ``lively``: share of the grain shown that changed."""

    alive: bool | None
    same_s: float
    lively: float


class GrainWatch:
    """Keeps the patches of the last picture and judges the next by them.

    Args:
        memory: what is known of the camera; learned into.
    """

    def __init__(self, memory: CameraMemory) -> None:
        self._memory = memory
        self._before: grain.Luma | None = None
        self._same_since: int | None = None
        self._same_looks = 0

    def forget(self) -> None:
        """The stream was cut, or is not judged now."""
        self._before, self._same_since, self._same_looks = None, None, 0

    def frozen(self, parts: grain.Luma, wall: int) -> Frozen:
        """Whether the picture has stood still beyond what a living camera can."""
        before, self._before = self._before, parts
        if before is None or before.shape != parts.shape:
            self._same_since, self._same_looks = wall, 0
            return Frozen(None, 0.0, -1.0)
        lively = grain.liveliness(before, parts)
        usual = self._memory.grain
        known = self._memory.lively >= _LIVELY and usual is not None and usual >= _LIVELY_LEAST
        if lively > _STUCK * max(usual or 0.0, _LIVELY_LEAST):
            self._lively(lively)
            self._same_since, self._same_looks = wall, 0
            return Frozen(True if known else None, 0.0, lively)
        self._same_looks += 1
        same_s = (wall - (self._same_since if self._same_since is not None else wall)) / SECOND
        if not known or same_s < FROZEN_S or self._same_looks < _FROZEN_LOOKS:
            return Frozen(None, same_s, lively)
        return Frozen(False, same_s, lively)

    def _lively(self, lively: float) -> None:
        memory = self._memory
        memory.lively = min(memory.lively + 1, 1_000_000)
        usual = lively if memory.grain is None else memory.grain
        if memory.lively <= _LIVELY:
            memory.grain = min(usual, lively, _GRAIN_MOST)
        else:
            weight = _DOWN if lively < usual else _UP
            memory.grain = usual + weight * (min(lively, _GRAIN_MOST) - usual)

    def blur(self, parts: grain.Luma, same: NDArray[np.bool_], *, learn: bool) -> float | None:
        """Sharpness against the learned one where the view is as it was (1 = as ever); None where nothing can be said.

        Args:
            same: tiles of the small picture that show the view learned.
        """
        now = np.where(_clear(same), grain.sharpness(parts), np.float32(np.nan))
        memory = self._memory
        if memory.sharp is None or memory.sharp.shape != now.shape:
            memory.sharp, memory.sharp_count = np.full_like(now, np.nan), 0
        usable = ~np.isnan(now) & ~np.isnan(memory.sharp) & (memory.sharp > 0)
        enough = int(usable.sum()) >= _JUDGED_PATCHES
        ratio = float(np.median(now[usable] / memory.sharp[usable])) if enough else None
        if learn and (memory.sharp_count < _LEARN or (ratio or 1.0) > BLURRED):
            self._learn(now)
        return ratio if memory.sharp_count >= _LEARN else None

    def _learn(self, now: NDArray[np.float32]) -> None:
        memory = self._memory
        if memory.sharp is None:
            return
        weight = np.float32(max(_FOLLOW, 1 / (memory.sharp_count + 1)))
        fresh = np.isnan(memory.sharp)
        followed = memory.sharp + weight * (np.where(np.isnan(now), memory.sharp, now) - memory.sharp)
        memory.sharp = np.where(fresh, now, followed).astype(np.float32)
        memory.sharp_count += 1


def _clear(same: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Patches around whose middle at least half of the tiles show the view learned; ``same`` marks tiles."""
    rows = ((2 * np.arange(grain.ROWS) + 1) * same.shape[0] // (2 * grain.ROWS)).clip(0, same.shape[0] - 1)
    columns = ((2 * np.arange(grain.COLUMNS) + 1) * same.shape[1] // (2 * grain.COLUMNS)).clip(0, same.shape[1] - 1)
    found: NDArray[np.bool_] = same[np.ix_(rows, columns)].ravel()
    return found
