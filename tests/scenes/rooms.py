"""Empty rooms to stand in: drawn ones, each different, and the real clip's."""

from __future__ import annotations

from random import Random

import numpy as np

from mihariban.recorder.sources.scene.raster import Colour, Layer

from .actors import View
from .cutouts import empty_frame
from .picture import Floats, Frame, Patch, blurred, frame_of, place

_WALLS: tuple[Colour, ...] = ((214, 210, 200), (190, 198, 204), (176, 168, 154), (150, 160, 150), (226, 222, 216))
_FLOORS: tuple[Colour, ...] = ((150, 112, 78), (128, 128, 126), (172, 164, 150), (96, 92, 90), (186, 150, 110))


def drawn_room(size: tuple[int, int], seed: int, floor_from: float | None = None) -> Frame:
    """Wall, floor with joints, a window or a door, furniture along the wall, light falling off to one side, texture.

    ``floor_from`` sets where the floor begins, as a share of the height.
    """
    random, numbers = Random(seed), np.random.default_rng(seed)
    width, height = size
    layer = Layer(0, 0, width, height)
    horizon = height * (floor_from or random.uniform(0.5, 0.68))
    wall, floor = random.choice(_WALLS), random.choice(_FLOORS)
    layer.box(-2, -2, width + 2, horizon, wall)
    layer.box(-2, horizon, width + 2, height + 2, floor)
    _joints(layer, random, size, horizon, floor)
    layer.box(-2, horizon - height * 0.02, width + 2, horizon, tuple(c * 0.6 for c in wall))  # type: ignore[arg-type]  # three stay three
    for _ in range(random.randint(2, 4)):
        _furniture(layer, random, size, horizon)
    fall = np.linspace(random.uniform(0.85, 1.1), random.uniform(0.85, 1.1), width, dtype=np.float32)[None, :]
    layer.shade(fall * np.linspace(1.05, 0.92, height, dtype=np.float32)[:, None])
    texture = blurred(numbers.normal(0, 6, (height, width)).astype(np.float32), 1)
    rgb = np.clip(layer.rgba[..., :3] + texture[..., None], 4, 250).astype(np.uint8)
    return frame_of(rgb)


def _joints(layer: Layer, random: Random, size: tuple[int, int], horizon: float, floor: Colour) -> None:
    width, height = size
    dark: Colour = (floor[0] * 0.82, floor[1] * 0.82, floor[2] * 0.82)
    vanishing = width * random.uniform(0.3, 0.7)
    for number in range(-10, 11):
        near = vanishing + number * width * 0.22
        layer.capsule((vanishing + number * width * 0.06, horizon), (near, height), 0.3, 0.9, dark, 0.8)
    for share in (0.08, 0.2, 0.38, 0.65):
        y = horizon + (height - horizon) * share
        layer.capsule((0, y), (width, y), 0.5, 0.5, dark, 0.7)


def _furniture(layer: Layer, random: Random, size: tuple[int, int], horizon: float) -> None:
    width, height = size
    x, wide = random.uniform(0, 0.8) * width, random.uniform(0.12, 0.28) * width
    tone = random.choice(((92, 104, 120), (206, 198, 180), (120, 86, 60), (236, 238, 240), (70, 96, 84)))
    kind = random.choice(("window", "door", "shelf", "poster", "counter"))
    top = {"window": 0.06, "door": 0.1, "shelf": 0.22, "poster": 0.15, "counter": 0.36}[kind] * height
    bottom = {"window": 0.4, "door": 1, "shelf": 1, "poster": 0.36, "counter": 1.08}[kind]
    low = horizon * bottom if kind in ("door", "shelf", "counter") else height * bottom
    layer.box(x - 2, top - 2, x + wide + 2, low, (tone[0] * 0.7, tone[1] * 0.7, tone[2] * 0.7))
    layer.box(x, top, x + wide, low - 2, tone)
    for number in range(1, 4):
        if kind == "shelf":
            layer.box(x, top + (low - top) * number / 4, x + wide, top + (low - top) * number / 4 + 2, (50, 46, 44))
        elif kind == "window":
            middle = x + wide * number / 4
            layer.box(middle - 0.8, top, middle + 0.8, low, (150, 156, 160))


def real_room(where: View) -> Frame:
    """The real clip's empty scene under a view."""
    frame = empty_frame()
    colour = np.repeat(np.repeat(frame.chroma, 2, 0), 2, 1)
    source = np.concatenate([frame.luma[..., None], colour, np.ones((*frame.luma.shape, 1), np.float32)], axis=2)
    room = frame_of(np.full((where.size[1], where.size[0], 3), 128, np.uint8))
    patch = place(source, where.size, where.left, where.top, where.scale, where.mirror)
    if patch is None:
        raise ValueError("the view shows nothing of the clip")
    solid = np.maximum(patch.yuva[..., 3:], 1e-3)  # the clip's own edge is soft over half a pixel: no seam
    room.lay(Patch(patch.left, patch.top, np.concatenate([patch.yuva[..., :3] / solid, np.ones_like(solid)], axis=2)))
    return room


def daylight(size: tuple[int, int], seed: int) -> Floats:
    """Where the light of a window falls: soft, 0-1, shape (height, width)."""
    random = Random(seed)
    width, height = size
    xs = (np.arange(width, dtype=np.float32) / width)[None, :]
    ys = (np.arange(height, dtype=np.float32) / height)[:, None]
    x, y = random.uniform(0, 1), random.uniform(0, 0.8)
    return np.asarray(np.exp(-(((xs - x) / 0.55) ** 2) - ((ys - y) / 0.6) ** 2), np.float32)
