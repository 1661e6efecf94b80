"""What the presence engine tells: stable kinds and reason codes, kept with every visit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["enter", "leave", "handover", "left_behind", "doubt"]
Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class PresenceEvent:
    """One finding.

    Attributes:
        kind: enter and leave bound a visit; handover flags the visit that goes on; left_behind reports a thing that
            stayed; doubt says that the engine goes on without being sure.
        at: wall ns when it happened; for enter, leave and handover up to ``Watcher.decision_delay_s`` before
            ``decided_at``.
        decided_at: wall ns of the packet that decided it.
        reason: stable code, see ``docs/design/presence.md``.
        score: share of the zone that differs from the empty scene at ``decided_at``, 0 to 1.
        box: what differs, as fractions of the picture (left, top, right, bottom); None where there is none.
    """

    kind: Kind
    at: int
    decided_at: int
    reason: str
    score: float
    box: Box | None = None
