"""The machine itself, seen by the camera on its upper rear: its lid, the screen at a flat angle, the tray for paper."""

from __future__ import annotations

from functools import lru_cache

from mihariban.recorder.sources.scene.raster import Colour, Layer, Point

TOP = 0.87
"""Where the machine begins: share of the picture's height; the zone ends above it."""

_PAGES: tuple[Colour, ...] = ((96, 150, 214), (120, 190, 150), (236, 200, 110), (214, 150, 170))
_LID: Colour = (226, 228, 230)


@lru_cache(maxsize=16)
def draw_kiosk(size: tuple[int, int], page: int, paper: bool) -> Layer:
    """The machine with one of its pages on the screen; with ``paper``, a sheet lies in its tray."""
    width, height = size
    top = round(TOP * height)
    layer = Layer(0, top, width, height - top)

    def at(across: float, down: float) -> Point:
        """A point of the lid: -1 to 1 across, 0 (far edge) to 1 (near edge); the lid widens towards the camera."""
        return width * (0.5 + across * (0.27 + 0.07 * down)), top + 4 + down * (height - top)

    layer.polygon([at(-1, 0), at(1, 0), at(1, 1.2), at(-1, 1.2)], (168, 172, 178), rounding=3)
    layer.polygon([at(-0.98, 0.1), at(0.98, 0.1), at(0.98, 1.2), at(-0.98, 1.2)], _LID)
    layer.polygon([at(-0.5, 0.24), at(0.5, 0.24), at(0.5, 0.86), at(-0.5, 0.86)], (54, 60, 70), rounding=2)
    layer.polygon([at(-0.47, 0.3), at(0.47, 0.3), at(0.47, 0.8), at(-0.47, 0.8)], _PAGES[page % len(_PAGES)])
    for line in range(2 + page % 2):
        down = 0.42 + 0.13 * line
        layer.capsule(at(-0.38, down), at(0.1 + 0.1 * (page % 3), down), 1.4, 1.4, (250, 250, 250), 0.85)
    layer.polygon([at(0.62, 0.3), at(0.9, 0.3), at(0.9, 0.74), at(0.62, 0.74)], (150, 154, 160), rounding=1)
    if paper:
        layer.polygon([at(0.66, 0.14), at(0.88, 0.18), at(0.86, 0.66), at(0.65, 0.62)], (252, 251, 246))
        layer.capsule(at(0.69, 0.3), at(0.83, 0.32), 0.9, 0.9, (150, 156, 168))
    return layer
