"""A camera on this machine (Video4Linux2), encoded here to H.264. Not yet run on hardware: shown on a stand-in only."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction

import av
import av.error
from av.video.codeccontext import VideoCodecContext

from mihariban.base.clock import SECOND, Clock
from mihariban.recorder.errors import SourceLost, SourceUnreadable
from mihariban.recorder.packet import Packet, StreamConfig

_TICKS = 90_000


@dataclass(frozen=True, slots=True)
class EncoderSettings:
    """How local pictures are encoded.

    Attributes:
        fps: pictures a second asked of the device. group_s: seconds between key frames. kbit_s: bit rate.
    """

    fps: int = 15
    width: int = 1280
    height: int = 720
    group_s: float = 2.0
    kbit_s: int = 2000


class V4l2Source:
    """Packets of a local device.

    Args:
        device: such as ``/dev/video0``.
        clock: dates each picture when it arrives.
        frames: instead of the device: any pictures (a stand-in, or another capture library).
    """

    live = True

    def __init__(
        self,
        device: str,
        *,
        clock: Clock,
        settings: EncoderSettings | None = None,
        frames: Callable[[], Iterable[av.VideoFrame]] | None = None,
    ) -> None:
        self.name = f"v4l2:{device}"
        self._device = device
        self._clock = clock
        self._settings = settings or EncoderSettings()
        self._frames = frames or self._from_device

    def packets(self, stop: threading.Event) -> Iterator[Packet]:
        """Encode and hand on until ``stop`` is set.

        Raises:
            SourceUnreadable: no such device. SourceLost: it stopped delivering.
        """
        encoder: VideoCodecContext | None = None
        config: StreamConfig | None = None
        walls: dict[int, tuple[int, int]] = {}
        first = self._clock.monotonic()
        for frame in self._frames():
            if stop.is_set():
                return
            if encoder is None:
                encoder = self._encoder(frame.width, frame.height)
            monotonic = self._clock.monotonic()
            pts = (monotonic - first) * _TICKS // SECOND
            walls[pts] = (self._clock.wall(), monotonic)
            picture = frame.reformat(format="yuv420p")
            picture.pts, picture.time_base = pts, Fraction(1, _TICKS)
            for raw in encoder.encode(picture):
                if raw.pts is None or raw.dts is None:
                    continue
                config = config or self._config(encoder)
                wall, seen = walls.pop(raw.pts, (self._clock.wall(), monotonic))
                yield Packet(bytes(raw), raw.pts, raw.dts, raw.is_keyframe, wall, seen, config)
        raise SourceLost(source=self.name, why="the device stopped delivering")

    def _from_device(self) -> Iterator[av.VideoFrame]:
        settings = self._settings
        options = {"framerate": str(settings.fps), "video_size": f"{settings.width}x{settings.height}"}
        try:
            with av.open(self._device, format="v4l2", options=options) as container:
                yield from container.decode(video=0)
        except (av.error.FFmpegError, OSError, ValueError) as error:
            raise SourceUnreadable(source=self.name, why=str(error)) from error

    def _encoder(self, width: int, height: int) -> VideoCodecContext:
        settings = self._settings
        encoder = av.CodecContext.create("libx264", "w")
        encoder.width, encoder.height, encoder.pix_fmt = width, height, "yuv420p"
        encoder.time_base = Fraction(1, _TICKS)
        encoder.framerate = Fraction(settings.fps)
        encoder.bit_rate = settings.kbit_s * 1000
        group = str(round(settings.group_s * settings.fps))
        encoder.options = {"preset": "veryfast", "tune": "zerolatency", "g": group, "bf": "0"}
        encoder.open()
        return encoder

    def _config(self, encoder: VideoCodecContext) -> StreamConfig:
        extradata = bytes(encoder.extradata or b"")
        return StreamConfig("h264", encoder.width, encoder.height, Fraction(1, _TICKS), extradata, "annexb")
