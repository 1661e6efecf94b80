"""A recorded site with its office, backed up, and put back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from mihariban.backup.keys import KeyFile
from mihariban.backup.make import make_backup
from mihariban.backup.read import Contents
from mihariban.backup.restore import restore
from mihariban.base.clock import TurnedClock
from mihariban.office.book import OfficeBook
from mihariban.office.signer import Office
from mihariban.office.trust import known_recorder
from mihariban.recorder.site_folder import SiteFolder
from tests.support.office import OfficeSite
from tests.support.office_recorder import recorded_site

__all__ = ["recorded_site"]


class RestoredSite(OfficeSite):
    """A restored folder, run where it lies, on a clock that went on meanwhile."""

    def __init__(self, folder: Path, clock: TurnedClock) -> None:
        self.folder = SiteFolder(folder)
        self.clock = clock
        self.book = OfficeBook(folder / "office", clock=clock)
        self.office = Office(self.book, known_recorder(folder / "office", site="test", recorder="test-r1"))
        self.checkpoints = []
        self.running = False
        self.start()


@pytest.fixture
def site(recorded_site: Path, tmp_path: Path) -> Iterator[OfficeSite]:
    """Two visits of 2026-11-24, 10:00; recorder and office are open."""
    made = OfficeSite(recorded_site, tmp_path / "site")
    yield made
    made.close()


@pytest.fixture
def key(tmp_path: Path) -> KeyFile:
    return KeyFile.create(tmp_path / "backup.key")


Back = Callable[..., Contents]


@pytest.fixture
def backed_up(site: OfficeSite, key: KeyFile, tmp_path: Path) -> Callable[[], Path]:
    """Backs the site up, as it runs."""

    def make() -> Path:
        made = len(list(tmp_path.glob("*.backup")))
        target = tmp_path / f"{made}.backup"
        make_backup(site.folder.path, target, [key.recipient], clock=site.clock)
        return target

    return make


@pytest.fixture
def put_back(site: OfficeSite, key: KeyFile, tmp_path: Path) -> Callable[[Path], Path]:
    """Restores into a new folder."""

    def make(backup: Path) -> Path:
        folder = tmp_path / f"restored-{backup.stem}"
        restore(backup, folder, [key], clock=site.clock)
        return folder

    return make
