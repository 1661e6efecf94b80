"""A visit as the book knows it: from stepping up to the kiosk until having left it."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True)
class Visit:
    """One visit while it is recorded. All instants are wall ns since 1970 UTC.

    Attributes:
        id: 16 bytes, unique across a fleet.
        camera: the camera's name in the site file.
        policy: version of the rule under which it is filmed.
        started: presence begins.
        recorded_from: first picture that may be shown: pre-roll included, never before the opening minute and never
            inside an earlier visit's presence.
        reason, score: why presence was found, as the judge gave it.
        ended: presence has ended; None while somebody is there.
        recorded_to: pictures before this instant may be shown; None while it is not known.
        end_reason, end_score: why the end was found.
        handovers: moments at which the next person stood there before the last one had left.
        left_behind: moments at which a thing left behind was recognised.
    """

    id: bytes
    camera: str
    policy: str
    started: int
    recorded_from: int
    reason: str
    score: float
    ended: int | None = None
    recorded_to: int | None = None
    end_reason: str | None = None
    end_score: float | None = None
    handovers: list[int] = field(default_factory=list)
    left_behind: list[int] = field(default_factory=list)

    def opening_notes(self) -> dict[str, object]:
        """What the first chunk of each of its clips says, so that the ring alone can tell the visit again."""
        return {
            "camera": self.camera,
            "policy": self.policy,
            "started": self.started,
            "from": self.recorded_from,
            "reason": self.reason,
            "score": round(self.score, 4),
        }

    def closing_notes(self) -> dict[str, object]:
        """What the last clip says at its end."""
        return {
            "ended": self.ended,
            "to": self.recorded_to,
            "end_reason": self.end_reason,
            "end_score": None if self.end_score is None else round(self.end_score, 4),
            "handovers": list(self.handovers),
            "left_behind": list(self.left_behind),
        }
