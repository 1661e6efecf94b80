"""``mihariban recorder`` as a user runs it: it answers, it says what it does, it stops in order."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from mihariban.base.clock import SystemClock, TurnedClock
from mihariban.ledger.entry import read_leaf
from mihariban.ledger.keys import Signer
from mihariban.ledger.tags import Tag
from mihariban.recorder.client import RecorderClient
from mihariban.recorder.control import Control
from mihariban.recorder.keeping.watch_time import watch_time
from mihariban.recorder.service import Recorder
from mihariban.recorder.site_folder import SiteFolder
from tests.support.office import OfficeSite, record_room
from tests.support.sites import make_site, moment

PATIENCE_S = 60.0


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two visitors were filmed."""
    path = tmp_path_factory.mktemp("room") / "site"
    record_room(path)
    return path


def _wait_for(path: Path, process: subprocess.Popen[str]) -> None:
    """A real process on a real clock: asked until it answers."""
    end = time.monotonic() + PATIENCE_S
    while not path.exists():
        assert process.poll() is None, process.stderr.read() if process.stderr else ""
        assert time.monotonic() < end, "the recorder does not open its door"
        os.sched_yield()


def test_the_recorder_runs_answers_and_stops_in_order(tmp_path: Path) -> None:
    """The drawn camera is watched on the site's clock; a second recorder is refused; SIGTERM ends it in order."""
    folder = make_site(tmp_path / "site", source="demo:live", size="32MiB")
    command = [sys.executable, "-m", "mihariban.cli.main", "recorder", str(folder.path)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        socket = folder.recorder / "recorder.sock"
        _wait_for(socket, process)
        with RecorderClient(socket) as client:
            status = client.status()
            assert [camera.id for camera in status.cameras] == ["cam1"]
            assert client.events(0).events[0].entry["tag"] == "ledger:book:open"
        second = subprocess.run(command, check=False, capture_output=True, text=True, timeout=PATIENCE_S)
        assert second.returncode == 39, second.stderr  # VolumeInUse
    finally:
        process.send_signal(signal.SIGTERM)
        out, err = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 0, err
    assert "stopped in order" in out
    assert not socket.exists()
    control = Control(folder.control, readonly=True)
    (life,) = control.lives()
    control.close()
    assert life.ended is not None
    verified = subprocess.run(
        [sys.executable, "-m", "mihariban.cli.main", "ledger", "verify", "--contents", str(folder.path)],
        check=False,
        capture_output=True,
        text=True,
    )
    assert verified.returncode == 0, verified.stdout + verified.stderr


def _run(*words: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "mihariban.cli.main", "recorder", *map(str, words)]
    return subprocess.run(command, check=False, capture_output=True, text=True, timeout=PATIENCE_S)


def _entries(folder: SiteFolder, tag: Tag) -> list[dict[str, Any]]:
    control = Control(folder.control, readonly=True)
    try:
        leaves = [read_leaf(leaf) for leaf in control.store.leaves(0, control.store.size())]
    finally:
        control.close()
    return [leaf for leaf in leaves if leaf["tag"] == str(tag)]


@pytest.mark.parametrize("damage", ["gone", "garbage"])
def test_a_lost_book_is_replaced_by_command(tmp_path: Path, room: Path, damage: str) -> None:
    """Without it nothing runs, and what is said names the way; then visits and holds come back from the ring."""
    site = OfficeSite(room, tmp_path / "site")
    held = site.hold(8, 22)
    before = site.visits
    site.close()
    folder = site.folder
    for name in ("control.db-wal", "control.db-shm"):
        (folder.recorder / name).unlink(missing_ok=True)
    if damage == "gone":
        folder.control.unlink()
    else:
        folder.control.write_bytes(b"garbage" * 4096)
    refused = _run(folder.path)
    assert refused.returncode == (67 if damage == "gone" else 11), refused.stderr
    assert "--new-book" in refused.stderr
    done = _run(folder.path, "--new-book", "--reason", "ディスク交換 見本 太郎")
    assert done.returncode == 0, done.stderr
    (aside,) = folder.recorder.glob("book-*")
    assert (aside / "ledger.key").exists() and (aside / "control.db").exists() == (damage == "garbage")
    (entry,) = _entries(folder, Tag.LEDGER_BOOK_REPLACE)
    assert entry["object"]["aside"] == aside.name
    assert entry["object"]["old_key"] not in ("", Signer.load(folder.recorder / "ledger.key").public.text())
    assert "見本" not in str(entry)
    with Recorder(folder, clock=site.clock) as recorder:
        assert recorder.control.visits() == before
        assert [row.id for row in recorder.control.holds(kept_only=True)] == [held.id]


def test_a_new_book_and_a_confirmed_clock_want_a_reason(tmp_path: Path) -> None:
    """And one of them at a time; nothing is touched."""
    folder = make_site(tmp_path / "site")
    for words in (["--new-book"], ["--confirm-clock"], ["--new-book", "--confirm-clock", "--reason", "x"]):
        assert _run(folder.path, *words).returncode == 2
    assert list(folder.recorder.glob("book-*")) == []
    assert _entries(folder, Tag.CLOCK_TIME_CONFIRM) == []


def test_a_running_recorder_keeps_its_book(tmp_path: Path) -> None:
    """The command is refused while somebody records."""
    folder = make_site(tmp_path / "site")
    with Recorder(folder, clock=TurnedClock(moment("2026-11-24 10:00:00"))):
        done = _run(folder.path, "--new-book", "--reason", "見本")
    assert done.returncode == 39, done.stderr
    assert list(folder.recorder.glob("book-*")) == []


def test_a_confirmed_clock_is_entered_beside_a_running_recorder(tmp_path: Path) -> None:
    """By whom and how stays beside the ledger."""
    folder = make_site(tmp_path / "site")
    with Recorder(folder, clock=SystemClock()) as recorder:
        recorder.tick()
        done = _run(folder.path, "--confirm-clock", "--reason", "時報と比べた 見本 太郎")
        assert done.returncode == 0, done.stderr
        watch_time(recorder, recorder.clock.wall())
        assert recorder.time.mark.confirmed == 1
        recorder.tick()
    (entry,) = _entries(folder, Tag.CLOCK_TIME_CONFIRM)
    assert "見本" not in str(entry)
