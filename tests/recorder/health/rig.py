"""A camera's health under test: pictures shown at turned times, findings collected."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from mihariban.base.clock import SECOND, TurnedClock
from mihariban.recorder.health.health import Finding, Health
from mihariban.recorder.health.inspector import CameraHealth
from mihariban.recorder.presence.arrays import shrink

START = 1_767_571_200 * SECOND
Luma = NDArray[np.uint8]


@dataclass
class Rig:
    """Shows pictures to a camera's health, one each ``pace`` seconds."""

    pace: float = 2.0
    options: dict[str, object] = field(default_factory=dict)
    permitted: Callable[[int], bool] = lambda _: True

    def __post_init__(self) -> None:
        self.clock = TurnedClock(START)
        self.begun: list[Finding] = []
        self.ended: list[Finding] = []
        self.told: list[tuple[str, float]] = []
        self.health = Health(self.clock, on_begin=self._begin, on_end=self.ended.append)
        self.camera = CameraHealth("cam1", self.health, permitted=self._permitted, **self.options)  # type: ignore[arg-type]  # a test's own options

    def _permitted(self, wall: int) -> bool:
        return self.permitted(wall)

    def _begin(self, finding: Finding) -> None:
        self.begun.append(finding)
        self.told.append((finding.kind.value, self.now))

    @property
    def now(self) -> float:
        return (self.clock.wall() - START) / SECOND

    def show(self, luma: Luma, *, key: bool = True) -> None:
        small = shrink(luma, max(1, round(luma.shape[1] / 192)))
        self.camera.picture(self.clock.wall(), small, luma, key)
        self.tick()
        self.clock.turn(round(self.pace * SECOND))

    def tick(self) -> None:
        self.camera.tick(self.clock.wall())
        self.health.tick(self.clock.wall(), self.clock.monotonic())

    def silence(self, seconds: float) -> None:
        for _ in range(round(seconds)):
            self.tick()
            self.clock.turn(SECOND)

    @property
    def kinds(self) -> list[str]:
        return [finding.kind.value for finding in self.begun]


def hall(seed: int = 3, size: tuple[int, int] = (576, 324)) -> NDArray[np.float32]:
    """A place with walls, a counter and posters, drawn; levels."""
    rng = np.random.default_rng(seed)
    width, height = size
    picture = np.full((height, width), 120, np.float32)
    for _ in range(60):
        x, y = rng.integers(0, width - 40), rng.integers(0, height - 30)
        picture[y : y + rng.integers(8, 90), x : x + rng.integers(8, 120)] = rng.integers(40, 210)
    return (picture + np.roll(picture, 1, 0) + np.roll(picture, 1, 1)) / 3


def filmed(picture: NDArray[np.float32], number: int, grain: float = 1.5) -> Luma:
    """With grain that differs from picture to picture."""
    noise = np.random.default_rng(number).normal(0, grain, picture.shape) if grain else 0
    return np.clip(picture + noise, 16, 235).astype(np.uint8)


def blurred(picture: NDArray[np.float32], sigma: float) -> NDArray[np.float32]:
    """Out of focus."""
    reach = int(3 * sigma) + 1
    kernel = np.exp(-(np.arange(-reach, reach + 1) ** 2) / (2 * sigma**2))
    kernel /= kernel.sum()
    wide = np.pad(picture, reach, "edge")
    wide = np.stack([np.convolve(row, kernel, "valid") for row in wide])
    return np.stack([np.convolve(row, kernel, "valid") for row in wide.T]).T.astype(np.float32)
