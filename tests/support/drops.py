"""Force a camera off the line again and again, and look whether the recorder comes back and writes it down."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field

from mihariban.base.clock import SECOND, SystemClock
from mihariban.policy import Limits
from mihariban.recorder.camera import CameraFeed, Gap
from mihariban.recorder.packet import Packet
from mihariban.recorder.sources.rtsp import RtspLimits, RtspSource
from mihariban.recorder.sources.timeline import TimeLimits
from tests.support.rtsp_server import RtspServer

TIGHT = RtspLimits(open_s=1.0, stall_s=0.6, analyze_s=0.2, time=TimeLimits(settle=SECOND // 10))
TIGHT_FEED = Limits(connect_s=1.0, stall_s=0.6, backoff_first_s=0.1, backoff_max_s=0.5)


@dataclass
class Watch:
    """A feed on its own thread, and what it said."""

    url: str
    packets: int = 0
    last: Packet | None = None
    gaps: list[Gap] = field(default_factory=list)
    stop: threading.Event = field(default_factory=threading.Event)
    news: threading.Condition = field(default_factory=threading.Condition)

    def __post_init__(self) -> None:
        clock = SystemClock()
        self.feed = CameraFeed(
            source_factory=lambda: RtspSource(self.url, clock=clock, limits=TIGHT),
            clock=clock,
            limits=TIGHT_FEED,
            on_packet=self._packet,
            on_gap=self._gap,
        )
        self.thread = threading.Thread(target=self.feed.run, args=(self.stop,), daemon=True)

    def _packet(self, packet: Packet) -> None:
        with self.news:
            self.packets += 1
            self.last = packet
            self.news.notify_all()

    def _gap(self, gap: Gap) -> None:
        with self.news:
            self.gaps.append(gap)
            self.news.notify_all()

    def wait_for_packets(self, count: int, limit_s: float) -> bool:
        """Wait for ``count`` more packets."""
        with self.news:
            wanted = self.packets + count
            return self.news.wait_for(lambda: self.packets >= wanted, limit_s)

    def wait_for_gaps(self, count: int, limit_s: float) -> bool:
        """Wait until ``count`` gap messages were received in all."""
        with self.news:
            return self.news.wait_for(lambda: len(self.gaps) >= count, limit_s)

    def __enter__(self) -> Watch:
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop.set()
        self.thread.join(10)


@dataclass(frozen=True)
class Drop:
    """One forced drop. Seconds; ``back_s``: from the camera's return to the first packet; ``cause``: as recorded."""

    kind: str
    cause: str
    noticed_s: float
    back_s: float
    stuck: bool


def force_drops(server: RtspServer, count: int, *, limit_s: float = 10.0) -> list[Drop]:
    """Kill and freeze a running camera in turn, ``count`` times, and bring it back each time."""
    drops: list[Drop] = []
    with Watch(server.url) as watch:
        if not watch.wait_for_packets(3, limit_s):
            raise RuntimeError("the camera did not start")
        for number in range(count):
            kind = ("killed", "restarted", "frozen")[number % 3]
            gaps = len(watch.gaps)
            began = time.monotonic()
            if kind == "frozen":
                server.freeze()
            else:
                server.kill()
                if kind == "restarted":
                    server.start()
            noticed = watch.wait_for_gaps(gaps + 1, limit_s)
            noticed_s = time.monotonic() - began
            if kind == "frozen":
                server.thaw()
            elif kind == "killed":
                server.start()
            returned = time.monotonic()
            back = watch.wait_for_gaps(gaps + 2, limit_s) and watch.wait_for_packets(2, limit_s)
            cause = watch.gaps[gaps].cause if len(watch.gaps) > gaps else ""
            drops.append(Drop(kind, cause, noticed_s, time.monotonic() - returned, not (noticed and back)))
    if watch.thread.is_alive():
        raise RuntimeError("the feed did not end")
    return drops
