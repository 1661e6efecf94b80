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
    """

    occupied = True

    def __init__(self, context: Context, since: int) -> None:
        self._context = context
        self.since = since
        self.left: int | None = None
        self._clear: int | None = None
        self._movement = Movement(context, since)
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
        departed = self._movement.departed
        if departed is not None and still_s >= self._patience_s(sight):
            return self._end_by_stillness(sight, departed)
        if still_s >= _DOUBT_S and not self._doubted:
            self._doubted = True
            return [sight.event("doubt", self._stillness.since, "nothing_moves")]
        return []

    def _patience_s(self, sight: Sight) -> float:
        if self._is_thing(sight):
            return self._context.settings.left_behind_s
        return self._context.settings.unsure_settle_s

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

    def _end_by_stillness(self, sight: Sight, departed: int) -> list[PresenceEvent]:
        scene, reference = self._context.scene, sight.found.reference
        self.left = sight.wall
        thing = self._is_thing(sight)
        if reference is not None and not thing:
            scene.forget(reference)
        scene.adopt(sight.print.picture, sight.wall, sure=thing)
        if not thing:
            self.left = max(departed, sight.wall - int(self._context.settings.unsure_settle_s * SECOND))
            return [sight.event("leave", self.left, "scene_settled")]
        return [sight.event("left_behind", departed, "thing_remains"), sight.event("leave", self.left, "left_behind")]
