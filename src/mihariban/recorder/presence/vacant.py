"""Nobody is there: learn the scene, and tell somebody stepping up from a lamp, a screen and a passer-by."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mihariban.recorder.presence.arrays import Mask, Print, spread
from mihariban.recorder.presence.events import PresenceEvent
from mihariban.recorder.presence.movement import Movement
from mihariban.recorder.presence.scene import Reference
from mihariban.recorder.presence.sight import Context, Sight

_BLINK_S = 0.3  # a picture or two without the change do not end it
_ONSET_S = 0.25  # a lamp, seen through exposure and codec, has settled by then; nobody walks in so fast
_SCREEN = 0.25  # of the zone; a larger change is a lamp
_LIT_LEVELS = 6.0  # more than exposure drifts while a screen changes its page
_LEARN_GAP_S = 10.0


@dataclass(slots=True)
class Candidate:
    """A change in the zone that may be somebody.

    Attributes:
        at: wall ns of its first trace.
        sudden: it may have come at once: the pictures were dense and nothing had moved anywhere before.
        movement: what has moved since then.
        anchor: the picture just after its onset, while nothing has moved since.
        extent: windows that differed from the empty scene then, and their neighbours.
        gone: wall ns since when it is not to be seen; None while it is.
    """

    at: int
    sudden: bool
    movement: Movement
    anchor: Print | None = None
    extent: Mask | None = None
    gone: int | None = None

    @property
    def calm(self) -> bool:
        """Whether it came at once and has rested since: what moves now is something else."""
        return self.sudden and self.anchor is not None


class Vacant:
    """The phase between visits."""

    occupied = False

    def __init__(self, context: Context, *, quiet: bool = False) -> None:
        self._context = context
        self._candidate: Candidate | None = None
        self._quiet_before = quiet
        self.entered: int | None = None
        self.movement: Movement | None = None

    @property
    def busy(self) -> bool:
        """Whether every picture is wanted."""
        return self._candidate is not None

    def suspicious(self, sight: Sight) -> bool:
        """Whether what lies between the last sight and this one must be examined."""
        return sight.found.share >= self._context.settings.leave_share

    def observe(self, sight: Sight) -> list[PresenceEvent]:
        """Take in one sight; ``entered`` is set when a visit begins."""
        events = self._judge(sight)
        self._quiet_before = self._still(sight)
        return events

    def _still(self, sight: Sight) -> bool:
        scene, settings = self._context.scene, self._context.settings
        return scene.share(sight.moved) < settings.still_share * sight.moved.size / scene.area

    def _judge(self, sight: Sight) -> list[PresenceEvent]:
        settings = self._context.settings
        if sight.found.share < settings.leave_share:
            return self._clear(sight)
        sudden = self._quiet_before and sight.gap_s <= settings.sudden_s
        again = sudden and self._candidate is not None and self._candidate.calm and not self._still(sight)
        if again and self._candidate is not None:
            self._learn_screen(self._candidate, sight)
        if self._candidate is None or again:
            self._candidate = Candidate(sight.wall, sudden, Movement(self._context, sight.wall))
        candidate = self._candidate
        candidate.gone = None
        candidate.movement.observe(sight)
        if candidate.sudden:
            self._watch_rigid(candidate, sight)
        if candidate.sudden:
            return self._accept(candidate, sight)
        if sight.since(candidate.at) < settings.start_delay_s or sight.found.share < settings.enter_share:
            return []
        return self._enter(candidate, sight)

    def _clear(self, sight: Sight) -> list[PresenceEvent]:
        candidate = self._candidate
        if candidate is not None:
            candidate.gone = candidate.gone or sight.wall
            if sight.since(candidate.gone) < _BLINK_S:
                return []
            self._candidate = None
        self._learn(sight)
        return []

    def _learn(self, sight: Sight) -> None:
        found, scene = sight.found, self._context.scene
        if found.reference is not None:
            scene.touch(found.reference, sight.wall)
            scene.follow(found.reference, sight.print, found.rest, min(sight.gap_s, _LEARN_GAP_S))

    def _watch_rigid(self, candidate: Candidate, sight: Sight) -> None:
        if sight.since(candidate.at) < _ONSET_S:
            return
        scene, settings = self._context.scene, self._context.settings
        if candidate.anchor is None or candidate.extent is None:
            candidate.anchor, candidate.extent = sight.print, spread(sight.found.mask)
            return
        if _in_place(candidate.extent, sight, self._context):
            return
        changed = self._context.differing(candidate.anchor, sight)
        if scene.share(changed) >= settings.still_share:
            candidate.sudden = False

    def _accept(self, candidate: Candidate, sight: Sight) -> list[PresenceEvent]:
        """A change that came at once and never moved is another light; one that stays in its place is a screen."""
        scene = self._context.scene
        if sight.since(candidate.at) < self._context.settings.rigid_s:
            return []
        self._candidate = None
        if self._learn_screen(candidate, sight):
            return [sight.event("doubt", candidate.at, "screen_changed")]
        scene.adopt(sight.print.picture, sight.wall, sure=True)
        return [sight.event("doubt", candidate.at, "scene_changed")]

    def _learn_screen(self, candidate: Candidate, sight: Sight) -> bool:
        """Where a sudden change lies within the zone and stays there, or is followed by the next one: a screen."""
        reference, extent = sight.found.reference, candidate.extent
        if reference is None or extent is None or not _in_place(extent, sight, self._context):
            return False
        if _lit_anew(reference, sight):
            return False
        self._context.scene.restless(reference, extent, sight.found.rest)
        return True

    def _enter(self, candidate: Candidate, sight: Sight) -> list[PresenceEvent]:
        self.entered, self.movement = candidate.at, candidate.movement
        return [sight.event("enter", candidate.at, "stayed_in_zone")]


def _in_place(extent: Mask, sight: Sight, context: Context) -> bool:
    """Whether all that differs lies where it began, small and away from the rim over which people come in."""
    outside = sight.found.mask & ~extent
    if context.rim(extent) or context.scene.share(extent) > _SCREEN:
        return False
    return context.scene.share(outside) < context.settings.still_share


def _lit_anew(reference: Reference, sight: Sight) -> bool:
    """Whether most of the picture has another brightness: what came with that is a shadow, not a screen."""
    off = np.abs(sight.print.picture - reference.print.picture)
    return bool(np.median(off) > _LIT_LEVELS)
