"""Building blocks of a case: a stage with its room, and people walking on and off it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from random import Random
from typing import Any

import numpy as np

from mihariban.recorder.sources.scene.people import CLOTH, Look, random_look
from mihariban.recorder.sources.scene.raster import Layer, luma

from .actors import Actor, Cut, Drawn, Stop, View, view
from .case import Case, Group
from .picture import Frame, Patch, yuva_of
from .rooms import drawn_room, real_room

SIZES = ((320, 180), (320, 180), (320, 180), (384, 216), (384, 216), (480, 270), (640, 360))
RATES = (5, 5, 5, 5, 8, 10)


def stay_of(random: Random) -> float:
    """How long somebody stands there: mostly seconds, sometimes a minute."""
    low, high = random.choices(((6, 18), (18, 40), (40, 75)), (6, 3, 1))[0]
    return round(random.uniform(low, high), 1)


@dataclass
class Stage:
    """Everything a case needs while it is being planned.

    Attributes:
        people: which visitors of the real clip may appear (the splits share none).
        apart: least difference in grey levels between drawn clothes and what is behind them.
    """

    random: Random
    seed: int
    people: tuple[int, ...]
    size: tuple[int, int]
    fps: int
    real: bool
    view: View
    room: Frame
    apart: float = 40.0
    front: Patch | None = None
    groups: list[Group] = field(default_factory=list)
    clock: float = 0.0
    short: bool = False

    @property
    def wide(self) -> float:
        """Width of the picture in picture heights."""
        return self.size[0] / self.size[1]

    def gap(self, low: float, high: float) -> None:
        """Let the zone be empty for a while."""
        self.clock += self.random.uniform(low, high)

    def add(self, *people: Actor, **flags: bool) -> Group:
        """A visit; the clock moves to when its last person is gone."""
        group = Group(people, **flags)
        self.groups.append(group)
        self.clock = max(actor.span()[1] for actor in people)
        return group

    def visitor(self, stay: float, starts: float | None = None, **how: Any) -> Actor:
        """Somebody who comes at ``starts`` (default: now) and stands for ``stay`` seconds."""
        starts = self.clock if starts is None else starts
        return self.cut(starts, stay, **how) if self.real else self.drawn(starts, stay, **how)

    def cut(self, starts: float, stay: float, still: bool = False, number: int | None = None) -> Cut:
        chosen = self.random.choice(self.people) if number is None else number
        sway = self.random.uniform(0.002, 0.008)
        gain = self.random.uniform(0.85, 1.2)
        return Cut(chosen, self.view, starts, stay, still, sway, self.random.uniform(4, 9), gain)

    def drawn(
        self,
        starts: float,
        stay: float,
        still: bool = False,
        height: float | None = None,
        x: float | None = None,
        look: Look | None = None,
        sides: tuple[int, int] | None = None,
    ) -> Drawn:
        """A drawn visitor; ``sides`` are -1 (left) or 1 for coming and leaving."""
        random = self.random
        height = height or random.uniform(0.85, 1.35)
        x = self.wide * random.uniform(0.32, 0.68) if x is None else x
        feet = random.uniform(0.03, 0.14) + height
        come, leave = sides or (random.choice((-1, 1)), random.choice((-1, 1)))
        off = 0.3 * height
        edge = {-1: -off, 1: self.wide + off}
        walk = [abs(edge[side] - x) / (random.uniform(0.42, 0.6) * max(1.0, height)) for side in (come, leave)]
        moments = np.cumsum([starts, walk[0], stay, walk[1]]).tolist()
        places = (edge[come], x, x, edge[leave])
        stops = tuple(Stop(t, place, feet, height) for t, place in zip(moments, places, strict=True))
        look = look or self.look(x, feet, height)
        sway = random.uniform(0.001, 0.003) if still else random.uniform(0.003, 0.012)
        back, phase = random.random() < 0.4, random.uniform(0, 6)
        return Drawn(self.size, look, stops, sway, random.uniform(3, 9), not still, back, phase=phase)

    def look(self, x: float, feet: float, height: float) -> Look:
        """Clothes that a person looking at the picture would see against this room."""
        unit = self.size[1]
        rows = slice(max(0, round((feet - 0.82 * height) * unit)), max(1, round((feet - 0.5 * height) * unit)))
        middle, half = x * unit, 0.12 * height * unit
        behind = self.room.luma[rows, max(0, round(middle - half)) : max(1, round(middle + half))]
        level = float(np.mean(behind)) if behind.size else 128.0
        look = random_look(self.random)
        if abs(luma(look.top) - level) < self.apart:
            fitting = [colour for colour in CLOTH if abs(luma(colour) - level) >= self.apart]
            top = self.random.choice(fitting) if fitting else ((30, 32, 40) if level > 110 else (236, 232, 222))
            look = replace(look, top=top)
        return look

    def case(self, name: str, condition: str, tail: float = 14.0, **rest: Any) -> Case:
        """The finished case; it ends ``tail`` seconds after the last person has gone."""
        facts: dict[str, Any] = {
            "duration_s": round(self.clock + tail, 1),
            "zone": (),
            "gop_s": self.random.choice((1.0, 2.0, 2.0, 4.0)),
            "crf": self.random.choice((22, 25, 28)),
            "front": self.front,
        }
        return Case(
            name=name,
            condition=condition,
            seed=self.seed,
            fps=rest.pop("fps", self.fps),
            size=self.size,
            room=self.room,
            groups=tuple(self.groups),
            real=self.real,
            **(facts | rest),
        )


def stage(seed: int, people: tuple[int, ...], real: bool, apart: float = 40.0) -> Stage:
    """An empty stage. With ``real`` its people are cut from the clip, and the room is the clip's or a drawn one."""
    random = Random(seed)
    size = random.choice(SIZES)
    where = view(size, random.uniform(1.0, 1.25), random.random(), random.random(), random.random() < 0.5)
    own_room = real and random.random() < 0.6
    room = real_room(where) if own_room else drawn_room(size, seed)
    front = None if real or random.random() < 0.7 else _edge(size, random)
    return Stage(random, seed, people, size, random.choice(RATES), real, where, room, apart, front)


def _edge(size: tuple[int, int], random: Random) -> Patch:
    """The edge of a counter along the bottom of the picture."""
    height = round(size[1] * random.uniform(0.06, 0.14)) & ~1
    layer = Layer(0, 0, size[0], height)
    tone = random.uniform(60, 190)
    layer.box(-4, 2, size[0] + 4, height + 4, (tone, tone * 0.95, tone * 0.88))
    return Patch(0, size[1] - height, yuva_of(layer))
