"""A live camera at work: its streams, its gaps in the book, and the second hand that closes what the clock closes."""

from __future__ import annotations

import threading
from collections.abc import Callable

from mihariban.policy import Camera, Credentials, credentials
from mihariban.recorder.camera import CameraFeed, Gap
from mihariban.recorder.packet import Packet
from mihariban.recorder.presence import Zone
from mihariban.recorder.service import Recorder
from mihariban.recorder.sources.base import Source
from mihariban.recorder.sources.connect import make_source

TICK_S = 1.0
_PATIENCE_S = 15.0


class LiveCamera:
    """Keeps one camera recorded until told to stop.

    Where the site names a second, low-resolution stream, presence is judged on it alone; while that stream is lost the
    camera counts as lost, because nobody could tell who is there.

    Args:
        recorder: the site's recorder.
        camera: the camera it stands for.
        address: of the recorded stream; usually ``camera.source``.
        zone: instead of the one in the site file.
        until_end: stop with the first loss of the stream.
        ticks: move the recorder's second hand too; a service with several cameras does that itself.
    """

    def __init__(
        self,
        recorder: Recorder,
        camera: Camera,
        address: str,
        *,
        zone: Zone | None = None,
        until_end: bool = False,
        ticks: bool = True,
    ) -> None:
        self._recorder = recorder
        self._camera = camera
        self._address = address
        self._until_end = until_end
        self._ticks = ticks
        own_presence = camera.substream is not None and address == camera.source
        self._substream = camera.substream if own_presence else None
        self._channel = recorder.channel(camera, zone=zone, own_presence_stream=own_presence)
        self._gaps: dict[str, int] = {}

    def run(self, stop: threading.Event) -> None:
        """Record until ``stop`` is set."""
        login = None
        if self._camera.credentials is not None:
            login = credentials(self._recorder.folder.secrets, self._camera.credentials)
        helpers = [threading.Thread(target=self._tick, args=(stop,), name="tick", daemon=True)] if self._ticks else []
        if self._substream is not None:
            feed = self._feed(self._substream, login, self._channel.pipeline.presence_packet, stop)
            helpers.append(threading.Thread(target=feed.run, args=(stop,), name="presence", daemon=True))
        for helper in helpers:
            helper.start()
        self._feed(self._address, login, lambda packet: self._recorder.take(self._channel, packet), stop).run(stop)
        for helper in helpers:
            helper.join(_PATIENCE_S)

    def _feed(
        self, address: str, login: Credentials | None, on_packet: Callable[[Packet], None], stop: threading.Event
    ) -> CameraFeed:
        def factory() -> Source:
            return make_source(address, credentials=login, clock=self._recorder.clock, limits=self._camera.limits)

        return CameraFeed(
            source_factory=factory,
            clock=self._recorder.clock,
            limits=self._camera.limits,
            on_packet=on_packet,
            on_gap=lambda gap: self._gap(address, gap, stop),
        )

    def _gap(self, address: str, gap: Gap, stop: threading.Event) -> None:
        book, camera = self._recorder.bookkeeper, self._camera.id
        if gap.ended_wall is None:
            self._channel.pipeline.interrupted(gap.started_wall, "camera_lost")
            self._gaps[address] = book.begin_gap(camera, gap.started_wall, gap.cause, gap.detail)
            if self._until_end:
                stop.set()
        elif address in self._gaps:
            book.end_gap(self._gaps.pop(address), gap.ended_wall)

    def _tick(self, stop: threading.Event) -> None:
        while not self._recorder.clock.wait(stop, TICK_S):
            self._recorder.tick()
