"""Small drawn pictures and a judge fed with them: every condition without a camera, a codec or waiting."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mihariban.base.clock import SECOND
from mihariban.recorder.presence.arrays import grey
from mihariban.recorder.presence.events import PresenceEvent
from mihariban.recorder.presence.judge import Judge
from mihariban.recorder.presence.scene import SceneMemory
from mihariban.recorder.presence.settings import PresenceSettings
from mihariban.recorder.presence.zone import Zone

HEIGHT, WIDTH = 90, 160
START = 1_767_571_200 * SECOND
Levels = NDArray[np.float64]
Draw = Callable[[float], Levels]  # seconds to a picture in levels


def room() -> Levels:
    """A wall that grows darker to the right, a picture on it, a skirting board, floor boards and a counter."""
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH]
    levels = 170.0 - 0.25 * x
    levels[12:34, 14:44] = 95
    levels[58:] = 120 - 0.1 * x[58:]
    levels[58:61] = 60
    levels[(y > 60) & ((x + y // 2) % 17 == 0)] -= 25
    levels[44:50, 92:130] = 205
    levels[50:80, 108:112] = 150
    return levels


def person(
    levels: Levels, x: float, *, top: float = 18, width: float = 26, dark: float = 60, stripes: float = 20
) -> Levels:
    """Somebody in the middle of ``x``, from ``top`` to the lower rim; ``dark`` below the wall's brightness."""
    drawn = levels.copy()
    rows, columns = np.mgrid[0:HEIGHT, 0:WIDTH]
    radius = width * 0.28
    head = ((columns - x) ** 2 + (rows - top - radius) ** 2) < radius**2
    shoulder = np.clip((rows - top - 1.6 * radius) * 2.0, 0, width / 2)
    body = (np.abs(columns - x) < shoulder) & (rows > top + 1.6 * radius)
    cloth = stripes * np.sign(np.sin((columns - x) * 0.9 + rows * 0.35))
    drawn[body] = (150.0 - dark + cloth)[body]
    drawn[head] = 150.0 - dark - 15
    return drawn


def faint(levels: Levels, x: float, contrast: float) -> Levels:
    """Somebody who differs from whatever is behind by ``contrast`` levels only, over a fifth of the picture."""
    drawn = levels.copy()
    left = round(x - 24)
    drawn[10:80, max(0, left) : max(0, left + 48)] -= contrast
    return drawn


def along(t: float, enter: float, leave: float, place: float = 90, walk_s: float = 2.0) -> float | None:
    """Where somebody is who comes in from the left, stands at ``place`` and is out on the right at ``leave``."""
    if not enter <= t < leave:
        return None
    if t < enter + walk_s:
        return -14 + (place + 14) * (t - enter) / walk_s
    if t > leave - walk_s:
        return place + (WIDTH + 14 - place) * (t - leave + walk_s) / walk_s
    return place


class Run:
    """A judge and all its findings, in seconds from the start."""

    def __init__(
        self,
        *,
        zone: Zone | None = None,
        memory: SceneMemory | None = None,
        settings: PresenceSettings | None = None,
        noise: float = 1.0,
        seed: int = 7,
    ) -> None:
        self.memory = memory or SceneMemory()
        self.judge = Judge(settings or PresenceSettings(), zone or Zone.whole(), (HEIGHT, WIDTH), self.memory)
        self.events: list[PresenceEvent] = []
        self._random = np.random.default_rng(seed)
        self._noise = noise

    def film(self, draw: Draw, times: Iterable[float]) -> Run:
        """Show the judge the pictures of these seconds."""
        for t in times:
            noisy = draw(t) + self._random.normal(0, self._noise, (HEIGHT, WIDTH))
            picture = grey(np.clip(np.rint(noisy), 0, 255))
            self.events += self.judge.observe(picture, START + round(t * SECOND))
        return self

    def visits(self) -> list[tuple[float, float | None]]:
        """Enter and leave of every visit; None while it goes on."""
        found: list[tuple[float, float | None]] = []
        for event in self.events:
            at = (event.at - START) / SECOND
            if event.kind == "enter":
                found.append((at, None))
            elif event.kind == "leave":
                found[-1] = (found[-1][0], at)
        return found

    def told(self, kind: str) -> list[tuple[float, str]]:
        """Seconds of decision and reason of all findings of one kind."""
        return [((event.decided_at - START) / SECOND, event.reason) for event in self.events if event.kind == kind]


def every(begin: float, end: float, step: float = 0.2) -> list[float]:
    """Seconds from ``begin`` to before ``end``."""
    return [round(float(t), 3) for t in np.arange(begin, end, step)]


def visitor(enter: float, leave: float, **look: Any) -> Draw:
    """The room with one visitor."""

    def draw(t: float) -> Levels:
        x = along(t, enter, leave)
        return room() if x is None else person(room(), x, **look)

    return draw
