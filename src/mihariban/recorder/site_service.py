"""The recorder of a site as a service: all cameras, the duties, and the door on its local socket.

Each part may die alone: a camera's thread is begun anew, the door's end does not stop recording, and what a duty cannot
do it tries again.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass

import httpx
import structlog

from mihariban.base.clock import Clock, SystemClock
from mihariban.base.ntp import quality
from mihariban.policy import Camera
from mihariban.recorder.api.serve import SOCKET, Served, TlsAddress, serve
from mihariban.recorder.api.tls import Files, server_context
from mihariban.recorder.door import Door
from mihariban.recorder.health.camera_clock import ask_time
from mihariban.recorder.health.errors import CameraClockUnknown
from mihariban.recorder.live import LiveCamera
from mihariban.recorder.notify import Notifier, Sender
from mihariban.recorder.record import is_live
from mihariban.recorder.service import Recorder
from mihariban.recorder.site_clock import running_clock, runs_on_real_time
from mihariban.recorder.site_folder import SiteFolder
from mihariban.recorder.sources.connect import make_source

_log = structlog.get_logger(__name__)

TLS_FOLDER = "tls"
TICK_S = 1.0
ASK_S = 25.0
"""Between two questions for a camera's time: a wrong clock counts once told twice, and that within a minute."""
FIRST_PAUSE_S, LONGEST_PAUSE_S = 1.0, 60.0
_PATIENCE_S = 15.0
ENDLESS = {"demo:": "demo:live"}
"""A service has no end: somebody who tries it shall not find a dead camera after a few minutes."""


@dataclass(slots=True)
class SiteService:
    """Runs one site. ``deaths``: how often a part had to be begun anew, by name."""

    recorder: Recorder
    stop: threading.Event
    deaths: dict[str, int]

    def watch(self, camera: Camera) -> None:
        """One camera for as long as the service runs."""
        pause = FIRST_PAUSE_S
        while not self.stop.is_set():
            try:
                if self._run(camera):
                    return
            except Exception as error:  # noqa: BLE001  # the supervisor: logged, counted, begun anew
                self.deaths[camera.id] = self.deaths.get(camera.id, 0) + 1
                _log.exception("a camera's thread died", camera=camera.id, kind=type(error).__name__)
            self.recorder.clock.wait(self.stop, pause)
            pause = min(2 * pause, LONGEST_PAUSE_S)

    def _run(self, camera: Camera) -> bool:
        recorder = self.recorder
        if is_live(camera.source):
            LiveCamera(recorder, camera, camera.source, ticks=False).run(self.stop)
            return self.stop.is_set()
        address = ENDLESS.get(camera.source, camera.source)
        source = make_source(address, clock=recorder.clock, starts_at=recorder.clock.wall(), real_time=True)
        recorder.record_to_the_end(source, recorder.channel(camera), self.stop)
        return True

    def ask_camera(self, camera: Camera) -> None:
        """One camera's own clock, where the site file says where to ask. One that hangs delays no other."""
        silent = False
        with httpx.Client() as client:
            while not self.recorder.clock.wait(self.stop, ASK_S):
                silent = not self._ask(camera, client, silent=silent)

    def _ask(self, camera: Camera, client: httpx.Client, *, silent: bool) -> bool:
        try:
            told = ask_time(camera.id, camera.onvif.address or "", self.recorder.clock, client)
        except CameraClockUnknown as error:
            if not silent:  # said once, not with every question
                _log.warning("the camera does not tell its time", camera=camera.id, code=error.code)
            return False
        self.recorder.camera_clocks[camera.id].onvif(told)
        return True

    def tick(self) -> None:
        """The second hand."""
        while not self.recorder.clock.wait(self.stop, TICK_S):
            try:
                self.recorder.tick()
            except Exception as error:  # noqa: BLE001  # the supervisor: logged, counted, goes on
                self.deaths["tick"] = self.deaths.get("tick", 0) + 1
                _log.exception("a tick failed", kind=type(error).__name__)


@contextmanager
def run_site(
    folder: SiteFolder, *, stop: threading.Event, clock: Clock | None = None, tls: TlsAddress | None = None
) -> Iterator[tuple[SiteService, Served]]:
    """Run a site while the ``with`` lasts.

    Args:
        stop: set when the service shall end; set in any case when the ``with`` is left.
        clock: the site's; the one it keeps without one.
        tls: where callers from elsewhere come in.

    Raises:
        NotASite, VolumeInUse, DoorTaken, SiteClockUnusable and what ``Recorder`` raises.
    """
    folder.require()
    known = quality if runs_on_real_time(folder.load_site()) else None
    with (
        nullcontext(clock) if clock else running_clock(folder.path) as kept,
        Recorder(folder, clock=kept, time_quality=known) as recorder,
    ):
        service = SiteService(recorder, stop, {})
        with open_door(recorder, tls or door_tls(recorder)) as served, _telling(recorder):
            threads = [threading.Thread(target=service.tick, name="tick", daemon=True)]
            threads += [
                threading.Thread(target=service.ask_camera, args=(camera,), name=f"{camera.id} clock", daemon=True)
                for camera in recorder.site.camera
                if camera.onvif.address is not None
            ]
            threads += [
                threading.Thread(target=service.watch, args=(camera,), name=camera.id, daemon=True)
                for camera in recorder.site.camera
            ]
            for thread in threads:
                thread.start()
            try:
                yield service, served
            finally:
                stop.set()
                for thread in threads:
                    thread.join(_PATIENCE_S)


@contextmanager
def _telling(recorder: Recorder) -> Iterator[None]:
    """Findings go out by mail and webhook, where the site file names such."""
    site = recorder.site
    sender = Sender(site.site.name or site.site.id, site.recorder.id, site.zone)
    notifier = Notifier(site.recorder.notify, recorder.folder.secrets, sender, SystemClock())
    recorder.on_finding = notifier.tell
    notifier.start()
    try:
        yield
    finally:
        notifier.stop()


def door_tls(recorder: Recorder) -> TlsAddress | None:
    """Where callers from elsewhere come in, as the site file says: with the certificates under DIR/recorder/tls.

    Raises:
        RecorderUnavailable: a certificate is missing or damaged.
    """
    address = recorder.site.recorder.door.address
    if address is None:
        return None
    folder = recorder.folder.recorder / TLS_FOLDER
    own = Files(folder / "recorder.pem", folder / "recorder.key")
    return TlsAddress(*address, server_context(own, folder / "ca.pem"))


@contextmanager
def open_door(recorder: Recorder, tls: TlsAddress | None = None) -> Iterator[Served]:
    """The door of a recorder on its local socket.

    Raises:
        DoorTaken: another recorder answers there.
    """
    socket = recorder.folder.recorder / SOCKET
    with serve(Door(recorder), socket=socket, tls=tls) as served:
        yield served
