"""What light and camera do to a picture: lamps, sun, exposure, mains flicker, grain."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np

from .picture import Floats, Frame

Envelope = tuple[tuple[float, float], ...]  # (seconds, value), linear between, level outside
_TILES = 6


@dataclass(frozen=True)
class Light:
    """Light over time.

    Attributes:
        gain: of the whole picture, 1 = as drawn.
        sun: weight of the window's pattern, added to the gain, 0 = none.
        colour: of the chroma, 1 = full.
        grain: standard deviation of the sensor's noise, grey levels; grows as the gain falls (the camera amplifies).
        flicker: amplitude of the mains flicker as a share of brightness, its beat in Hz, and bands in the picture.
    """

    gain: Envelope = ((0.0, 1.0),)
    sun: Envelope = ((0.0, 0.0),)
    colour: Envelope = ((0.0, 1.0),)
    grain: float = 2.0
    flicker: tuple[float, float, float] = (0.0, 0.0, 0.0)


def value(envelope: Envelope, t: float) -> float:
    """The envelope at a moment."""
    return float(np.interp(t, [point[0] for point in envelope], [point[1] for point in envelope]))


@dataclass
class Camera:
    """Applies a light to frames of one size, with grain that differs in every frame but not in every run."""

    light: Light
    size: tuple[int, int]
    pattern: Floats
    seed: int
    _tiles: list[Floats] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._random = np.random.default_rng(self.seed)
        width, height = self.size
        for _ in range(_TILES):
            raw = self._random.normal(0, 1, (height + 33, width + 65)).astype(np.float32)
            grain = 0.8 * raw[1:, 1:] + 0.42 * raw[:-1, 1:] + 0.42 * raw[1:, :-1]  # a pixel knows its neighbours
            self._tiles.append(grain / grain.std())

    def film(self, frame: Frame, t: float) -> None:
        """Light, expose and blur the frame with grain, in place."""
        light = self.light
        gain, sun, colour = value(light.gain, t), value(light.sun, t), value(light.colour, t)
        field_of: Floats | float = gain
        if sun:
            field_of = gain + np.float32(sun) * self.pattern
        if light.flicker[0]:
            field_of = field_of * self._beat(t)
        if not (isinstance(field_of, float) and field_of == 1.0):
            frame.luma -= 16
            frame.luma *= field_of
            frame.luma += 16
        if gain != 1.0 or colour != 1.0:
            frame.chroma -= 128
            frame.chroma *= np.float32(colour * min(1.0, gain) ** 0.5)
            frame.chroma += 128
        np.clip(frame.luma, 16, 235, out=frame.luma)
        self._grain(frame, light.grain * (1 + 0.8 * max(0.0, 1 - gain)))

    def _beat(self, t: float) -> Floats:
        share, hertz, bands = self.light.flicker
        rows = np.arange(self.size[1], dtype=np.float32)[:, None] / self.size[1]
        return np.asarray(1 + share * np.sin(2 * math.pi * (hertz * t + bands * rows)), np.float32)

    def _grain(self, frame: Frame, sigma: float) -> None:
        which, down, across = (int(n) for n in self._random.integers(0, (_TILES, 32, 64)))
        tile = self._tiles[which][down : down + self.size[1], across : across + self.size[0]]
        frame.luma += tile * np.float32(sigma)
        half = tile[::2, ::2] * np.float32(sigma * 0.3)
        frame.chroma[..., 0] += half
        frame.chroma[..., 1] -= half[:, ::-1]
