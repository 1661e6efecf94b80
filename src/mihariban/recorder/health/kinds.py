"""What can be wrong with a camera or the machine: one enum, how long it must last, and what a clerk reads of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

Severity = Literal["alarm", "warning"]
"""An alarm: footage is missing or useless now. A warning: it will be, or a proof is getting weaker."""


class FindingKind(StrEnum):
    """Stable codes, kept in control.db, the ledger and metrics. One that retires is never reused."""

    CAMERA_COVERED = "camera_covered"
    CAMERA_DARK = "camera_dark"
    CAMERA_MOVED = "camera_moved"
    CAMERA_DEFOCUSED = "camera_defocused"
    CAMERA_FROZEN = "camera_frozen"
    CAMERA_REPLACED = "camera_replaced"
    CAMERA_NO_PICTURE = "camera_no_picture"
    CAMERA_CLOCK_WRONG = "camera_clock_wrong"

    RING_FAILING = "ring_failing"
    DISK_ERROR = "disk_error"
    DISK_CHANGED = "disk_changed"
    LEDGER_UNWRITABLE = "ledger_unwritable"
    CLOCK_STEPPED = "clock_stepped"
    CLOCK_UNSYNCHRONISED = "clock_unsynchronised"
    CLOCK_DISPUTED = "clock_disputed"
    HOLDS_OVER_SHARE = "holds_over_share"
    CAPACITY_SHORT = "capacity_short"
    NO_VISIT = "no_visit"
    COSIGNATURE_OVERDUE = "cosignature_overdue"
    SCRUB_BEHIND = "scrub_behind"
    FOOTAGE_LOST_EARLY = "footage_lost_early"
    FOOTAGE_DAMAGED = "footage_damaged"
    HOLD_REVIEW_OVERDUE = "hold_review_overdue"
    SITE_CHANGED = "site_changed"


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a condition must hold before it is a finding, and how long it must be gone before it is over.

    Attributes:
        begin_s, end_s: seconds on the monotonic clock.
        sightings: it must have been seen at least so often.
        fades_s: for what happens in a moment: over so long after it happened last; None for what lasts.
    """

    begin_s: float = 0.0
    end_s: float = 0.0
    sightings: int = 1
    fades_s: float | None = None


_SEEN = Patience(begin_s=20, end_s=10, sightings=3)
_TOLD = Patience()
_HAPPENED = Patience(fades_s=600)

PATIENCE: dict[FindingKind, Patience] = {
    FindingKind.CAMERA_COVERED: _SEEN,
    FindingKind.CAMERA_DARK: _SEEN,
    FindingKind.CAMERA_MOVED: _SEEN,
    FindingKind.CAMERA_DEFOCUSED: Patience(begin_s=30, end_s=15, sightings=4),
    FindingKind.CAMERA_FROZEN: Patience(begin_s=0, end_s=5, sightings=1),  # its own evidence lasted 20 s
    FindingKind.CAMERA_REPLACED: Patience(begin_s=5, end_s=10, sightings=1),  # the same
    FindingKind.CAMERA_NO_PICTURE: _TOLD,
    FindingKind.CAMERA_CLOCK_WRONG: Patience(sightings=2, end_s=0),
    FindingKind.RING_FAILING: _HAPPENED,
    FindingKind.DISK_ERROR: _TOLD,
    FindingKind.DISK_CHANGED: _TOLD,
    FindingKind.LEDGER_UNWRITABLE: _TOLD,
    FindingKind.CLOCK_STEPPED: _HAPPENED,
    FindingKind.CLOCK_UNSYNCHRONISED: Patience(begin_s=30, end_s=30),  # the grace after a boot comes on top
    FindingKind.CLOCK_DISPUTED: Patience(begin_s=20, end_s=10),  # a machine without a battery is set after its boot
    FindingKind.HOLDS_OVER_SHARE: _TOLD,
    FindingKind.CAPACITY_SHORT: _TOLD,
    FindingKind.NO_VISIT: _TOLD,
    FindingKind.COSIGNATURE_OVERDUE: _TOLD,
    FindingKind.SCRUB_BEHIND: _TOLD,
    FindingKind.FOOTAGE_LOST_EARLY: Patience(fades_s=86_400),
    FindingKind.FOOTAGE_DAMAGED: Patience(fades_s=86_400),
    FindingKind.HOLD_REVIEW_OVERDUE: _TOLD,
    FindingKind.SITE_CHANGED: _TOLD,
}

_WARNINGS = frozenset(
    {
        FindingKind.CAMERA_CLOCK_WRONG,
        FindingKind.CLOCK_STEPPED,
        FindingKind.CLOCK_UNSYNCHRONISED,
        FindingKind.CAPACITY_SHORT,
        FindingKind.NO_VISIT,
        FindingKind.COSIGNATURE_OVERDUE,
        FindingKind.SCRUB_BEHIND,
        FindingKind.HOLD_REVIEW_OVERDUE,
        FindingKind.SITE_CHANGED,
    }
)


def severity(kind: FindingKind) -> Severity:
    """How bad it is."""
    return "warning" if kind in _WARNINGS else "alarm"
