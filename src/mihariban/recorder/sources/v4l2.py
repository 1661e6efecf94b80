"""A camera on this machine (Video4Linux2), encoded here to H.264. Not yet run on hardware: shown on a stand-in only."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction

import av
import av.error
from av.video.codeccontext import VideoCodecContext

from mihariban.base.clock import Clock
from mihariban.base.errors import SourceError
from mihariban.recorder.errors import SourceLost, SourceUnreadable
from mihariban.recorder.packet import Packet, StreamConfig
from mihariban.recorder.sources.container import ns_to_ticks
from mihariban.recorder.sources.live import LiveStream
from mihariban.recorder.sources.timeline import Instant, TimeLimits

_TICKS = 90_000
_PATIENCE_S = 5.0


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
        live: LiveStream | None = None
        seen: dict[int, Instant] = {}
        first = Instant.read(self._clock)
        failure: SourceError | None = None
        pictures = iter(self._frames())
        while failure is None and not stop.is_set():
            picture, failure = self._next(pictures)
            if picture is None:
                continue
            now = Instant.read(self._clock)
            encoder = encoder or self._encoder(picture.width, picture.height)
            live = live or LiveStream(
                self.name, self._config(encoder), _TICKS // self._settings.fps, replace(TimeLimits(), settle=0)
            )
            ticks = ns_to_ticks(now.monotonic - first.monotonic, Fraction(1, _TICKS))
            seen[ticks] = now
            picture = picture.reformat(format="yuv420p")
            picture.pts, picture.time_base = ticks, Fraction(1, _TICKS)
            for raw in encoder.encode(picture):
                yield from live.take(bytes(raw), raw.pts, raw.dts, seen.pop(raw.pts or 0, now))
        if failure is not None:
            raise failure

    def _next(self, pictures: Iterator[av.VideoFrame]) -> tuple[av.VideoFrame | None, SourceError | None]:
        try:
            picture = next(pictures, None)
        except (av.error.FFmpegError, OSError) as error:
            return None, SourceLost(source=self.name, why=str(getattr(error, "strerror", None) or error))
        if picture is None:
            return None, SourceLost(source=self.name, why="the device stopped delivering")
        return picture, None

    def _from_device(self) -> Iterator[av.VideoFrame]:
        settings = self._settings
        options = {"framerate": str(settings.fps), "video_size": f"{settings.width}x{settings.height}"}
        try:
            container = av.open(self._device, format="v4l2", options=options, timeout=_PATIENCE_S)
        except (av.error.FFmpegError, OSError, ValueError) as error:
            raise SourceUnreadable(source=self.name, why=str(getattr(error, "strerror", None) or error)) from error
        with container:
            yield from container.decode(video=0)

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
