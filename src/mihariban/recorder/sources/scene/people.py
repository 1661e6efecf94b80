"""Drawn people: no likeness of anybody, one jointed figure in many clothes.

The figure is modelled upright with its height as the unit (feet 0, crown 1) and drawn at any size, so that the same
person far away shows whole and near the camera fills the picture from the waist up.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from random import Random

import numpy as np

from mihariban.recorder.sources.scene.raster import Colour, Floats, Layer, Point

SKIN: tuple[Colour, ...] = ((244, 208, 178), (230, 188, 154), (206, 160, 124), (160, 112, 82), (250, 220, 196))
HAIR: tuple[Colour, ...] = ((34, 28, 28), (62, 44, 34), (104, 74, 48), (150, 146, 142), (204, 202, 200))
CLOTH: tuple[Colour, ...] = (
    (52, 74, 112),
    (168, 60, 58),
    (232, 226, 214),
    (78, 120, 92),
    (222, 178, 84),
    (120, 90, 130),
    (70, 74, 82),
    (142, 178, 204),
    (206, 134, 120),
    (96, 72, 56),
)
HAIR_STYLES = ("short", "long", "bun", "cap")


@dataclass(frozen=True, slots=True)
class Look:
    """What somebody wears. ``build`` is the width of the body, 1 = average; ``bag`` is None where none is carried."""

    skin: Colour
    hair: Colour
    top: Colour
    bottom: Colour
    style: str = "short"
    build: float = 1.0
    glasses: bool = False
    bag: Colour | None = None


@dataclass(frozen=True, slots=True)
class Pose:
    """How somebody stands.

    Attributes:
        turn: -1 looks left, 0 at the camera (or away from it), 1 right.
        back: seen from behind.
        stride: phase of the walk, radians; ``walking`` is how far the legs swing, 0-1.
        reach: how far the hands are at the machine, 0-1.
        tap: the right hand's offset while it types, -1 to 1.
        paper: 0-1, how far a sheet is held up.
        nod: head lowered, 0-1.
        lean: sideways sway of the head, in heights.
    """

    turn: float = 0.0
    back: bool = False
    stride: float = 0.0
    walking: float = 0.0
    reach: float = 0.0
    tap: float = 0.0
    paper: float = 0.0
    nod: float = 0.0
    lean: float = 0.0


def random_look(random: Random) -> Look:
    """Somebody in the crowd."""
    top, bottom = random.sample(CLOTH, 2)
    return Look(
        skin=random.choice(SKIN),
        hair=random.choice(HAIR),
        top=top,
        bottom=bottom,
        style=random.choice(HAIR_STYLES),
        build=random.uniform(0.88, 1.22),
        glasses=random.random() < 0.3,
        bag=random.choice(CLOTH) if random.random() < 0.4 else None,
    )


def darker(colour: Colour, factor: float) -> Colour:
    """``colour`` times ``factor``."""
    return (colour[0] * factor, colour[1] * factor, colour[2] * factor)


class _Figure:
    """The joints of one person in one pose, in pixels."""

    def __init__(self, x: float, feet: float, height: float, look: Look, pose: Pose) -> None:
        self.x, self.feet, self.unit = x, feet, height
        self.look, self.pose = look, pose
        self.narrow = 1 - 0.42 * abs(pose.turn)
        self.bob = 0.008 * abs(math.sin(pose.stride)) * pose.walking

    def at(self, across: float, up: float) -> Point:
        """A point of the body: ``across`` to the right and ``up`` from the feet, both in heights."""
        sway = self.pose.lean * max(0.0, up - 0.1)
        return self.x + (across + sway) * self.unit, self.feet - (up + self.bob) * self.unit

    def width(self, share: float) -> float:
        """A width of the body, narrowed by turning and widened by build."""
        return share * self.narrow * self.look.build


def draw_person(
    size: tuple[int, int], x: float, feet: float, height: float, look: Look, pose: Pose | None = None
) -> Layer | None:
    """One person as a layer cut to the picture, or None where nothing of them is in it.

    Args:
        size: width and height of the picture, pixels.
        x, feet: where the feet stand, pixels; may lie outside the picture.
        height: of the person, pixels.
    """
    figure = _Figure(x, feet, height, look, pose or Pose())
    half = 0.27 * height
    left, right = max(0, int(x - half)), min(size[0], int(x + half) + 1)
    top, bottom = max(0, int(feet - 1.08 * height)), min(size[1], int(feet + 0.03 * height) + 1)
    if left >= right or top >= bottom:
        return None
    layer = Layer(left, top, right - left, bottom - top)
    _legs(layer, figure)
    if figure.pose.back:
        _arms(layer, figure)
        _torso(layer, figure)
    else:
        _torso(layer, figure)
        _arms(layer, figure)
    _head(layer, figure)
    layer.shade(_light(layer, figure))
    return layer


def _light(layer: Layer, figure: _Figure) -> Floats:
    """Light from the left and above, as a hall has it from its windows."""
    height, width = layer.rgba.shape[:2]
    across = (np.arange(width, dtype=np.float32) + layer.left - figure.x) / (0.25 * figure.unit)
    up = (figure.feet - np.arange(height, dtype=np.float32) - layer.top) / figure.unit
    return np.asarray((1.0 - 0.11 * across)[None, :] * (0.8 + 0.22 * up)[:, None], np.float32)


def _legs(layer: Layer, figure: _Figure) -> None:
    unit, look, pose = figure.unit, figure.look, figure.pose
    swing = 0.1 * math.sin(pose.stride) * pose.walking
    hip = figure.width(0.05)
    for side in (-1, 1):
        step = side * swing * (0.35 + 0.65 * abs(pose.turn))
        lift = 0.03 * max(0.0, math.cos(pose.stride) * side) * pose.walking
        foot = figure.at(side * hip * 0.9 + step, 0.02 + lift)
        knee = figure.at(side * hip + step * 0.4, 0.27 + lift)
        layer.capsule(figure.at(side * hip, 0.5), knee, 0.05 * unit, 0.038 * unit, look.bottom)
        layer.capsule(knee, foot, 0.038 * unit, 0.026 * unit, darker(look.bottom, 0.92))
        toe = (foot[0] + 0.03 * unit * pose.turn, foot[1] + 0.008 * unit)
        layer.capsule(foot, toe, 0.026 * unit, 0.024 * unit, (44, 38, 36))


def _torso(layer: Layer, figure: _Figure) -> None:
    unit, look = figure.unit, figure.look
    shoulder, waist, hip = figure.width(0.092), figure.width(0.078), figure.width(0.082)
    outline = [
        figure.at(-shoulder, 0.79),
        figure.at(-shoulder * 0.42, 0.825),
        figure.at(shoulder * 0.42, 0.825),
        figure.at(shoulder, 0.79),
        figure.at(waist, 0.6),
        figure.at(hip, 0.48),
        figure.at(-hip, 0.48),
        figure.at(-waist, 0.6),
    ]
    layer.polygon(outline, look.top, rounding=0.022 * unit)
    if not figure.pose.back:
        collar = [figure.at(-0.03 * figure.narrow, 0.84), figure.at(0.03 * figure.narrow, 0.84), figure.at(0, 0.775)]
        layer.polygon(collar, darker(look.skin, 0.93), rounding=0.004 * unit)
        layer.capsule(figure.at(0, 0.76), figure.at(0, 0.5), 0.003 * unit, 0.003 * unit, darker(look.top, 0.78))
    if look.bag is not None:
        layer.capsule(
            figure.at(-shoulder, 0.82), figure.at(hip, 0.52), 0.008 * unit, 0.008 * unit, darker(look.bag, 0.7)
        )
        layer.box(*figure.at(hip - 0.03, 0.56), *figure.at(hip + 0.07, 0.44), look.bag, rounding=0.012 * unit)


def _arms(layer: Layer, figure: _Figure) -> None:
    unit, look, pose = figure.unit, figure.look, figure.pose
    shoulder = figure.width(0.108)
    swing = 0.07 * math.sin(pose.stride) * pose.walking
    sleeve = darker(look.top, 0.9)
    for side in (-1, 1):
        hanging = (side * (shoulder + 0.012) - side * swing, 0.44)
        busy = (side * 0.055 + (0.03 * pose.tap if side > 0 else 0), 0.53 + (0.025 * pose.tap if side > 0 else 0))
        held = (side * 0.045, 0.62)
        reach = max(pose.reach, pose.paper)
        goal = held if pose.paper > 0.5 else busy
        hand = figure.at(*(h + (g - h) * reach for h, g in zip(hanging, goal, strict=True)))
        elbow = figure.at(side * (shoulder + 0.02 + 0.018 * reach) - side * swing * 0.5, 0.62 - 0.02 * reach)
        layer.capsule(figure.at(side * shoulder, 0.785), elbow, 0.034 * unit, 0.028 * unit, sleeve)
        layer.capsule(elbow, hand, 0.027 * unit, 0.02 * unit, sleeve)
        layer.ellipse(*hand, 0.022 * unit, 0.024 * unit, look.skin)
    if pose.paper > 0.5 and not pose.back:
        sheet = [figure.at(-0.055, 0.66), figure.at(0.05, 0.67), figure.at(0.055, 0.555), figure.at(-0.05, 0.545)]
        layer.polygon(sheet, (250, 249, 244))
        for line in range(4):
            up = 0.64 - 0.022 * line
            layer.capsule(
                figure.at(-0.036, up), figure.at(0.034, up + 0.004), 0.002 * unit, 0.002 * unit, (170, 176, 186)
            )


def _head(layer: Layer, figure: _Figure) -> None:
    unit, look, pose = figure.unit, figure.look, figure.pose
    low = 0.018 * pose.nod
    middle = figure.at(0.012 * pose.turn, 0.915 - low)
    rx, ry = 0.05 * unit, 0.066 * unit
    if look.style == "long":
        layer.capsule(figure.at(0, 0.93 - low), figure.at(-0.01 * pose.turn, 0.8), rx * 1.16, rx * 1.22, look.hair)
    layer.capsule(figure.at(0, 0.87), figure.at(0, 0.81), 0.027 * unit, 0.032 * unit, darker(look.skin, 0.86))
    if pose.back:
        layer.ellipse(*middle, rx * 1.06, ry * 1.06, look.hair)
        if look.style == "bun":
            layer.ellipse(middle[0], middle[1] - 0.4 * ry, rx * 0.55, ry * 0.45, darker(look.hair, 1.25))
        if look.style == "long":
            layer.capsule(middle, figure.at(0, 0.79), rx * 1.05, rx * 1.1, look.hair)
        return
    _hair_behind(layer, look, middle, rx, ry)
    for side in (-1, 1):
        layer.ellipse(middle[0] + side * rx * 0.96, middle[1] + 0.1 * ry, rx * 0.17, ry * 0.18, darker(look.skin, 0.9))
    layer.ellipse(middle[0], middle[1] + 0.06 * ry, rx * 0.97, ry * 0.98, look.skin)
    _face(layer, figure, middle, rx, ry)
    _hair_front(layer, figure, middle, rx, ry)


def _hair_behind(layer: Layer, look: Look, middle: Point, rx: float, ry: float) -> None:
    if look.style == "bun":
        layer.ellipse(middle[0], middle[1] - 1.12 * ry, rx * 0.5, ry * 0.38, look.hair)
    layer.ellipse(middle[0], middle[1] - 0.12 * ry, rx * 1.1, ry * 1.02, look.hair)


def _face(layer: Layer, figure: _Figure, middle: Point, rx: float, ry: float) -> None:
    """Eyes, brows, nose and mouth as a few strokes: a face, nobody's."""
    look, pose = figure.look, figure.pose
    shift = 0.42 * rx * pose.turn
    down = 0.16 * ry * pose.nod
    ink: Colour = (58, 46, 44)
    for side in (-1, 1):
        eye = (middle[0] + shift + side * rx * 0.4 * (1 - 0.3 * abs(pose.turn)), middle[1] + 0.08 * ry + down)
        layer.ellipse(*eye, rx * 0.1, ry * 0.085, ink)
        brow = eye[1] - 0.24 * ry
        layer.capsule(
            (eye[0] - rx * 0.16, brow),
            (eye[0] + rx * 0.16, brow - 0.03 * ry),
            rx * 0.045,
            rx * 0.045,
            darker(look.hair, 0.9),
        )
        layer.ellipse(eye[0] + side * rx * 0.12, eye[1] + 0.34 * ry, rx * 0.17, ry * 0.1, (232, 142, 124), 0.28)
        if look.glasses:
            layer.ellipse(*eye, rx * 0.27, ry * 0.2, (70, 76, 90), 0.35)
            layer.ellipse(*eye, rx * 0.22, ry * 0.16, (236, 238, 240), 0.5)
            layer.ellipse(*eye, rx * 0.1, ry * 0.085, ink)
    nose = (middle[0] + shift * 1.25, middle[1] + 0.3 * ry + down)
    layer.ellipse(*nose, rx * 0.1, ry * 0.07, darker(look.skin, 0.86))
    mouth = middle[1] + 0.56 * ry + down * 0.8
    layer.capsule(
        (middle[0] + shift - rx * 0.2, mouth),
        (middle[0] + shift + rx * 0.2, mouth),
        rx * 0.045,
        rx * 0.045,
        (176, 92, 86),
    )


def _hair_front(layer: Layer, figure: _Figure, middle: Point, rx: float, ry: float) -> None:
    look = figure.look
    colour = look.top if look.style == "cap" else look.hair
    top = middle[1] - 0.42 * ry + 0.1 * ry * figure.pose.nod
    fringe = [
        (middle[0] - rx * 0.98, middle[1] + 0.02 * ry),
        (middle[0] - rx * 0.96, middle[1] - 0.5 * ry),
        (middle[0] - rx * 0.5, middle[1] - 0.96 * ry),
        (middle[0] + rx * 0.5, middle[1] - 0.96 * ry),
        (middle[0] + rx * 0.96, middle[1] - 0.5 * ry),
        (middle[0] + rx * 0.98, middle[1] + 0.02 * ry),
        (middle[0] + rx * 0.72, top + 0.1 * ry),
        (middle[0] - rx * 0.1, top - 0.06 * ry),
        (middle[0] - rx * 0.7, top + 0.16 * ry),
    ]
    layer.polygon(fringe, darker(colour, 1.06), rounding=0.06 * rx)
    if look.style == "cap":
        brim = (middle[0] + 0.5 * rx * figure.pose.turn, top + 0.06 * ry)
        layer.ellipse(*brim, rx * 1.02, ry * 0.17, darker(colour, 0.75))
