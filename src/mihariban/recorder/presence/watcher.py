"""Which packets to decode: almost none while nothing changes, every one while something does."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Final, TypeAlias

import numpy as np
from av.video.frame import VideoFrame
from numpy.typing import NDArray

from mihariban.base.clock import SECOND
from mihariban.recorder.packet import Packet, StreamConfig
from mihariban.recorder.presence.arrays import Grey
from mihariban.recorder.presence.decode import Decoder, factor_for
from mihariban.recorder.presence.events import PresenceEvent
from mihariban.recorder.presence.judge import Judge
from mihariban.recorder.presence.scene import SceneMemory
from mihariban.recorder.presence.settings import PresenceSettings
from mihariban.recorder.presence.sizes import Sizes
from mihariban.recorder.presence.zone import Zone

_GROUP_S: Final = 4.0  # key frame distance assumed until a longer one is seen
_SHORT_GROUP: Final = 5 * SECOND // 2
_BACK: Final = 5 * SECOND  # pictures out of order are not so far apart; the clock has jumped
_KEPT_BYTES: Final = 48 << 20  # a stream with hardly any key frames must not fill the memory

OnPicture: TypeAlias = Callable[[int, Grey, NDArray[np.uint8], bool], None]
"""Told of a decoded picture: wall ns, the small grey one, full brightness (valid during the call), a key frame."""


class Watcher:
    """Presence at one camera, from its packets alone: causal, driven by their times, deterministic.

    Args:
        scene: empty scenes remembered from an earlier run of this camera.
    """

    def __init__(self, settings: PresenceSettings, zone: Zone, *, scene: SceneMemory | None = None) -> None:
        self._settings = settings
        self._zone = zone
        self._memory = scene or SceneMemory()
        self._judge: Judge | None = None
        self._config: StreamConfig | None = None
        self._factor = 1
        self._kept: deque[Packet] = deque()
        self._kept_bytes = 0
        self._sizes = Sizes()
        self._decoder: Decoder | None = None
        self._look_due = 0
        self._examined = 0
        self._last_key = 0
        self._group_s = _GROUP_S
        self._short_groups = False
        self._interval = round(settings.analysis_interval_s * SECOND)
        self._shown = 0
        self.on_picture: OnPicture | None = None
        self.look_every_s = 0.0
        self.decoded = 0
        self.looks = 0

    @property
    def occupied(self) -> bool:
        """Whether a visit is going on."""
        return self._judge is not None and self._judge.occupied

    @property
    def since(self) -> int | None:
        """Wall ns at which the visit that is going on began."""
        return self._judge.since if self._judge is not None else None

    @property
    def decision_delay_s(self) -> float:
        """How far back enter, leave and handover may be dated; grows with the distance of key frames."""
        settings = self._settings
        looks = max(settings.empty_gap_s, settings.occupied_gap_s) + self._group_s
        return max(looks + settings.start_delay_s + 1.0, settings.rigid_s + 2.0)

    @property
    def kept_bytes(self) -> int:
        """Compressed bytes held to look back through."""
        return self._kept_bytes

    @property
    def scene_changed(self) -> bool:
        """Whether the memory has learned something since ``scene`` was last called."""
        return self._memory.changed

    def scene(self) -> SceneMemory:
        """The empty scenes known now; resets ``scene_changed``."""
        self._memory.changed = False
        return self._memory

    def feed(self, packet: Packet) -> list[PresenceEvent]:
        """Take in the next packet in decoding order; the findings it led to, oldest first."""
        cut = packet.broken or packet.config is not self._config or packet.wall < self._seen(0) - _BACK
        events = self._break(packet) if cut else []
        if packet.key:
            self._start_group(packet)
        elif not self._kept:
            return events  # nothing can be decoded before the first key frame
        self._kept.append(packet)
        self._kept_bytes += len(packet.data)
        if self._decoder is not None:
            return events + self._follow(packet)
        self._sizes.add(len(packet.data), packet.wall, key=packet.key)
        if packet.key and (packet.wall >= self._look_due or self._sizes.hint or self.occupied):
            return events + self._look(packet)
        if packet.wall - max(self._examined, self._seen(packet.wall)) > self._patience():
            return events + self._examine()
        self._bound()
        return events

    def interrupted(self, wall: int, reason: str) -> list[PresenceEvent]:
        """The camera is lost or the kiosk closes: a visit that goes on is closed with ``reason``."""
        events = self._stop_decoding()
        self._forget_packets()
        if self._judge is not None:
            events += self._judge.close(wall, reason)
        return events

    def finish(self, wall: int) -> list[PresenceEvent]:
        """The end of the input: what was not yet looked at is, and a visit is closed with reason end_of_input."""
        events = []
        if self._decoder is None and self._kept and self._kept[-1].wall > self._seen(0):
            events = self._examine()
        return events + self.interrupted(wall, "end_of_input")

    def _start_group(self, packet: Packet) -> None:
        if self._last_key:
            self._short_groups = packet.wall - self._last_key <= _SHORT_GROUP
            self._group_s = max(self._group_s, min(60.0, (packet.wall - self._last_key) / SECOND))
        self._last_key = packet.wall

    def _break(self, packet: Packet) -> list[PresenceEvent]:
        """The time line or the picture changed: nothing before it can be compared by decoding on."""
        events = self._stop_decoding()
        self._forget_packets()
        self._last_key = 0
        self._look_due = 0
        self._examined = 0
        if self._judge is not None and packet.wall <= self._seen(packet.wall - 1):
            events += self._judge.close(self._seen(packet.wall), "clock_jumped")
        if self._config is None or packet.config != self._config:
            events += self._reshape(packet)
        self._config = packet.config
        return events

    def _reshape(self, packet: Packet) -> list[PresenceEvent]:
        self._factor = factor_for(packet.config, self._settings.analysis_width)
        shape = (packet.config.height // self._factor, packet.config.width // self._factor)
        if self._judge is None or self._judge.shape != shape:
            return self._new_judge(shape, packet.wall)
        return []

    def _new_judge(self, shape: tuple[int, ...], wall: int) -> list[PresenceEvent]:
        events = self._judge.close(wall, "picture_changed") if self._judge is not None else []
        self._judge = Judge(self._settings, self._zone, (shape[0], shape[1]), self._memory)
        return events

    def _forget_packets(self) -> None:
        self._kept.clear()
        self._kept_bytes = 0

    def _seen(self, default: int) -> int:
        """Wall ns of the last picture judged."""
        seen = self._judge.seen if self._judge is not None else None
        return seen if seen is not None else default

    def _patience(self) -> int:
        """How long to wait for a key frame, ns: groups may be long, absence is to be seen all the same."""
        if self.occupied:
            return round(self._settings.occupied_gap_s * SECOND)
        return round(max(self._settings.empty_gap_s, self._group_s) * 1.5 * SECOND)

    def _look(self, packet: Packet) -> list[PresenceEvent]:
        """Decode one key frame and decide whether more must be seen."""
        judge = self._judge
        self.looks += 1
        decoder = Decoder(packet.config, self._factor, hasty=True)
        pictures = [*decoder.decode(packet), *decoder.drain()]
        wait = self._look_every(packet)
        self.look_every_s = wait / SECOND
        self._look_due = packet.wall + wait
        if not pictures or judge is None:
            return []
        frame, wall = pictures[0]
        picture = decoder.shrink(frame)
        self.decoded += 1
        self._show(decoder, frame, wall, picture, key=True)
        suspicious = judge.busy or picture.shape != judge.shape or judge.suspicious(picture, wall)
        self._sizes.answer(worthwhile=suspicious)
        if suspicious:
            return self._examine()
        events = self._judge_picture(picture, wall)
        self._trim()
        return events

    def _look_every(self, packet: Packet) -> int:
        """Time between looks that keeps their estimated cost below ``look_share`` of a core, ns."""
        settings, config = self._settings, packet.config
        cost = settings.look_cost_s_per_byte * len(packet.data)
        cost += settings.look_cost_s_per_pixel * config.width * config.height
        wait = min(cost / settings.look_share, settings.empty_gap_s)
        return round(wait * SECOND) - SECOND // 10  # key frames are never quite evenly spaced

    def _examine(self) -> list[PresenceEvent]:
        """Decode everything kept that was not yet seen, and go on decoding."""
        if not self._kept:
            return []
        self._examined = self._kept[-1].wall
        self._decoder = Decoder(self._kept[0].config, self._factor, hasty=self._short_groups)
        events: list[PresenceEvent] = []
        for packet in list(self._kept):
            events += self._decode(packet)
        return events + self._calm_down()

    def _follow(self, packet: Packet) -> list[PresenceEvent]:
        return self._decode(packet) + self._calm_down()

    def _decode(self, packet: Packet) -> list[PresenceEvent]:
        decoder = self._decoder
        if decoder is None:
            return []
        events: list[PresenceEvent] = []
        for frame, wall in decoder.decode(packet):
            if wall >= self._seen(-self._interval) + self._interval:
                self.decoded += 1
                picture = decoder.shrink(frame)
                self._show(decoder, frame, wall, picture, key=False)
                events += self._judge_picture(picture, wall)
        return events

    def _show(self, decoder: Decoder, frame: VideoFrame, wall: int, picture: Grey, *, key: bool) -> None:
        """Hand a picture that was decoded anyway to whoever looks after the camera, one a second at most."""
        if self.on_picture is not None and not self._shown <= wall < self._shown + SECOND:
            self._shown = wall
            self.on_picture(wall, picture, decoder.luma(frame), key)

    def _judge_picture(self, picture: Grey, wall: int) -> list[PresenceEvent]:
        judge = self._judge
        if judge is None:
            return []
        if picture.shape != judge.shape:  # a new size without a new configuration
            return self._new_judge(picture.shape, wall)
        return judge.observe(picture, wall)

    def _calm_down(self) -> list[PresenceEvent]:
        """Back to looks at key frames as soon as every picture is no longer wanted."""
        if self._judge is None or (self._judge.busy and self._kept_bytes < _KEPT_BYTES):
            self._trim()
            return []
        events = self._stop_decoding()
        self._trim()
        return events

    def _stop_decoding(self) -> list[PresenceEvent]:
        decoder, self._decoder = self._decoder, None
        events: list[PresenceEvent] = []
        if decoder is not None:
            for frame, wall in decoder.drain():
                if wall > self._seen(-1):
                    events += self._judge_picture(decoder.shrink(frame), wall)
        return events

    def _trim(self) -> None:
        """Keep from the last key frame at or before the last picture judged."""
        seen, start = self._seen(0), 0
        for index, packet in enumerate(self._kept):
            if packet.key and packet.wall <= seen:
                start = index
        for _ in range(start):
            self._kept_bytes -= len(self._kept.popleft().data)

    def _bound(self) -> None:
        """Where nothing can be decoded, or key frames hardly ever come, keep the newest group, or nothing."""
        while self._kept_bytes > _KEPT_BYTES and self._kept:
            self._kept_bytes -= len(self._kept.popleft().data)
            while self._kept and not self._kept[0].key:
                self._kept_bytes -= len(self._kept.popleft().data)
