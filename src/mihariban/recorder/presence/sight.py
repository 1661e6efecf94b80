"""One looked-at picture with everything that the phases ask of it."""

from __future__ import annotations

from dataclasses import dataclass

from mihariban.base.clock import SECOND
from mihariban.recorder.presence.arrays import Mask, Print, box_of
from mihariban.recorder.presence.events import Kind, PresenceEvent
from mihariban.recorder.presence.scene import Difference, Reference, Scene
from mihariban.recorder.presence.settings import PresenceSettings


@dataclass(frozen=True, slots=True)
class Sight:
    """A picture, judged.

    Attributes:
        print: the picture, prepared for comparison.
        wall: ns, when it was displayed.
        gap_s: seconds since the sight before; infinite for the first.
        found: against the empty scene.
        moved: windows of the whole picture that differ from the sight before; all of them for the first.
        moved_share: those inside the zone, as a share of it.
    """

    print: Print
    wall: int
    gap_s: float
    found: Difference
    moved: Mask
    moved_share: float

    def event(self, kind: Kind, at: int, reason: str) -> PresenceEvent:
        """A finding decided by this picture."""
        return PresenceEvent(kind, at, self.wall, reason, round(self.found.share, 4), box_of(self.found.mask))

    def since(self, wall: int) -> float:
        """Seconds from ``wall`` to this picture."""
        return (self.wall - wall) / SECOND


@dataclass(slots=True)
class Context:
    """What all phases share."""

    settings: PresenceSettings
    scene: Scene

    def differing(self, before: Print, sight: Sight, *, whole: bool = False) -> Mask:
        """Windows in which ``sight`` differs from an earlier picture; in the zone unless ``whole``."""
        changed = self.scene.changes(before, sight.print, sight.found.reference)
        return changed if whole else changed & self.scene.watched

    def rim(self, mask: Mask) -> bool:
        """Whether marked windows touch the rim of the zone: where people come in and go out."""
        return bool((mask & self.scene.rim).any())


__all__ = ["Context", "Reference", "Sight"]
