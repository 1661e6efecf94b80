"""``demo:`` a drawn kiosk scene, so that everything can be tried without a camera. Nobody in it exists."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta, timezone
from fractions import Fraction

import av
import numpy as np
from av.video.codeccontext import VideoCodecContext

from mihariban.base.clock import SECOND, Clock, SystemClock, to_datetime
from mihariban.recorder.errors import SourceAddressInvalid
from mihariban.recorder.packet import Packet, StreamConfig
from mihariban.recorder.sources.parameters import Parameters
from mihariban.recorder.sources.scene.digits import stamp
from mihariban.recorder.sources.scene.hall import draw_hall
from mihariban.recorder.sources.scene.raster import Bytes, Layer
from mihariban.recorder.sources.scene.script import SIZE, Actor, Script, day_script

DEMO_ZONE = ((0.2, 0.56), (0.8, 0.56), (0.8, 0.86), (0.2, 0.86))
"""Where a user of the drawn kiosk stands: fractions of the picture; the machine itself is below it."""

_TICKS = 90_000
_JAPAN = timezone(timedelta(hours=9))
_SEEN_SHARE = 0.01


@dataclass(frozen=True, slots=True)
class DrawnVisit:
    """What the drawing says of a visit: seconds from the start; ``handover`` where two people met."""

    enter: float
    leave: float
    handover: bool


_SCRIPTS = {"day": (False, 0.0), "live": (True, 0.0), "second": (True, 75.0)}
"""Whether it goes on for ever, and the second at which it begins."""


class DemoSource:
    """Packets of the drawn scene, encoded as they are drawn.

    Args:
        script: "day" plays once, "live" plays for ever; "second" too, with other people at other moments.
        starts_at: wall ns of the first picture.
        clock: gives the speed where ``real_time`` is asked for.
        real_time: deliver no picture before its moment.
        seed: other clothes and places.
        covered: seconds (from, to) in which something hangs before the lens.
    """

    live = False

    def __init__(
        self,
        *,
        script: str = "day",
        starts_at: int = 0,
        clock: Clock | None = None,
        real_time: bool = False,
        seed: int = 2016,
        fps: int = 10,
        gop_s: float = 2.0,
        covered: tuple[float, float] | None = None,
    ) -> None:
        if script not in _SCRIPTS:
            raise SourceAddressInvalid(source=f"demo:{script}", why=f"there are the scripts {', '.join(_SCRIPTS)}")
        self.name = f"demo:{script}"
        self._endless, self._ahead = _SCRIPTS[script]
        self._script: Script = day_script(seed if script != "second" else seed + 1)
        self._starts_at = starts_at
        self._clock = clock or SystemClock()
        self._real_time = real_time
        self._seed = seed
        self._fps = fps
        self._gop_s = gop_s
        self._covered = covered

    def packets(self, stop: threading.Event) -> Iterator[Packet]:
        """Draw, encode and deliver until the script ends or ``stop`` is set."""
        encoder = self._encoder()
        parameters = Parameters(StreamConfig("h264", *SIZE, Fraction(1, _TICKS), b"", "annexb"))
        began = self._clock.monotonic()
        for number, picture in enumerate(self.frames()):
            if stop.is_set():
                return
            since = number * SECOND // self._fps
            if self._real_time:
                self._clock.wait(stop, max(0, began + since - self._clock.monotonic()) / SECOND)
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24").reformat(format="yuv420p")
            frame.pts, frame.time_base = number * _TICKS // self._fps, Fraction(1, _TICKS)
            for raw in encoder.encode(frame):
                data, pts, dts = bytes(raw), raw.pts or 0, raw.dts or 0
                parameters.head(data)
                wall, monotonic = (at + pts * SECOND // _TICKS for at in (self._starts_at, began))
                yield Packet(data, pts, dts, raw.is_keyframe, wall, monotonic, parameters.config)

    def frames(self) -> Iterator[Bytes]:
        """The pictures, shape (360, 640, 3), RGB."""
        hall = draw_hall(*SIZE)
        rng = np.random.default_rng(self._seed)
        noise = np.clip(rng.normal(3, 1.6, (SIZE[1] + 32, SIZE[0] + 32, 1)), 0, 6).astype(np.uint8)
        number = 0
        while self._endless or number < self._script.seconds * self._fps:
            t = number / self._fps + self._ahead
            picture = hall.copy()
            for layer in self._script.at(t % self._script.seconds):
                layer.onto(picture)
            self._script.kiosk(t % self._script.seconds).onto(picture)
            if self._covered and self._covered[0] <= t < self._covered[1]:
                picture[:] = 14
            moment = to_datetime(self._starts_at + number * SECOND // self._fps, _JAPAN)
            stamp(picture, f"{moment:%Y-%m-%d %H:%M:%S}", 8, 8, dot=2)
            y, x = rng.integers(0, 32, 2)
            np.minimum(picture, 249, out=picture)  # room for the grain, which lifts by 0 to 6
            picture += noise[y : y + SIZE[1], x : x + SIZE[0]]
            yield picture
            number += 1

    def truth(self) -> list[DrawnVisit]:
        """The visits as drawn: somebody covers at least one hundredth of the zone."""
        spans = sorted(span for actor in self._script.actors if (span := _in_zone(actor)) is not None)
        visits: list[DrawnVisit] = []
        for enter, leave in spans:
            if visits and enter <= visits[-1].leave:
                visits[-1] = DrawnVisit(visits[-1].enter, max(leave, visits[-1].leave), handover=True)
            else:
                visits.append(DrawnVisit(enter, leave, handover=False))
        return visits

    def _encoder(self) -> VideoCodecContext:
        encoder = VideoCodecContext.create("libx264", "w")
        if not isinstance(encoder, VideoCodecContext):
            raise TypeError("libx264 is no video codec")
        encoder.width, encoder.height = SIZE
        encoder.pix_fmt = "yuv420p"
        encoder.time_base = Fraction(1, _TICKS)
        encoder.framerate = Fraction(self._fps)
        encoder.gop_size = max(1, round(self._gop_s * self._fps))
        encoder.thread_count = 1
        encoder.options = {"preset": "superfast", "tune": "zerolatency", "crf": "26", "sc_threshold": "0"}
        return encoder


def _in_zone(actor: Actor) -> tuple[float, float] | None:
    """First and last moment, at ten a second, at which one person is in the zone; None for a passer-by."""
    numbers = range(int(actor.begins * 10), int(actor.ends * 10) + 1)
    first = next((number for number in numbers if _covers(actor.layer(number / 10))), None)
    if first is None:
        return None
    last = next(number for number in reversed(numbers) if _covers(actor.layer(number / 10)))
    return first / 10, (last + 1) / 10


def _covers(layer: Layer | None) -> bool:
    if layer is None:
        return False
    left, top = round(DEMO_ZONE[0][0] * SIZE[0]), round(DEMO_ZONE[0][1] * SIZE[1])
    right, bottom = round(DEMO_ZONE[2][0] * SIZE[0]), round(DEMO_ZONE[2][1] * SIZE[1])
    part = layer.alpha[
        max(0, top - layer.top) : max(0, bottom - layer.top), max(0, left - layer.left) : max(0, right - layer.left)
    ]
    return bool((part > 0.5).sum() > _SEEN_SHARE * (right - left) * (bottom - top))
