"""Nobody but the recorder's user reads what lies in its room, whatever the shell's umask says."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from mihariban.base import sqlite
from mihariban.recorder.private import close_to_others
from mihariban.volume.storage import Folder
from tests.support.office import OfficeSite
from tests.support.sites import SAGA
from tests.support.video import room_video


@pytest.fixture
def wide() -> Iterator[None]:
    """A process whose shell closes nothing."""
    before = os.umask(0)
    yield
    os.umask(before)


def _modes(folder: Path) -> dict[str, str]:
    """Mode of all that others could do something with."""
    found = {}
    for path in sorted([folder, *folder.rglob("*")]):
        facts = path.lstat()
        mode = stat.S_IMODE(facts.st_mode)
        if mode & 0o077 and stat.S_IFMT(facts.st_mode) in (stat.S_IFREG, stat.S_IFDIR):
            found[path.relative_to(folder).as_posix()] = f"{mode:o}"
    return found


def _run(*words: str, stop: str | None = None) -> None:
    command = [sys.executable, "-m", "mihariban.cli.main", *words]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        assert process.stdout is not None
        told = ""
        for line in process.stdout:
            told += line
            if stop is not None and stop in line:
                process.terminate()
        process.wait(60)
    assert process.returncode == 0, told


@pytest.mark.usefixtures("wide")
def test_what_the_commands_make_is_closed(tmp_path: Path) -> None:
    """Made, recorded into, and the recorder run. Certificates are public; the rest of the site nobody else writes."""
    video, site = room_video(tmp_path / "room.mp4", [(8.0, 20.0)], 30.0), tmp_path / "site"
    size = ("--size", "8MiB", "--region-size", "512KiB")
    _run("init", str(site), "--policy", str(SAGA), "--source", str(video), *size)
    _run("record", str(site), "--starts-at", "2026-11-24T10:00:00+09:00")
    assert (site / "recorder" / "index.db").exists()
    _run("recorder", str(site), stop="door")
    assert (site / "recorder" / "ledger" / "checkpoint").exists()
    public = {"tls/ca.pem": "644", "tls/recorder.pem": "644"}
    assert _modes(site / "recorder") == public
    others = {name: mode for name, mode in _modes(site).items() if int(mode, 8) & 0o022}
    assert others == {}


@pytest.mark.usefixtures("wide")
def test_a_database_is_closed_from_its_first_byte(tmp_path: Path) -> None:
    """With what SQLite lays beside it; one that is there keeps its mode."""
    path = tmp_path / "new.db"
    db = sqlite.connect(path, synchronous="NORMAL")
    db.execute("CREATE TABLE fact (it)")
    assert _modes(tmp_path) == {}
    assert (tmp_path / "new.db-wal").exists()
    db.close()


def test_what_an_older_version_left_wider_is_closed_at_the_start_and_noted(site: OfficeSite) -> None:
    """The room may be passed through by its group, for the socket; nothing else."""
    room = site.folder.recorder
    site.stop()
    (room / "index.db").chmod(0o644)
    room.chmod(0o755)
    (room / "ledger").mkdir(exist_ok=True)
    (room / "ledger").chmod(0o755)
    with capture_logs() as logs:
        site.start()
    assert {name: f"{(room / name).stat().st_mode & 0o777:o}" for name in ("", "index.db", "ledger")} == {
        "": "710", "index.db": "600", "ledger": "700",
    }  # fmt: skip
    noted = {Path(each["path"]).name: each["mode"] for each in logs if "it was closed" in each["event"]}
    assert {"index.db": "644", "ledger": "755", room.name: "755"}.items() <= noted.items()
    assert close_to_others(room) == []


def test_a_root_key_that_others_could_read_stays_a_finding(site: OfficeSite) -> None:
    """Closing it silently would end the alarm, and they may have read it."""
    site.stop()
    (site.folder.recorder / "root.key").chmod(0o644)
    site.start()
    assert Folder(site.folder.recorder).secret_exposed()
    assert (site.folder.recorder / "root.key").stat().st_mode & 0o777 == 0o644
