"""Somebody is there: the visit ends when the empty scene is seen again, or when only a thing remains."""

from __future__ import annotations

from mihariban.base.clock import SECOND
from mihariban.recorder.presence.events import PresenceEvent
from mihariban.recorder.presence.movement import Movement
from mihariban.recorder.presence.sight import Context, Sight
from mihariban.recorder.presence.stillness import Stillness

_DOUBT_S = 600.0  # ten sways of a standing person have been missed by then


class Present:
    """The phase of a visit.

    Args:
        since: wall ns at which the visit began.
        movement: what has moved since then.
    """

    occupied = True

    def __init__(self, context: Context, since: int, movement: Movement) -> None:
        self._context = context
        self.since = since
        self.left: int | None = None
        self._clear: int | None = None
        self._movement = movement
        self._stillness = Stillness(context)
        self._doubted = False

    @property
    def absent_since(self) -> int | None:
        """Wall ns since when the zone has looked empty, while that is not yet confirmed."""
        return self._clear

    @property
    def busy(self) -> bool:
        """Whether every picture is wanted."""
        return self._clear is not None or self._movement.going_on

    def suspicious(self, sight: Sight) -> bool:
        """Whether what lies between the last sight and this one must be examined."""
        settings = self._context.settings
        if sight.found.share < settings.leave_share:
            return True
        return sight.moved_share >= settings.restart_share * sight.found.share

    def observe(self, sight: Sight) -> list[PresenceEvent]:
        """Take in one sight; ``left`` is set when the visit ends."""
        if sight.found.reference is not None and sight.found.share < self._context.settings.leave_share:
            return self._absent(sight)
        self._clear = None
        events = self._movement.observe(sight)
        self._stillness.observe(sight)
        return events + self._only_a_thing(sight)

    def _absent(self, sight: Sight) -> list[PresenceEvent]:
        """The zone looks like the empty scene: positive evidence of absence once it has lasted."""
        if self._clear is None:
            self._clear = sight.wall
        if sight.since(self._clear) < self._context.settings.leave_confirm_s:
            return []
        self.left = self._clear
        reference = sight.found.reference
        if reference is not None:
            reference.sure = True
            self._context.scene.touch(reference, sight.wall)
        return [sight.event("leave", self._clear, "scene_empty")]

    def _only_a_thing(self, sight: Sight) -> list[PresenceEvent]:
        if self._movement.going_on:
            return []
        still_s = sight.since(self._stillness.since)
        thing, movement = self._is_thing(sight), self._movement
        if thing and movement.departed is not None and still_s >= self._context.settings.left_behind_s:
            return self._end_by_thing(sight, movement.departed)
        went = movement.departed or movement.first_at_rim
        if not thing and went is not None and still_s >= self._context.settings.unsure_settle_s:
            return self._end_by_settling(sight, went)
        if still_s >= _DOUBT_S and not self._doubted:
            self._doubted = True
            return [sight.event("doubt", self._stillness.since, "nothing_moves")]
        return []

    def _is_thing(self, sight: Sight) -> bool:
        """Something new, not the trace of somebody who stood in a scene that was only presumed to be empty.

        A thing brings structure of its own; where somebody was part of the reference, the reference has more.
        """
        reference, mask = sight.found.reference, sight.found.mask
        if reference is None:
            return False
        if reference.sure or not mask.any():
            return True
        return bool(sight.print.variance[mask].mean() >= reference.print.variance[mask].mean())

    def _end_by_thing(self, sight: Sight, departed: int) -> list[PresenceEvent]:
        """Somebody went out long ago, and what stayed has not moved since."""
        self.left = sight.wall
        self._context.scene.adopt(sight.print.picture, sight.wall, sure=True)
        return [sight.event("left_behind", departed, "thing_remains"), sight.event("leave", self.left, "left_behind")]

    def _end_by_settling(self, sight: Sight, departed: int) -> list[PresenceEvent]:
        """What differs is the trace of somebody in the presumed scene; the scene that stands still now is empty."""
        scene, reference = self._context.scene, sight.found.reference
        self.left = max(departed, sight.wall - round(self._context.settings.unsure_settle_s * SECOND))
        if reference is not None:
            scene.forget(reference)
        scene.adopt(sight.print.picture, sight.wall, sure=False)
        return [sight.event("leave", self.left, "scene_settled")]
