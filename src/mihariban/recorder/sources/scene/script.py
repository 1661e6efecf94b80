"""Who comes to the drawn kiosk, when, and what they do there."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import lru_cache
from random import Random

from mihariban.recorder.sources.scene.kiosk import draw_kiosk
from mihariban.recorder.sources.scene.people import Look, Pose, draw_person, random_look
from mihariban.recorder.sources.scene.raster import Layer

SIZE = (640, 360)
WALK_S = 2.6
"""Seconds from the edge of the picture to the kiosk."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody who crosses the picture or stops in it.

    Attributes:
        begins: second at which the walk begins. stands: seconds in front of the kiosk; 0 for a passer-by.
        side: -1 comes from the left, 1 from the right; leaves by ``away``.
        place: where they stop, pixels. feet, height: pixels.
        busy: types and takes paper; else stands still.
    """

    begins: float
    stands: float
    side: int
    away: int
    place: float
    feet: float
    height: float
    look: Look
    busy: bool = True

    @property
    def ends(self) -> float:
        """Second at which the last part has left the picture."""
        return self.begins + 2 * WALK_S + self.stands

    def layer(self, t: float) -> Layer | None:
        """The person as drawn at second ``t``; None while not in the picture."""
        if not self.begins <= t < self.ends:
            return None
        since = t - self.begins
        if since < WALK_S:
            return _drawn(*self._walk(since / WALK_S, self.side, inward=True), self.feet, self.height, self.look)
        if since < WALK_S + self.stands:
            return _drawn(self.place, self._standing(since - WALK_S), self.feet, self.height, self.look)
        share = (since - WALK_S - self.stands) / WALK_S
        return _drawn(*self._walk(share, self.away, inward=False), self.feet, self.height, self.look)

    def _walk(self, share: float, side: int, *, inward: bool) -> tuple[float, Pose]:
        edge = SIZE[0] / 2 + side * (SIZE[0] / 2 + 0.3 * self.height)
        x = edge + (self.place - edge) * share if inward else self.place + (edge - self.place) * share
        turn = -side if inward else side
        return round(x), Pose(turn=0.8 * turn, stride=round(share * 5 * math.pi, 1), walking=1.0)

    def _standing(self, since: float) -> Pose:
        lean = round(0.006 * math.sin(0.9 * since) + 0.004 * math.sin(0.31 * since + 1), 3)
        pose = Pose(lean=lean, nod=0.3)
        if not self.busy:
            return pose
        left = self.stands - since
        if left < 4:
            return replace(pose, paper=round(min(1.0, (4 - left) / 1.5), 1), reach=0.4, nod=0.5)
        return replace(pose, reach=0.9, tap=round(0.7 * math.sin(5 * since), 1), nod=0.45)


@lru_cache(maxsize=256)
def _drawn(x: float, pose: Pose, feet: float, height: float, look: Look) -> Layer | None:
    layer = draw_person(SIZE, x, feet, height, look, pose)
    return None if layer is None else layer.trim()


@dataclass(frozen=True, slots=True)
class Script:
    """A cast in order of appearance, how long it plays (s), and when a forgotten sheet lies in the tray."""

    actors: tuple[Actor, ...]
    seconds: float
    forgotten: tuple[float, float] = (0.0, 0.0)

    def at(self, t: float) -> list[Layer]:
        """Everybody in the picture at second ``t``, the farthest first."""
        layers = [(actor.height, actor.layer(t)) for actor in self.actors if actor.begins <= t < actor.ends]
        return [layer for _, layer in sorted(layers, key=lambda each: each[0]) if layer is not None]

    def kiosk(self, t: float) -> Layer:
        """The machine at second ``t``: its pages turn slowly, and quickly while somebody uses it."""
        used = any(
            actor.busy and actor.stands and 0 < t - actor.begins - WALK_S < actor.stands for actor in self.actors
        )
        begin, end = self.forgotten
        return draw_kiosk(SIZE, int(t / (3 if used else 8)), begin <= t < end)


_VISITS = (  # begins, stands, from, away, busy
    (6.0, 22.0, -1, 1, True),
    (44.0, 34.0, 1, 1, False),
    (92.0, 16.0, -1, -1, True),
    (107.5, 20.0, 1, -1, True),  # steps up while the one before is leaving: a hand-over
    (144.0, 15.0, -1, 1, True),
    (170.0, 18.0, 1, -1, True),
)
_FORGOTTEN = (160.0, 188.0)  # by the fourth visitor; the fifth takes it along
_PASSERS = ((30.0, -1), (57.0, 1), (64.0, -1), (118.0, 1), (150.0, -1), (199.0, 1))


def day_script(seed: int) -> Script:
    """Five visits in three and a half minutes, one of them with a hand-over, and people who pass far behind."""
    random = Random(seed)
    actors = [
        Actor(begins, stands, side, away, random.uniform(300, 345), random.uniform(452, 476), 430,
              random_look(random), busy)
        for begins, stands, side, away, busy in _VISITS
    ]  # fmt: skip
    actors += [
        Actor(begins, 0.0, side, -side, 320, 186, random.uniform(96, 112), random_look(random))
        for begins, side in _PASSERS
    ]
    return Script(tuple(actors), 210.0, _FORGOTTEN)
