"""A site as a service: each part may die alone, and the end is in order."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from mihariban.base.clock import HOUR, SECOND, SiteClock, SystemClock, TurnedClock
from mihariban.recorder.api.serve import SOCKET
from mihariban.recorder.client import RecorderClient
from mihariban.recorder.contract.errors import DoorTaken
from mihariban.recorder.control import Control
from mihariban.recorder.packet import Packet
from mihariban.recorder.service import Recorder
from mihariban.recorder.site_folder import SiteFolder
from mihariban.recorder.site_service import FIRST_PAUSE_S, SiteService, open_door, run_site
from mihariban.volume.errors import VolumeInUse
from tests.support.office import OPENING, OfficeSite, ShortSource
from tests.support.sites import make_site, moment

NOW = moment("2026-11-24 10:00:00")


class Quiet:
    """A camera that shows nothing until the service stops."""

    name, live = "quiet", False

    def packets(self, stop: threading.Event) -> Iterator[Packet]:
        stop.wait(30)
        yield from ()


@pytest.fixture
def folder(tmp_path: Path) -> SiteFolder:
    return make_site(tmp_path / "s")


@pytest.fixture
def quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    """No real source is opened."""
    monkeypatch.setattr("mihariban.recorder.site_service.make_source", lambda *_, **__: Quiet())


def _until(what: Callable[[], bool]) -> None:
    limit = time.monotonic() + 20
    while not what():
        assert time.monotonic() < limit, "it never came"
        time.sleep(0.01)  # threads of the service run on their own


def test_a_service_answers_and_ends_in_order(folder: SiteFolder, quiet: None) -> None:
    """The door is there while it runs; afterwards neither socket nor thread, and the book says that it ended."""
    stop = threading.Event()
    before = set(threading.enumerate())
    with run_site(folder, stop=stop, clock=SiteClock(SystemClock(), NOW)) as (service, served):
        with RecorderClient(served.socket) as client:
            assert client.status().site == "test"
        _until(lambda: service.recorder.control.lives()[-1].last_seen > NOW)
        assert service.deaths == {}
    assert stop.is_set()
    assert not (folder.recorder / SOCKET).exists()
    _until(lambda: not {each for each in threading.enumerate() if each.name in ("tick", "cam1")} - before)
    control = Control(folder.control, readonly=True)
    assert control.lives()[-1].ended is not None
    control.close()


def test_two_services_of_one_site_are_refused(folder: SiteFolder, quiet: None) -> None:
    """The ring has one writer, the socket one owner; the first goes on undisturbed."""
    clock = SiteClock(SystemClock(), NOW)
    with run_site(folder, stop=threading.Event(), clock=clock) as (service, served):
        with pytest.raises(VolumeInUse), run_site(folder, stop=threading.Event(), clock=clock):
            pass
        with pytest.raises(DoorTaken), open_door(service.recorder):
            pass
        with RecorderClient(served.socket) as client:
            assert client.status().site == "test"


def test_a_socket_left_by_a_dead_recorder_is_replaced(folder: SiteFolder, quiet: None) -> None:
    """Nobody has to clean up after a power cut."""
    path = folder.recorder / SOCKET
    dead = socket.socket(socket.AF_UNIX)
    dead.bind(str(path))
    dead.close()
    with pytest.raises(ConnectionRefusedError), socket.socket(socket.AF_UNIX) as caller:
        caller.connect(str(path))
    with (
        run_site(folder, stop=threading.Event(), clock=SiteClock(SystemClock(), NOW)) as (_, served),
        RecorderClient(served.socket) as client,
    ):
        assert client.status().recorder == "test-r1"


class Unwaiting(TurnedClock):
    """Notes how long each wait was meant to be, and waits not at all."""

    def __init__(self, wall: int) -> None:
        super().__init__(wall)
        self.waits: list[float] = []

    def wait(self, event: threading.Event, seconds: float) -> bool:
        self.waits.append(seconds)
        return super().wait(event, seconds)


def test_a_cameras_thread_that_dies_is_begun_anew(
    folder: SiteFolder, site: OfficeSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Counted, after pauses that grow; what was filmed then is stored."""
    clock, tries = Unwaiting(NOW), []

    def source(*_: object, **__: object) -> ShortSource:
        tries.append(1)
        if len(tries) < 4:
            raise RuntimeError("a fault nobody foresaw")
        return ShortSource(site.video, NOW + HOUR, 30)

    monkeypatch.setattr("mihariban.recorder.site_service.make_source", source)
    with Recorder(folder, clock=clock) as recorder:
        service = SiteService(recorder, threading.Event(), {})
        service.watch(recorder.site.camera[0])
        assert service.deaths == {"cam1": 3}
        assert clock.waits[:3] == [FIRST_PAUSE_S, 2 * FIRST_PAUSE_S, 4 * FIRST_PAUSE_S]
        assert len(recorder.control.visits()) == 1


def test_the_second_hand_outlives_a_fault(folder: SiteFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    """Counted, and the next second comes."""
    clock, stop, seconds = Unwaiting(NOW), threading.Event(), []
    with Recorder(folder, clock=clock) as recorder:

        def tick() -> None:
            seconds.append(clock.wall())
            if len(seconds) == 6:
                stop.set()
            if len(seconds) % 2:
                raise KeyError("a fault nobody foresaw")

        monkeypatch.setattr(recorder, "tick", tick)
        service = SiteService(recorder, stop, {})
        service.tick()
        assert service.deaths == {"tick": 3}
        assert seconds == [NOW + number * SECOND for number in range(1, 7)]


def test_the_door_outlives_nothing_it_should_not(site: OfficeSite) -> None:
    """Opened and closed twice on one recorder: a socket each time, none afterwards."""
    for _ in range(2):
        with open_door(site.recorder) as served, RecorderClient(served.socket) as client:
            assert len(client.visits()) == 2
        assert not (site.folder.recorder / SOCKET).exists()
    assert site.clock.wall() >= OPENING
