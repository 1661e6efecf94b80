"""A real recorder behind its real socket, known to the office of the tests: both on the office's turned clock.

The room is filmed once for a process; ``heard`` gives a test its own copy with two visits of 2026-11-24, 10:00.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from mihariban.base.clock import SECOND, TurnedClock
from mihariban.office.base.acting import system
from mihariban.office.sites.actions.register_site import register_site
from mihariban.office.sites.models import RecorderUnit
from mihariban.office.trust import trust
from mihariban.recorder.api.serve import serve
from mihariban.recorder.client import RecorderClient
from mihariban.recorder.contract.facts import Status
from mihariban.recorder.door import Door
from mihariban.recorder.keeping.publish import publish_ledger
from mihariban.recorder.service import Recorder
from mihariban.recorder.site_folder import SiteFolder
from tests.support.office import OPENING, record_room

OF_THE_RING = ("disk_changed", "capacity_short")
"""Findings that are there in every test: the ring is small, and a copy."""

__all__ = ["OF_THE_RING", "HeardRecorder", "heard", "recorded_site"]


class HeardRecorder:
    """A recorder with its door. ``unit``: its row in the office."""

    def __init__(self, folder: Path, office: Path, clock: TurnedClock) -> None:
        self.folder, self.clock = SiteFolder(folder), clock
        self.socket = folder / "r.sock"
        self._running: ExitStack | None = None
        self.recorder: Recorder
        trust(self.folder.recorder, office, site="test", recorder="test-r1")
        self.start()

    @property
    def unit(self) -> RecorderUnit:
        return RecorderUnit.objects.select_related("site").get(pk="test-r1")

    def start(self) -> None:
        """A new life behind the socket."""
        stack = ExitStack()
        self.recorder = stack.enter_context(Recorder(self.folder, clock=self.clock))
        publish_ledger(self.recorder, self.clock.wall())
        stack.enter_context(serve(Door(self.recorder), socket=self.socket))
        self._running = stack

    def stop(self) -> None:
        """Its orderly end."""
        if self._running is not None:
            self._running.close()
            self._running = None

    def client(self) -> RecorderClient:
        """A caller of its own."""
        return RecorderClient(self.socket)

    def status(self) -> Status:
        """What it says of itself."""
        with self.client() as client:
            return client.status()


@pytest.fixture(scope="session")
def recorded_site(tmp_path_factory: pytest.TempPathFactory, _books_have_databases: None) -> Path:
    """A site with two visits on film; copy it."""
    path = tmp_path_factory.mktemp("recorded") / "site"
    record_room(path)
    return path


@pytest.fixture
def heard(office: Path, office_clock: TurnedClock, recorded_site: Path, tmp_path: Path) -> Iterator[HeardRecorder]:
    """A recorder that the office knows; a minute after the visits, and nothing heard of it yet."""
    office_clock.turn_to(OPENING + 60 * SECOND)
    shutil.copytree(recorded_site, tmp_path / "site")
    made = HeardRecorder(tmp_path / "site", office, office_clock)
    register_site(made.folder.load_site(), acting=system(), socket=str(made.socket))
    yield made
    made.stop()
