"""One camera's pictures judged: covered, dark, moved, out of focus, frozen, replaced, none at all.

Fed with pictures that presence decodes anyway. Of a picture nothing is kept beyond a field of edge directions and four
dozen patches of the last one, in memory; figures alone leave. Outside the permitted hours no picture is judged.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import NDArray

from mihariban.base.clock import HOUR, SECOND
from mihariban.recorder.health import grain
from mihariban.recorder.health.grain_watch import BLURRED, FROZEN_S, PAUSE, GrainWatch
from mihariban.recorder.health.health import Figures, Health
from mihariban.recorder.health.kinds import FindingKind as Kind
from mihariban.recorder.health.memory import CameraMemory
from mihariban.recorder.health.verdict import BACK, BLACK_LEVEL, VIEW_KINDS, Verdict, judge, level
from mihariban.recorder.health.view import Field, Rest, View, edges
from mihariban.recorder.packet import StreamConfig
from mihariban.recorder.presence.arrays import Grey
from mihariban.recorder.presence.zone import Zone

JUDGED: Final = (*VIEW_KINDS, Kind.CAMERA_DEFOCUSED, Kind.CAMERA_FROZEN)
SHORTEST_WAIT_S: Final = 30.0
"""Without a picture for so long: longer than any look of presence at ordinary distances of key frames."""
_LEARN_LOOKS: Final = 8
_LEARN_PAUSE: Final = SECOND
_FOLLOW: Final = 6 * HOUR  # open hours in which a view sinks in: shadows wander faster than screws loosen
_FEW_TILES: Final = 6  # with fewer nothing can be recognised
_LEARNED_FROM: Final = 0.5  # share of the view that must be there to learn from a picture
_STILL: Final = 0.4
_GRAIN_FROM: Final = 0.25  # share of the view that must be there to judge its grain


class CameraHealth:
    """Watches over one camera. All calls of one camera come from one thread at a time.

    Args:
        camera: its name, subject of its findings.
        health: where they go.
        permitted: whether pictures of an instant (wall ns) may be judged.
        occupied: whether somebody is at the kiosk; the view is learned while nobody is.
        ignore: what is not looked at, as the site file gives it.
        memory: of an earlier life.
        look_every_s: the longest time between two pictures that presence asks of this stream.
    """

    def __init__(
        self,
        camera: str,
        health: Health,
        *,
        permitted: Callable[[int], bool],
        occupied: Callable[[], bool] = lambda: False,
        ignore: Zone | None = None,
        memory: CameraMemory | None = None,
        look_every_s: Callable[[], float] = lambda: 0.0,
    ) -> None:
        self.camera = camera
        self.memory = memory or CameraMemory()
        self._health = health
        self._permitted, self._occupied, self._look_every_s = permitted, occupied, look_every_s
        self._ignore = ignore
        self._view: View | None = None
        self._looks = 0
        self._wall = 0
        self._anchor: tuple[Rest, int] | None = None
        self._grain = GrainWatch(self.memory)
        self._grain_wall = 0
        self._config: StreamConfig | None = None
        self._stream: tuple[str, int, int] | None = None
        self._open_since: int | None = None
        self._packets = 0
        self._came = False  # a picture since the last tick
        self._heard = 0  # the tick before which the last picture came, wall ns
        if self.memory.view is not None:
            self._view, self._looks = self._view_of(self.memory.view), _LEARN_LOOKS

    @property
    def last_picture(self) -> int | None:
        """When a picture was decoded last, wall ns; None where none was in this life."""
        return self._wall or None

    @property
    def judgeable(self) -> bool | None:
        """Whether the view can be recognised; None while it is being learned."""
        if self._view is None or self._looks < _LEARN_LOOKS:
            return None
        return self._view.count >= _FEW_TILES

    def packet(self, config: StreamConfig) -> None:
        """A packet of the stream in which presence is judged has come in."""
        self._packets += 1
        if config is not self._config:
            self._config = config
            self._stream = (config.codec, config.width, config.height)

    def picture(self, wall: int, small: Grey, luma: NDArray[np.uint8], key: bool) -> None:
        """Judge a decoded picture: to be set as ``Watcher.on_picture``."""
        before, self._wall, self._packets, self._came = self._wall, wall, 0, True
        if not self._permitted(wall):
            self._pause()
            return
        self._observe(Kind.CAMERA_NO_PICTURE, False)
        field = edges(small)
        if not self._same_stream(field):
            return
        view = self._learned_view(field, small, wall - before)
        if view is None:
            return
        verdict = judge(view, field, small, lambda: self._rigid_s(field, wall))
        self._tell_view(verdict)
        if key and not 0 <= wall - self._grain_wall < PAUSE:
            self._grain_wall = wall
            self._judge_grain(view, field, luma, verdict, wall)
        if verdict.likeness.same >= _LEARNED_FROM and not self._occupied():
            self._follow(view, field, wall - before)

    def tick(self, wall: int) -> None:
        """About every second: silence is noticed here. It counts from when a picture came, not from when it was taken:
        a machine that is behind still sees."""
        if self._came:
            self._heard, self._came = wall, False
        if not self._permitted(wall):
            self._open_since = None
            self._pause()
            return
        if self._open_since is None or wall < self._open_since:
            self._open_since = wall
        silent_s = (wall - max(self._open_since, min(self._heard, wall))) / SECOND
        wait_s = max(SHORTEST_WAIT_S, 2 * self._look_every_s())
        if silent_s > wait_s:
            figures = {"silent_s": int(silent_s), "threshold_s": int(wait_s), "packets": self._packets}
            self._observe(Kind.CAMERA_NO_PICTURE, True, figures)

    def learn_anew(self) -> None:
        """The camera was moved or replaced on purpose: the view is learned again, and what was found of it is over."""
        self.memory = CameraMemory(changed=True)
        self._view, self._looks, self._anchor = None, 0, None
        self._grain = GrainWatch(self.memory)
        for kind in JUDGED:
            self._observe(kind, False)

    def _observe(self, kind: Kind, present: bool, figures: Figures | None = None) -> None:
        self._health.observe(kind, self.camera, present, figures)

    def _pause(self) -> None:
        """Closed: what was about to be found is not found; what was found lasts until a picture says otherwise."""
        self._anchor = None
        self._grain.forget()
        for kind in (*JUDGED, Kind.CAMERA_NO_PICTURE):
            self._health.forget(kind, self.camera)

    # The stream

    def _same_stream(self, field: Field) -> bool:
        """Whether pictures come in the size and codec in which the view was learned."""
        usual, now = self.memory.stream, self._stream
        if usual is None or now is None:
            self.memory.stream = usual or now
        elif usual != now:
            shapes = {"stream": "{} {}x{}".format(*now), "usual": "{} {}x{}".format(*usual)}
            self._observe(Kind.CAMERA_REPLACED, True, shapes)
            return False
        return self._view is None or self._view.field.shape == field.shape

    # The view

    def _view_of(self, field: Field) -> View:
        if self._ignore is None or not self._ignore.ignore:
            return View(field)
        height, width = field.shape[0] + 2, field.shape[1] + 2
        watched = Zone(Zone.whole().polygons, self._ignore.ignore).mask(height, width)
        return View(field, ~watched[1:-1, 1:-1])

    def _learned_view(self, field: Field, small: Grey, since: int) -> View | None:
        """The view, once it is known and has something to recognise."""
        if self._looks >= _LEARN_LOOKS and self._view is not None:
            if self._view.count >= _FEW_TILES:
                return self._view
            self._nothing_to_see(field, small)
            return None
        if self._occupied() or 0 < since < _LEARN_PAUSE:
            return None
        if self._view is None or self._view.field.shape != field.shape:
            self._view, self._looks = self._view_of(field), 0
        self._view.learn(field, 1 / (self._looks + 1))
        self._looks += 1
        if self._looks == _LEARN_LOOKS:
            self.memory.view, self.memory.changed = self._view.field, True
        return None

    def _nothing_to_see(self, field: Field, small: Grey) -> None:
        """What was learned has no edges at all: a covered lens is likelier than an empty wall."""
        tiles, bright = View(field).count, level(small)
        kind = Kind.CAMERA_DARK if bright < BLACK_LEVEL else Kind.CAMERA_COVERED
        bare = tiles < _FEW_TILES
        self._observe(kind, bare, {"tiles": tiles, "threshold_tiles": _FEW_TILES, "level": round(bright)})
        if not bare:
            self.learn_anew()

    def _tell_view(self, verdict: Verdict) -> None:
        """A finding about the view is over when the view is back, or another is found; not when it cannot be told."""
        clear = verdict.kind is not None or verdict.likeness.same >= BACK
        for kind in VIEW_KINDS:
            if kind is verdict.kind:
                self._observe(kind, True, verdict.figures)
            elif clear or not self._health.lasting(kind, self.camera):
                self._observe(kind, False)

    def _rigid_s(self, field: Field, wall: int) -> float:
        """Seconds for which the picture has stood still."""
        anchor = self._anchor
        if anchor is None or wall < anchor[1] or anchor[0].still(field) < _STILL:
            self._anchor = (Rest(field), wall)
            return 0.0
        return (wall - anchor[1]) / SECOND

    def _follow(self, view: View, field: Field, since: int) -> None:
        view.learn(field, min(max(since, 0) / _FOLLOW, 0.01))
        self.memory.view, self.memory.changed = view.field, True

    # Grain and focus

    def _judge_grain(self, view: View, field: Field, luma: NDArray[np.uint8], verdict: Verdict, wall: int) -> None:
        if verdict.kind is not None or verdict.likeness.same < _GRAIN_FROM:
            self._grain.forget()
            return
        parts = grain.patches(luma)
        frozen = self._grain.frozen(parts, wall)
        figures = {
            "same_s": int(frozen.same_s),
            "threshold_s": int(FROZEN_S),
            "lively_permille": round(1000 * frozen.lively),
        }
        if frozen.alive is not None:
            self._observe(Kind.CAMERA_FROZEN, not frozen.alive, figures)
        ratio = self._grain.blur(parts, view.same(field), learn=not self._occupied())
        if ratio is not None:
            sharp = {"sharp_permille": round(1000 * ratio), "threshold_permille": round(1000 * BLURRED)}
            self._observe(Kind.CAMERA_DEFOCUSED, ratio < BLURRED, sharp)
