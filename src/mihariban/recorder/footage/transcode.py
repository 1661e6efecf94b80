"""Pictures coded anew as H.264, in memory and on one thread: for browsers without H.265, and for exact edges."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from typing import Any

import av
from av.codec.context import Flags
from av.video.codeccontext import VideoCodecContext
from av.video.frame import PictureType, VideoFrame

from mihariban.base.clock import SECOND
from mihariban.recorder.footage.boxes import TIMESCALE
from mihariban.recorder.footage.stored import Body, Picture
from mihariban.recorder.packet import StreamConfig
from mihariban.recorder.playback import decoder_for
from mihariban.recorder.sources import nal

_TIME_BASE = Fraction(1, TIMESCALE)
_ONE_GROUP = 1 << 20  # pictures; only the first is a key frame
EDGE_SET = 31  # number of the parameter sets of edges: none that a camera uses (14496-10, 7.4.2.1: 0 to 31)

Frames = Iterable[tuple[int, VideoFrame]]


def decoded(pictures: Iterable[Picture]) -> Iterator[tuple[int, VideoFrame]]:
    """Pictures of one coding decoded, in the order they are displayed, with their moments (wall ns)."""
    decoder: VideoCodecContext | None = None
    walls: dict[int, int] = {}
    for picture in pictures:
        decoder = decoder or decoder_for(picture.config)
        walls[picture.pts] = picture.wall
        raw = av.Packet(picture.data)
        raw.pts, raw.dts = picture.pts, picture.dts
        yield from _with_walls(decoder, raw, walls)
    if decoder is not None:
        yield from _with_walls(decoder, None, walls)


def _with_walls(
    decoder: VideoCodecContext, raw: av.Packet[Any] | None, walls: dict[int, int]
) -> Iterator[tuple[int, VideoFrame]]:
    for frame in decoder.decode(raw):
        if frame.pts in walls and not frame.is_corrupt:
            yield walls.pop(frame.pts), frame


class Recoder:
    """Encodes pictures of one size as H.264. Every stretch begins with an IDR picture and has no B pictures.

    Args:
        width, height: pixels; pictures of another size are scaled.
        origin: wall ns from which its ticks count.
        preset: of libx264.
        set_id: number of its parameter sets, so that they can stand beside a camera's.
        profile: of H.264, where it must be the camera's.
    """

    def __init__(
        self, width: int, height: int, origin: int, *, preset: str = "ultrafast", set_id: int = 0, profile: str = ""
    ) -> None:
        self._size = width, height
        self._origin = origin
        self._options = {"preset": preset, "crf": "20", "bf": "0", "x264-params": f"sps-id={set_id}:scenecut=0"}
        if profile:
            self._options["profile"] = profile
        extradata = bytes(self._context().extradata or b"")
        self.config = StreamConfig("h264", width, height, _TIME_BASE, _sets_only(extradata), "annexb")

    def encode(self, frames: Frames) -> list[Picture]:
        """The frames given, coded, in decoding order, which is the order of display."""
        walls: dict[int, int] = {}
        made: list[Picture] = []
        context: VideoCodecContext | None = None
        for wall, frame in frames:
            context = context or self._context()
            picture = frame.reformat(*self._size, format="yuv420p")
            picture.pts, picture.time_base = self._ticks(wall), _TIME_BASE
            picture.pict_type = PictureType.NONE
            walls[picture.pts] = wall
            made += self._taken(context.encode(picture), walls)
        return made + (self._taken(context.encode(None), walls) if context else [])

    def _ticks(self, wall: int) -> int:
        return (wall - self._origin) * TIMESCALE // SECOND

    def _taken(self, packets: Sequence[av.Packet[Any]], walls: dict[int, int]) -> list[Picture]:
        made = []
        for raw in packets:
            pts = raw.pts or 0
            data = bytes(raw)
            made.append(Picture(Body(data), 0, len(data), pts, pts, raw.is_keyframe, walls[pts], self.config))
        return made

    def _context(self) -> VideoCodecContext:
        context = VideoCodecContext.create("libx264", "w")
        context.width, context.height = self._size
        context.pix_fmt = "yuv420p"
        context.time_base = _TIME_BASE
        context.framerate = Fraction(25)
        context.gop_size = _ONE_GROUP
        context.thread_count = 1
        context.flags |= Flags.global_header
        context.options = {**self._options, "tune": "zerolatency"}
        context.open()
        return context


def _sets_only(extradata: bytes) -> bytes:
    """Without what the encoder tells of itself."""
    units = [
        unit for unit in nal.units(extradata, "annexb") if nal.is_parameter_set(nal.unit_type(unit, "h264"), "h264")
    ]
    return b"".join(b"\x00\x00\x00\x01" + unit for unit in units)


def leading(pictures: Sequence[Picture]) -> bool:
    """Pictures are displayed before the key frame they follow: they were coded from the group before."""
    return any(picture.wall < pictures[0].wall for picture in pictures[1:])
