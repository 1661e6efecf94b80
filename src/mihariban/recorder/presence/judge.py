"""From pictures to visits: the state machine, fed with as many pictures as the watcher thinks fit."""

from __future__ import annotations

from math import inf
from typing import TypeAlias

import numpy as np

from mihariban.base.clock import SECOND
from mihariban.recorder.presence.arrays import REACH, Grey, Print
from mihariban.recorder.presence.arrival import Arrival
from mihariban.recorder.presence.events import PresenceEvent
from mihariban.recorder.presence.present import Present
from mihariban.recorder.presence.scene import Scene, SceneMemory
from mihariban.recorder.presence.settings import PresenceSettings
from mihariban.recorder.presence.sight import Context, Sight
from mihariban.recorder.presence.vacant import Vacant
from mihariban.recorder.presence.zone import Zone

_Phase: TypeAlias = Arrival | Vacant | Present


class Judge:
    """Judges pictures of one camera in the order of their time.

    Args:
        shape: height and width of the pictures.
        memory: empty scenes known from before; ignored where the size differs.
    """

    def __init__(self, settings: PresenceSettings, zone: Zone, shape: tuple[int, int], memory: SceneMemory) -> None:
        if memory.shape is not None and memory.shape != shape:
            memory.references.clear()
        self.shape = shape
        self.context = Context(settings, Scene(settings, zone.mask(*shape), memory))
        self._phase: _Phase = Vacant(self.context) if memory.references else Arrival(self.context)
        self._last: Sight | None = None

    @property
    def occupied(self) -> bool:
        """Whether a visit is going on."""
        return self._phase.occupied

    @property
    def since(self) -> int | None:
        """Wall ns at which the visit that is going on began."""
        return self._phase.since if isinstance(self._phase, Present) else None

    @property
    def busy(self) -> bool:
        """Whether every picture is wanted."""
        return self._phase.busy

    @property
    def seen(self) -> int | None:
        """Wall ns of the last picture taken in."""
        return self._last.wall if self._last is not None else None

    def suspicious(self, picture: Grey, wall: int) -> bool:
        """Whether the pictures between the last one taken in and this one must be examined. Changes nothing."""
        return self._phase.suspicious(self._sight(picture, wall))

    def observe(self, picture: Grey, wall: int) -> list[PresenceEvent]:
        """Take in one picture, later than all before."""
        sight = self._sight(picture, wall)
        events = self._phase.observe(sight)
        self._last = sight
        self._next_phase()
        return events

    def close(self, wall: int, reason: str) -> list[PresenceEvent]:
        """End what is going on, because nothing more will be seen."""
        events = []
        if isinstance(self._phase, Present):
            at = min(wall, self._phase.absent_since or wall)
            events.append(PresenceEvent("leave", at, wall, reason, self._score(), None))
        if self.context.scene.memory.references:
            self._phase = Vacant(self.context)
        else:
            self._phase = Arrival(self.context)
        self._last = None
        return events

    def _score(self) -> float:
        return round(self._last.found.share, 4) if self._last is not None else 0.0

    def _sight(self, picture: Grey, wall: int) -> Sight:
        scene, seen = self.context.scene, Print(picture)
        found = scene.difference(seen)
        if self._last is None:
            moved = np.ones((picture.shape[0] - 2 * REACH, picture.shape[1] - 2 * REACH), dtype=np.bool_)
            return Sight(seen, wall, inf, found, moved, 1.0)
        moved = scene.changes(self._last.print, seen, found.reference)
        gap = (wall - self._last.wall) / SECOND
        return Sight(seen, wall, gap, found, moved, scene.share(moved & scene.watched))

    def _next_phase(self) -> None:
        phase = self._phase
        if isinstance(phase, Present):
            if phase.left is not None:
                self._phase = Vacant(self.context)
        elif phase.entered is not None and phase.movement is not None:
            self._phase = Present(self.context, phase.entered, phase.movement)
        elif isinstance(phase, Arrival) and phase.settled:
            self._phase = Vacant(self.context, quiet=True)
