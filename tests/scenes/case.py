"""One labelled recording: its pictures, its compressed packets, and the truth about who was in the zone when.

Truth, precisely: somebody is in the zone at a picture when the part of the zone's area that their body covers (cover
over one half) is at least ``ZONE_SHARE``. A visit lasts from the first such picture of a group of people until the
last one, plus one picture's time. This is the reading of the real clip's truth (0.4 % of the pixels). Passers-by touch
the zone for at most ``PASSING_S``, less than the recorder's start delay of 1.5 s, and are not visits. Shadows and
reflections drawn with the people are not part of them; those filmed with the cut-out people may be, faintly.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from pathlib import Path

import av
import numpy as np
from av.video.codeccontext import VideoCodecContext
from numpy.typing import NDArray

from mihariban.base.clock import SECOND
from mihariban.recorder.packet import Packet, StreamConfig
from mihariban.recorder.sources.scene import digits
from mihariban.recorder.sources.scene.raster import Layer

from .actors import Actor, Faint
from .light import Camera, Light
from .picture import Bytes, Floats, Frame, Patch
from .rooms import daylight

ZONE_SHARE = 0.004
PASSING_S = 1.2
STARTS_AT = 1_767_571_200 * SECOND  # Monday 2026-01-05 09:00 in Japan
TICKS = 90_000
Zone = tuple[tuple[float, float], ...]  # corners as fractions of the picture; empty = the whole picture


@dataclass(frozen=True, slots=True)
class Visit:
    """One true visit, seconds from the start of the case.

    Attributes:
        handover: people changed without an empty zone.
        left_behind: the visitor left a thing that stays.
    """

    enter_s: float
    leave_s: float
    handover: bool = False
    left_behind: bool = False


@dataclass(frozen=True)
class Group:
    """People who make one visit: more than one where the place is handed over."""

    people: tuple[Actor, ...]
    handover: bool = False
    left_behind: bool = False


@dataclass(frozen=True)
class Screen:
    """The machine's own screen in the picture, which changes whether or not somebody is there.

    ``box`` is left, top, right, bottom as fractions; a page lasts ``page_s`` and slides in over half a second; where
    ``film`` is set something moves on it all the time.
    """

    box: tuple[float, float, float, float]
    page_s: float
    film: bool
    seed: int

    def onto(self, frame: Frame, t: float) -> None:
        height, width = frame.luma.shape
        x0, y0, x1, y1 = (
            int(side * unit) & ~1 for side, unit in zip(self.box, (width, height, width, height), strict=True)
        )
        page = np.random.default_rng((self.seed, int(t / self.page_s)))
        tone = page.uniform(60, 215, 4)
        luma, part = frame.luma[y0:y1, x0:x1], max(1, (y1 - y0) // 4)
        luma[:] = tone[0]
        for bar in range(1, 4):
            wide = int((x1 - x0) * page.uniform(0.3, 0.95))
            luma[bar * part : bar * part + max(1, part // 2), 2:wide] = tone[bar]
        if self.film:
            luma[:, int((t * 0.4 % 1) * (x1 - x0)) :][:, : (x1 - x0) // 5] = 225
        frame.chroma[y0 // 2 : y1 // 2, x0 // 2 : x1 // 2] = page.uniform(100, 156, 2)


@dataclass(frozen=True)
class Case:
    """A recording of ``duration_s`` seconds with its truth. Everything follows from these fields; no chance later.

    Attributes:
        things: what is put down in view, in front of the empty room, behind the people.
        passers: people who are not visits.
        stamp: burnt-in clock: size of a dot in pixels and corner 0-3, or None.
        front: a counter's edge in front of everybody, or None.
        parts: the recorder runs between these seconds; one part, or two where it was interrupted.
        gop_s, crf: key frame distance and quality of the x264 stream.
        real: needs the real clip.
    """

    name: str
    condition: str
    seed: int
    duration_s: float
    fps: int
    size: tuple[int, int]
    zone: Zone
    room: Frame = field(compare=False, repr=False)
    groups: tuple[Group, ...] = ()
    passers: tuple[Actor, ...] = ()
    things: tuple[Actor, ...] = ()
    screen: Screen | None = None
    front: Patch | None = field(default=None, compare=False, repr=False)
    stamp: tuple[int, int] | None = None
    light: Light = field(default_factory=Light)
    parts: tuple[tuple[float, float], ...] = ()
    gop_s: float = 2.0
    crf: int = 26
    real: bool = False

    @property
    def interrupted(self) -> tuple[float, float] | None:
        """Seconds between which the recorder was down, or None."""
        return (self.parts[0][1], self.parts[1][0]) if len(self.parts) == 2 else None

    @cached_property
    def truth(self) -> tuple[Visit, ...]:
        """The visits, in order."""
        found = []
        for group in self.groups:
            times = self._present(group.people)
            found.append(Visit(times[0], round(times[-1] + 1 / self.fps, 3), group.handover, group.left_behind))
        return tuple(sorted(found, key=lambda visit: visit.enter_s))

    @cached_property
    def zone_mask(self) -> NDArray[np.bool_]:
        """The zone's pixels, shape (height, width)."""
        width, height = self.size
        if not self.zone:
            return np.ones((height, width), bool)
        layer = Layer(0, 0, width, height)
        layer.polygon([(x * width, y * height) for x, y in self.zone], (0, 0, 0))
        return np.asarray(layer.alpha > 0.5)

    def share(self, actor: Actor, t: float) -> float:
        """Part of the zone's area covered by an actor at a moment, 0-1."""
        patch = actor.at(t)
        if patch is None:
            return 0.0
        height, width = patch.yuva.shape[:2]
        zone = self.zone_mask[patch.top : patch.top + height, patch.left : patch.left + width]
        return float(((patch.yuva[..., 3] > 0.5) & zone).sum() / self.zone_mask.sum())

    def _present(self, people: tuple[Actor, ...]) -> list[float]:
        """First and last picture at which one of the people is in the zone."""
        ends = []
        for backwards in (False, True):
            reached = []
            for actor in people:
                begin, end = (round(second * self.fps) for second in actor.span())
                numbers = range(end + 1, begin - 2, -1) if backwards else range(begin - 1, end + 2)
                hit = next((n for n in numbers if self.share(actor, n / self.fps) >= ZONE_SHARE), None)
                if hit is None:
                    raise ValueError(f"{self.name}: somebody never enters the zone")
                reached.append(hit)
            ends.append(round((max(reached) if backwards else min(reached)) / self.fps, 3))
        return ends

    def drawn(self, t: float) -> Frame:
        """The picture at a moment before light and camera had their way."""
        frame = self.room.copy()
        if self.screen:
            self.screen.onto(frame, t)
        for actor in (*self.things, *self.passers, *(one for group in self.groups for one in group.people)):
            _put(frame, actor, t)
        if self.front:
            frame.lay(self.front)
        return frame

    def frames(self, part: int = 0) -> Iterator[tuple[float, Bytes]]:
        """Pictures of one part: (seconds from the start of the case, yuv420p of shape (height * 3 / 2, width))."""
        begin, end = self.parts[part] if self.parts else (0.0, self.duration_s)
        camera = Camera(self.light, self.size, daylight(self.size, self.seed), self.seed * 2 + part)
        for number in range(round(begin * self.fps), round(end * self.fps)):
            t = number / self.fps
            frame = self.drawn(t)
            camera.film(frame, t)
            if self.stamp:
                _clock(frame.luma, t, *self.stamp)
            yield t, frame.packed()

    def packets(self, part: int = 0, starts_at: int = STARTS_AT) -> Iterator[Packet]:
        """The same pictures through x264, as a camera sends them; ``wall`` counts from the start of the case."""
        encoder = encoder_for(self.size, self.fps, self.gop_s, self.crf)
        config: StreamConfig | None = None
        for t, picture in self.frames(part):
            frame = av.VideoFrame.from_ndarray(picture, format="yuv420p")
            frame.pts = round(t * TICKS)
            frame.time_base = Fraction(1, TICKS)
            for raw in encoder.encode(frame):
                config = config or _config(encoder)
                yield _packet(raw, config, starts_at)
        for raw in encoder.encode(None):
            if config:
                yield _packet(raw, config, starts_at)

    def encode(self, path: Path, part: int = 0) -> Path:
        """Write one part as an MP4 file; its first picture is second 0 of the file."""
        with av.open(str(path), "w") as container:
            stream = container.add_stream("libx264", rate=self.fps)
            stream.width, stream.height, stream.pix_fmt = *self.size, "yuv420p"
            stream.codec_context.gop_size = round(self.gop_s * self.fps)
            stream.options = {"preset": "superfast", "crf": str(self.crf), "bf": "0", "sc_threshold": "0"}
            for _, picture in self.frames(part):
                container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="yuv420p")))
            container.mux(stream.encode(None))
        return path


def _put(frame: Frame, actor: Actor, t: float) -> None:
    begin, end = actor.span()
    patch: Patch | None = actor.at(t) if begin <= t <= end else None
    if patch is None:
        return
    if isinstance(actor, Faint):
        height, width = patch.yuva.shape[:2]
        frame.luma[patch.top : patch.top + height, patch.left : patch.left + width] += (
            np.float32(actor.levels) * patch.yuva[..., 3]
        )
    else:
        frame.lay(patch)


def _clock(luma: Floats, t: float, dot: int, corner: int) -> None:
    seconds = int(9 * 3600 + t)
    words = f"2026-01-05 {seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    mask = digits.text(words, dot)
    top = 4 if corner < 2 else luma.shape[0] - mask.shape[0] - 4
    left = 4 if corner % 2 == 0 else luma.shape[1] - mask.shape[1] - 4
    part = luma[top : top + mask.shape[0], max(0, left) : max(0, left) + mask.shape[1]]
    part[...] = np.where(mask[:, : part.shape[1]], 235, part * 0.55)


def encoder_for(size: tuple[int, int], fps: int, gop_s: float, crf: int) -> VideoCodecContext:
    """An x264 encoder as cameras have them: no reordering, key frames at a fixed distance."""
    encoder = VideoCodecContext.create("libx264", "w")
    assert isinstance(encoder, VideoCodecContext)
    encoder.width, encoder.height = size
    encoder.pix_fmt = "yuv420p"
    encoder.time_base = Fraction(1, TICKS)
    encoder.framerate = Fraction(fps)
    encoder.gop_size = max(1, round(gop_s * fps))
    encoder.thread_count = 1
    encoder.options = {"preset": "superfast", "tune": "zerolatency", "crf": str(crf), "sc_threshold": "0"}
    return encoder


def _config(encoder: VideoCodecContext) -> StreamConfig:
    extradata = bytes(encoder.extradata or b"")
    return StreamConfig("h264", encoder.width, encoder.height, Fraction(1, TICKS), extradata, "annexb")


def _packet(raw: av.Packet, config: StreamConfig, starts_at: int) -> Packet:
    pts, dts = raw.pts or 0, raw.dts or 0
    since = pts * SECOND // TICKS
    return Packet(bytes(raw), pts, dts, raw.is_keyframe, starts_at + since, SECOND + since, config)
