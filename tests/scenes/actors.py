"""Who and what moves through a scene: drawn people, people cut from the real clip, faint outlines, things.

Every actor answers ``at(t)``: what of it is in the picture ``t`` seconds after the start of the case, or None.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Protocol

import numpy as np

from mihariban.recorder.sources.scene.people import Look, Pose, draw_person
from mihariban.recorder.sources.scene.raster import Colour, Layer

from . import cutouts
from .picture import Floats, Patch, place, yuva_of

_MODEL = 200  # height in pixels at which drawn people are drawn before they are scaled


class Actor(Protocol):
    """Somebody or something in the scene."""

    def at(self, t: float) -> Patch | None: ...

    def span(self) -> tuple[float, float]:
        """Seconds between which ``at`` may be anything but None."""


@dataclass(frozen=True, slots=True)
class Stop:
    """Where a drawn person is at a moment: feet at ``x``, ``y`` and ``height``, all in picture heights."""

    t: float
    x: float
    y: float
    height: float


@lru_cache(maxsize=512)
def _model(look: Look, pose: Pose, tall: int) -> Floats:
    layer = draw_person((round(tall * 0.62), round(tall * 1.14)), tall * 0.31, tall * 1.1, tall, look, pose)
    if layer is None:
        raise ValueError("nothing drawn")
    out = np.zeros((round(tall * 1.14), round(tall * 0.62), 4), np.float32)
    rgba = layer.rgba
    out[layer.top : layer.top + rgba.shape[0], layer.left : layer.left + rgba.shape[1]] = yuva_of(layer)
    return out


@dataclass(frozen=True)
class Drawn:
    """A drawn person walking from stop to stop and standing between two stops at the same place.

    Attributes:
        size: of the picture, pixels.
        stops: in order of time; before the first and after the last the person is not there.
        sway: amplitude of the slow sway while standing, in picture heights, and its period in seconds.
        typing: the hands are at a machine while standing, moving now and then.
        faint: None, or the grey levels by which the outline differs from what is behind it (drawn as an outline only).
    """

    size: tuple[int, int]
    look: Look
    stops: tuple[Stop, ...]
    sway: float = 0.004
    period: float = 6.0
    typing: bool = True
    back: bool = False
    tall: int = _MODEL
    phase: float = 0.0

    def span(self) -> tuple[float, float]:
        return self.stops[0].t, self.stops[-1].t

    def _now(self, t: float) -> tuple[float, float, float, Pose]:
        after = next(number for number, stop in enumerate(self.stops) if stop.t >= t and number > 0)
        a, b = self.stops[after - 1], self.stops[after]
        share = (t - a.t) / max(b.t - a.t, 1e-9)
        x, y, height = (p + (q - p) * share for p, q in ((a.x, b.x), (a.y, b.y), (a.height, b.height)))
        if math.hypot(b.x - a.x, b.y - a.y, b.height - a.height) > 0.05:
            turn = 0.75 * math.copysign(1, b.x - a.x) if abs(b.x - a.x) > 0.15 else 0.0
            stride = round((t * 1.8 % 1) * 8) / 8 * 2 * math.pi
            return x, y, height, Pose(turn=turn, back=self.back and not turn, stride=stride, walking=1)
        x += self.sway * math.sin(2 * math.pi * t / self.period + self.phase)
        tap = (0.0, 0.0, 1.0, 0.0, -1.0, 1.0, 0.0, 0.0)[int(t * 2.5 + self.phase) % 8] if self.typing else 0.0
        return x, y, height, Pose(back=self.back, reach=1.0 if self.typing else 0.0, tap=tap)

    def at(self, t: float) -> Patch | None:
        if not self.stops[0].t <= t <= self.stops[-1].t:
            return None
        x, y, height, pose = self._now(t)
        tall, unit = self.tall, self.size[1]
        scale = height * unit / tall
        return place(
            _model(self.look, pose, tall),
            self.size,
            x * unit - 0.31 * tall * scale,
            (y - 1.1 * height) * unit,
            scale,
            False,
        )


@dataclass(frozen=True)
class Faint:
    """An outline that differs from whatever is behind it by ``levels`` grey levels and by no colour."""

    body: Drawn
    levels: float

    def span(self) -> tuple[float, float]:
        return self.body.span()

    def at(self, t: float) -> Patch | None:
        return self.body.at(t)


@dataclass(frozen=True, slots=True)
class View:
    """How the real clip lies in the picture: enlarged by ``scale`` about a corner that is pushed out of sight.

    Left, right, bottom of the clip never fall inside the picture, so nobody is cut off by anything but its edges.
    """

    size: tuple[int, int]
    scale: float
    left: float
    top: float
    mirror: bool


def view(size: tuple[int, int], zoom: float, across: float, down: float, mirror: bool) -> View:
    """A view ``zoom`` times larger than needed to fill the picture; ``across`` and ``down`` (0-1) choose the part."""
    scale = max(size[0] / cutouts.SIZE[0], size[1] / cutouts.SIZE[1]) * zoom
    return View(
        size,
        scale,
        (size[0] - cutouts.SIZE[0] * scale) * across,
        (size[1] - cutouts.SIZE[1] * scale) * down,
        mirror,
    )


@dataclass(frozen=True)
class Cut:
    """A visitor of the real clip, walking up as filmed, standing for ``stay`` seconds, leaving as filmed.

    Attributes:
        starts: when the walk begins, seconds.
        frozen: while standing the same picture is shown, swaying by ``sway`` picture heights; else the filmed standing
            is played to and fro.
        gain: brightness of the person alone, about 1.
    """

    number: int
    view: View
    starts: float
    stay: float
    frozen: bool = False
    sway: float = 0.006
    period: float = 7.0
    gain: float = 1.0
    _memo: dict[int, Floats] = field(default_factory=dict, compare=False, repr=False)

    def span(self) -> tuple[float, float]:
        person = cutouts.person(self.number)
        return self.starts, self.starts + (len(person.coming) + len(person.leaving)) / cutouts.FPS + self.stay

    def _picture(self, t: float) -> tuple[cutouts.Cutout, float] | None:
        person = cutouts.person(self.number)
        since = round((t - self.starts) * cutouts.FPS)
        if since < 0:
            return None
        if since < len(person.coming):
            return person.coming[since], 0.0
        standing = t - self.starts - len(person.coming) / cutouts.FPS
        if standing < self.stay:
            return self._standing(person.standing, standing)
        rest = round((standing - self.stay) * cutouts.FPS)
        return (person.leaving[rest], 0.0) if rest < len(person.leaving) else None

    def _standing(self, pictures: tuple[cutouts.Cutout, ...], since: float) -> tuple[cutouts.Cutout, float]:
        if self.frozen:
            edge = min(1.0, since, self.stay - since)  # no jump at either end of the standing
            return pictures[len(pictures) // 2], self.sway * edge * math.sin(2 * math.pi * since / self.period)
        sweeps = max(1, round(self.stay * cutouts.FPS / len(pictures)))
        sweeps += 1 - sweeps % 2  # odd: it ends where leaving begins
        place_in = since / self.stay * sweeps % 2
        share = place_in if place_in <= 1 else 2 - place_in
        return pictures[min(len(pictures) - 1, int(share * len(pictures)))], 0.0

    def at(self, t: float) -> Patch | None:
        found = self._picture(t)
        if found is None:
            return None
        picture, shift = found
        where, size = self.view, self.view.size
        left = picture.left * where.scale + where.left
        if where.mirror:
            left = size[0] - left - picture.yuva.shape[1] * where.scale
        source = picture.floats()
        if self.gain != 1.0:
            source[..., 0] = (source[..., 0] - 16 * source[..., 3]) * self.gain + 16 * source[..., 3]
        top = picture.top * where.scale + where.top
        return place(source, size, left + shift * size[1], top, where.scale, where.mirror)


@dataclass(frozen=True)
class Thing:
    """Something put down: a bag, a box, a sheet of paper; from ``put`` to ``taken`` seconds, not moving at all."""

    size: tuple[int, int]
    kind: str
    colour: Colour
    box: tuple[float, float, float, float]  # left, top, right, bottom in picture heights
    put: float
    taken: float

    def span(self) -> tuple[float, float]:
        return self.put, self.taken

    def at(self, t: float) -> Patch | None:
        return _thing(self.size, self.kind, self.colour, self.box) if self.put <= t < self.taken else None


@lru_cache(maxsize=64)
def _thing(size: tuple[int, int], kind: str, colour: Colour, box: tuple[float, float, float, float]) -> Patch:
    left, top, right, bottom = (side * size[1] for side in box)
    layer = Layer(0, 0, *size)
    if kind == "bag":
        layer.capsule((left + (right - left) * 0.25, top), (left + (right - left) * 0.75, top), 3, 3, colour, 0.9)
        layer.box(left, top + (bottom - top) * 0.12, right, bottom, colour, rounding=(right - left) * 0.15)
        layer.box(left + 2, bottom - (bottom - top) * 0.35, right - 2, bottom - 2, tuple(c * 0.7 for c in colour))  # type: ignore[arg-type]  # three stay three
    else:
        layer.box(left, top, right, bottom, colour)
        for line in range(1, 5):
            y = top + (bottom - top) * line / 5.5
            layer.capsule((left + 2, y), (right - 2, y), 0.6, 0.6, (120, 124, 130))
    rows, columns = np.flatnonzero(layer.alpha.any(axis=1)), np.flatnonzero(layer.alpha.any(axis=0))
    y0, x0 = int(rows[0]) & ~1, int(columns[0]) & ~1
    return Patch(x0, y0, yuva_of(layer)[y0 : int(rows[-1]) + 1, x0 : int(columns[-1]) + 1])
