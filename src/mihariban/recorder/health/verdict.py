"""From likeness to a verdict: one picture against the view learned."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np

from mihariban.recorder.health.health import Figures
from mihariban.recorder.health.kinds import FindingKind as Kind
from mihariban.recorder.health.view import Field, Likeness, Shift, View
from mihariban.recorder.presence.arrays import Grey

GONE: Final = 0.2
"""Share of the tiles that may still show the view while it counts as gone: a burnt-in clock lies in some of them."""
BACK: Final = 0.35
"""Share of the tiles from which on the view counts as back."""
BARE: Final = 0.88
"""Share of tiles without any edge under a cover; a burnt-in clock lies in some of the rest. Covers leave 0.93 to 1;
somebody in a flat coat who hides nine tenths of the picture 0.82, because their outline and what they leave shows."""
BLACK_LEVEL: Final = 24.0
"""Median level (16 is black) below which a flat picture is dark rather than covered."""
SURE: Final = 0.8
"""Share of the tiles from which on nothing more is asked: no shift can leave so many as they were."""
SHIFT_SCORE: Final = 0.25
SHIFT_FACTOR: Final = 1.3
"""Likeness at the new place, and against that at the old one. Without a shift the old place always scored best."""
SHIFT_PIXELS: Final = 2.0
"""Of the small picture: about one hundredth of its width."""
FOREIGN: Final = 0.4
RIGID_S: Final = 20.0
"""How long another view must stand still: nobody who fills the picture does."""

VIEW_KINDS: Final = (Kind.CAMERA_DARK, Kind.CAMERA_COVERED, Kind.CAMERA_MOVED, Kind.CAMERA_REPLACED)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one picture shows: at most one of ``VIEW_KINDS``, and the figures."""

    kind: Kind | None
    likeness: Likeness
    figures: Figures


def level(small: Grey) -> float:
    """Median level of a small picture, 0 to 255."""
    return float(np.median(small)) + 128.0


def judge(view: View, field: Field, small: Grey, rigid_s: Callable[[], float]) -> Verdict:
    """Compare a picture with the view. ``rigid_s``: seconds for which the picture has stood still, asked if needed."""
    found = view.likeness(field)
    bright = level(small)
    figures: dict[str, int | str] = {
        "same_permille": round(1000 * found.same),
        "flat_permille": round(1000 * found.flat),
        "level": round(bright),
    }
    if found.same >= SURE:
        return Verdict(None, found, figures)
    if found.flat >= BARE:
        figures["threshold_permille"] = round(1000 * BARE)
        return Verdict(Kind.CAMERA_DARK if bright < BLACK_LEVEL else Kind.CAMERA_COVERED, found, figures)
    moved = view.shift(field)
    if _elsewhere(moved, field):
        figures |= _shift_figures(moved)
        return Verdict(Kind.CAMERA_MOVED, found, figures)
    still_s = rigid_s()
    if found.same <= GONE and found.foreign >= FOREIGN and still_s >= RIGID_S:
        figures |= {"threshold_permille": round(1000 * GONE), "rigid_s": round(still_s)}
        return Verdict(Kind.CAMERA_REPLACED, found, figures)
    return Verdict(None, found, figures)


def _elsewhere(shift: Shift, field: Field) -> bool:
    height, width = field.shape
    far = max(abs(shift.across) * width, abs(shift.down) * height) >= SHIFT_PIXELS - 0.01
    return far and shift.score >= SHIFT_SCORE and shift.score >= SHIFT_FACTOR * max(shift.here, 0.0)


def _shift_figures(shift: Shift) -> dict[str, int | str]:
    return {
        "across_permille": round(1000 * shift.across),
        "down_permille": round(1000 * shift.down),
        "score_permille": round(1000 * shift.score),
        "here_permille": round(1000 * shift.here),
        "threshold_permille": round(1000 * SHIFT_SCORE),
    }
