"""Whether a camera's clock is right, from what it says by ONVIF and by RTCP. The two may disagree: each is named."""

from __future__ import annotations

import threading
from statistics import median_low
from typing import Final, Literal

import structlog

from mihariban.base.clock import DAY, SECOND, Clock
from mihariban.recorder.health.camera_clock import CameraTime
from mihariban.recorder.health.health import Health
from mihariban.recorder.health.kinds import FindingKind

_log = structlog.get_logger(__name__)

Source = Literal["onvif", "rtcp"]

NOT_WALL_TIME: Final = 366 * DAY
"""RTCP permits the time since switching on instead of the date, and many cameras send it, counted from 1900, 1970 or
2000. A report further off than this is taken for such: the clock is unknown then, not wrong."""
FRESH: Final = 120 * SECOND
"""What was told longer ago than this (ns) counts no more."""
REPORTS: Final = 3
"""So many reports are judged together, by their median: one that was held up on its way does not count."""
EASE: Final = SECOND
"""A wrong clock is right again when it is so much (ns) inside the limit: at its edge nothing flaps."""


class CameraClock:
    """One camera's clock. Told from several threads.

    Args:
        camera: its name, the subject of the finding.
        health: where the finding goes.
        clock: ages what was told.
        most_s: seconds by which the camera's clock may be off.
    """

    def __init__(self, camera: str, health: Health, clock: Clock, most_s: float) -> None:
        self._camera, self._health, self._clock = camera, health, clock
        self._most = round(most_s * SECOND)
        self._lock = threading.Lock()
        self._told: dict[Source, tuple[int, int]] = {}  # (ahead, monotonic)
        self._reports: list[tuple[int, int]] = []
        self._odd = False

    def onvif(self, told: CameraTime) -> None:
        """It answered; any deviation counts, for this is asked of nothing but its clock."""
        with self._lock:
            self._take("onvif", round(told.deviation_s * SECOND))

    def rtcp(self, ahead: int) -> None:
        """A sender report told how far the clock is ahead of ours, ns."""
        with self._lock:
            if abs(ahead) > NOT_WALL_TIME:
                self._not_wall_time()
                return
            self._odd = False
            since = self._clock.monotonic() - FRESH
            recent = [each for each in self._reports if each[1] >= since]
            self._reports = [*recent, (ahead, self._clock.monotonic())][-REPORTS:]
            if len(self._reports) == REPORTS:
                self._take("rtcp", median_low(each for each, _ in self._reports))

    def deviations(self) -> dict[Source, int]:
        """How far the clock is ahead by each source that told it lately, ns; empty: unknown."""
        with self._lock:
            return self._fresh()

    def _fresh(self) -> dict[Source, int]:
        since = self._clock.monotonic() - FRESH
        return {source: ahead for source, (ahead, when) in self._told.items() if when >= since}

    def _take(self, source: Source, ahead: int) -> None:
        self._told[source] = (ahead, self._clock.monotonic())
        figures = {"source": source, "deviation_ms": _ms(ahead), "threshold_ms": _ms(self._most)}
        others = {f"{each}_ms": _ms(its) for each, its in self._fresh().items() if each != source}
        if self._beyond(ahead):
            self._health.observe(FindingKind.CAMERA_CLOCK_WRONG, self._camera, True, {**figures, **others})
        else:
            self._fine()

    def _fine(self) -> None:
        """This source finds nothing wrong, or nothing at all; another that does is not overruled."""
        if not any(map(self._beyond, self._fresh().values())):
            self._health.observe(FindingKind.CAMERA_CLOCK_WRONG, self._camera, False)

    def _beyond(self, ahead: int) -> bool:
        ease = EASE if self._health.lasting(FindingKind.CAMERA_CLOCK_WRONG, self._camera) else 0
        return abs(ahead) > self._most - ease

    def _not_wall_time(self) -> None:
        self._reports.clear()
        if not self._odd:
            _log.info("the camera's RTCP reports do not tell the date", camera=self._camera)
        self._odd = True
        if self._told.pop("rtcp", None) is not None:
            self._fine()


def _ms(nanoseconds: int) -> int:
    return round(nanoseconds / 1_000_000)
