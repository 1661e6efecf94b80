"""A recorder starts, and starts again, on a disk without a free block: recording goes on, access is refused with the
reason, and nothing is lost. The disk is a real one (ext4 on a loop device); skipped aloud where not root."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from mihariban.base import sqlite
from mihariban.base.clock import HOUR, MINUTE
from mihariban.ledger.errors import LedgerUnwritable
from mihariban.ledger.tags import Tag
from mihariban.recorder.client import RecorderClient
from mihariban.recorder.control import Control
from mihariban.recorder.door import Door
from mihariban.recorder.health.kinds import FindingKind
from mihariban.volume import ClipKind
from tests.power import disk as power_disk
from tests.power.disk import MIB, LoopDisk
from tests.support.office import OPENING, OfficeSite, record_room

_WHY = power_disk.missing()
pytestmark = pytest.mark.skipif(bool(_WHY), reason=_WHY)


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two visitors, filmed while there was room."""
    path = tmp_path_factory.mktemp("room") / "site"
    record_room(path)
    return path


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[LoopDisk]:
    """64 MiB."""
    with LoopDisk(tmp_path, 64 * MIB) as made:
        yield made


@pytest.fixture
def site(room: Path, disk: LoopDisk) -> Iterator[OfficeSite]:
    """The room's site on that disk, which is full; its recorder is stopped."""
    made = OfficeSite(room, disk.path / "site")
    made.stop()
    disk.fill()
    yield made
    made.close()


def _visits(site: OfficeSite) -> int:
    return len(site.recorder.volume.clips(kind=ClipKind.VISIT))


def test_it_starts_on_a_full_disk_records_and_enters_all_when_there_is_room(site: OfficeSite, disk: LoopDisk) -> None:
    """Twice, the second time after a crash: what was filmed lies in the ring, and the book learns it later."""
    site.start()
    assert site.recorder.control.alone
    site.film(OPENING + HOUR)
    assert _visits(site) == 4
    assert len(site.visits) == 2
    with pytest.raises(LedgerUnwritable, match=r"MH402.*full"):
        site.open_grant(site.grant(8, 22))
    site.recorder.tick()
    assert FindingKind.LEDGER_UNWRITABLE in [each.kind for each in site.recorder.health.current()]
    site.crash()
    site.clock.turn(MINUTE)
    site.start()
    site.film(OPENING + 3 * HOUR)
    assert _visits(site) == 6
    disk.make_room()
    site.clock.turn(MINUTE)
    site.recorder.tick()
    assert not site.recorder.control.alone
    assert site.recorder.owed.waiting == 0
    assert len(site.visits) == 6
    assert site.open_grant(site.grant(8, 22)).intent
    beside = Control(site.folder.control, readonly=True)
    assert len(beside.visits()) == 6
    beside.close()
    site.verified()


def test_who_looks_meanwhile_is_told_why(site: OfficeSite, disk: LoopDisk) -> None:
    """Beside a recorder that has the book alone it cannot be read; the door answers. Without one it can be read."""
    looking = Control(site.folder.control, readonly=True)
    assert len(looking.visits()) == 2
    looking.close()
    site.start()
    with pytest.raises(sqlite.DatabaseUnusable, match="the disk is full"):
        Control(site.folder.control, readonly=True)
    assert len(Door(site.recorder).visits()) == 2


def test_the_command_starts_on_a_full_disk(site: OfficeSite, disk: LoopDisk) -> None:
    """As the service manager starts it, with a live camera that is away: it opens its door and answers."""
    disk.make_room()
    text = site.folder.site.read_text(encoding="utf-8")
    assert "none.mp4" in text
    site.folder.site.write_text(text.replace("none.mp4", "rtsp://127.0.0.1:9/away"), encoding="utf-8")
    disk.fill()
    command = [sys.executable, "-m", "mihariban.cli.main", "recorder", str(site.folder.path)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        said = process.stdout.readline()
        assert "recorder of test" in said, process.stderr.read() if process.stderr else said
        with RecorderClient(site.folder.recorder / "recorder.sock") as client:
            assert client.status().site == "test"
    finally:
        process.terminate()
        _, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    disk.make_room()
    site.start()
    assert not site.recorder.control.alone
    assert site.entries(Tag.BOOT_PROCESS_START)
