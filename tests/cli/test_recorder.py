"""``mihariban recorder`` as a user runs it: it answers, it says what it does, it stops in order."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from mihariban.recorder.client import RecorderClient
from mihariban.recorder.control import Control
from tests.support.sites import make_site

PATIENCE_S = 60.0


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
