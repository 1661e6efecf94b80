"""The hall of a city hall as a kiosk's camera sees it: drawn once, then only people, screen light and grain change."""

from __future__ import annotations

import numpy as np

from mihariban.recorder.sources.scene.raster import Bytes, Colour, Layer

_SKY: Colour = (214, 232, 244)
_WALL: Colour = (232, 226, 212)
_FLOOR: Colour = (178, 168, 152)
_WOOD: Colour = (160, 122, 86)
_GREEN: Colour = (84, 128, 84)


def draw_hall(width: int, height: int) -> Bytes:
    """The empty scene, shape (height, width, 3)."""
    picture = np.zeros((height, width, 3), np.uint8)
    layer = Layer(0, 0, width, height)
    horizon = 0.42 * height
    layer.box(0, 0, width, horizon, _WALL)
    layer.box(0, horizon, width, height, _FLOOR)
    for number in range(9):  # tiles that run towards the camera
        far, near = width * (0.5 + (number - 4) * 0.07), width * (0.5 + (number - 4) * 0.3)
        layer.capsule((far, horizon), (near, height), 0.6, 1.4, (164, 154, 140))
    for share in (0.5, 0.62, 0.8):
        layer.capsule((0, share * height), (width, share * height), 0.7, 0.9, (164, 154, 140))
    for left in (0.05, 0.2):  # windows
        layer.box(left * width, 0.07 * height, (left + 0.12) * width, 0.33 * height, _SKY, 3)
        layer.box((left + 0.058) * width, 0.07 * height, (left + 0.062) * width, 0.33 * height, (196, 190, 180))
    layer.box(0.62 * width, 0.25 * height, 0.97 * width, 0.44 * height, _WOOD, 4)  # the counter
    layer.box(0.61 * width, 0.23 * height, 0.98 * width, 0.265 * height, (196, 160, 120), 3)
    layer.box(0.66 * width, 0.05 * height, 0.93 * width, 0.14 * height, (58, 92, 140), 4)  # its sign
    for line in (0.08, 0.11):
        layer.box(0.69 * width, line * height, 0.9 * width, (line + 0.012) * height, (226, 234, 244))
    layer.box(0.425 * width, 0.36 * height, 0.475 * width, 0.46 * height, (146, 94, 70), 3)  # a plant
    for across, up in ((0.43, 0.3), (0.45, 0.25), (0.47, 0.3), (0.44, 0.34), (0.465, 0.34)):
        layer.ellipse(across * width, up * height, 0.018 * width, 0.05 * height, _GREEN)
    layer.onto(picture)
    shade = np.linspace(1.04, 0.88, height, dtype=np.float32)[:, None, None]
    return np.asarray(np.clip(picture * shade, 0, 255), np.uint8)
