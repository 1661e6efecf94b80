"""The very start without a remembered scene: is it empty? Said honestly: nobody can know yet."""

from __future__ import annotations

import numpy as np

from mihariban.recorder.presence.arrays import Grey, Print
from mihariban.recorder.presence.events import PresenceEvent
from mihariban.recorder.presence.movement import Movement
from mihariban.recorder.presence.sight import Context, Sight

_FADE = 0.9  # per picture, of the greatest change seen at a place
_UNSETTLED_S = 4.0  # longer than settle_s after a passer-by; whoever moves on for so long is at the kiosk


class Arrival:
    """The phase before any empty scene is known. A scene without movement is taken for empty, in doubt."""

    occupied = False
    busy = True

    def __init__(self, context: Context) -> None:
        self._context = context
        self._first: int | None = None
        self._anchor: Print | None = None
        self._quiet_since = 0
        self._sum: Grey | None = None
        self._noise: Grey | None = None
        self._count = 0
        self.settled = False
        self.entered: int | None = None
        self.movement: Movement | None = None

    def suspicious(self, _sight: Sight) -> bool:
        """Everything is."""
        return True

    def observe(self, sight: Sight) -> list[PresenceEvent]:
        """Take in one sight; ``settled`` or ``entered`` is set when the start is over."""
        events = []
        if self._first is None:
            self._first = sight.wall
            events.append(sight.event("doubt", sight.wall, "scene_unknown"))
        if self._anchor is None or self._moved(self._anchor, sight):
            self._restart(sight)
        self._add(sight)
        if sight.since(self._quiet_since) >= self._context.settings.settle_s:
            self._settle(sight)
        elif sight.since(self._first) >= _UNSETTLED_S:
            self.entered, self.movement = self._first, Movement(self._context, self._first)
            events.append(sight.event("enter", self._first, "present_at_start"))
        return events

    def _moved(self, anchor: Print, sight: Sight) -> bool:
        """Whether more changed than changes all the time: grain, flicker and films stay where they are."""
        scene = self._context.scene
        rest = sight.print.unexplained(anchor)
        usual = self._noise if self._noise is not None else rest
        limit = np.maximum(scene.limit(None), usual * np.float32(self._context.settings.noise_factor))
        self._noise = np.maximum(usual * np.float32(_FADE), rest)
        return scene.share((rest > limit) & scene.watched) >= self._context.settings.enter_share

    def _restart(self, sight: Sight) -> None:
        self._anchor, self._quiet_since = sight.print, sight.wall
        self._sum, self._count = None, 0

    def _add(self, sight: Sight) -> None:
        picture = sight.print.picture
        self._sum = picture.copy() if self._sum is None else self._sum + picture
        self._count += 1

    def _settle(self, sight: Sight) -> None:
        if self._sum is None:
            return
        mean: Grey = self._sum / np.float32(self._count)
        self._context.scene.adopt(mean, sight.wall, sure=False, noise=self._noise)
        self.settled = True
