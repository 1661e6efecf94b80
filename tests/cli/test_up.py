"""``mihariban up`` with real processes: one is killed, the other goes on; SIGTERM ends all; a killed supervisor too."""

from __future__ import annotations

import json
import os
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from http.client import HTTPConnection
from itertools import pairwise
from pathlib import Path

import httpx
import pytest

from mihariban.base.clock import SECOND, SystemClock, TurnedClock
from mihariban.cli import _parts
from mihariban.cli._parts import LONGEST_PAUSE_S, Part, PartWouldNotEnd, how, keep_running
from mihariban.recorder.control import Control
from tests.support.sites import SAGA

PATIENCE_S = 90.0


def wait_for(true: Callable[[], bool], process: subprocess.Popen[str], what: str) -> None:
    """Real processes on a real clock: asked until they answer."""
    end = time.monotonic() + PATIENCE_S
    while not true():
        assert process.poll() is None, process.communicate()[1]
        assert time.monotonic() < end, what
        time.sleep(0.05)  # nobody tells us when another process has got so far


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port: int = listening.getsockname()[1]
    return port


def children(process: int) -> dict[str, int]:
    """The parts that a supervisor runs, by name."""
    found = {}
    for number in Path(f"/proc/{process}/task/{process}/children").read_text().split():
        words = Path(f"/proc/{number}/cmdline").read_bytes().split(b"\0")
        if b"mihariban.cli._part" in words:
            found[words[words.index(b"mihariban.cli._part") + 1].decode()] = int(number)
    return found


class _Line(HTTPConnection):
    """A call over the local socket; httpx leaves a socket behind where nobody listens."""

    def __init__(self, path: Path) -> None:
        super().__init__("localhost")
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(10)
        self.sock.connect(str(self._path))


class Up:
    """A running ``mihariban up``."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, free_port()
        command = [sys.executable, "-m", "mihariban.cli.main", "up", str(folder), "--port", str(self.port)]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def office_answers(self) -> bool:
        """Over TLS, with the CA that ``init`` made."""
        ca = self.folder / "office" / "tls" / "ca.pem"
        with socket.socket() as asked:
            if asked.connect_ex(("127.0.0.1", self.port)):
                return False
        try:
            context = ssl.create_default_context(cafile=ca)
            return httpx.get(f"https://127.0.0.1:{self.port}/healthz", verify=context).json()["healthy"] is True
        except httpx.TransportError:
            return False

    def recorder_answers(self) -> bool:
        with closing(_Line(self.folder / "recorder" / "recorder.sock")) as line:
            try:
                line.request("GET", "/healthz")
                return line.getresponse().status in (200, 503)
            except OSError:
                return False

    def both_answer(self) -> bool:
        return self.recorder_answers() and self.office_answers()


@pytest.fixture
def up(tmp_path: Path) -> Iterator[Up]:
    folder = tmp_path / "site"
    made = subprocess.run(
        [sys.executable, "-m", "mihariban.cli.main", "init", str(folder), "--policy", str(SAGA), "--source", "demo:live",
         "--size", "32MiB", "--region-size", "512KiB", "--allow-cow"],
        check=False, capture_output=True, text=True,
    )  # fmt: skip
    assert made.returncode == 0, made.stderr
    running = Up(folder)
    yield running
    if running.process.poll() is None:
        running.process.kill()
        running.process.communicate()


def test_one_is_killed_and_the_other_goes_on(up: Up) -> None:
    """kill -9 of each in turn: begun anew, counted, logged; the other keeps its process. SIGTERM ends both in order."""
    wait_for(up.both_answer, up.process, "the parts do not answer")
    first = children(up.process.pid)
    assert set(first) == {"recorder", "office"}
    os.kill(first["office"], signal.SIGKILL)
    wait_for(
        lambda: children(up.process.pid).get("office", first["office"]) != first["office"], up.process, "no new office"
    )
    assert up.recorder_answers()
    wait_for(up.office_answers, up.process, "the new office does not answer")
    assert children(up.process.pid)["recorder"] == first["recorder"]
    os.kill(first["recorder"], signal.SIGKILL)
    wait_for(up.recorder_answers, up.process, "the new recorder does not answer")
    up.process.send_signal(signal.SIGTERM)
    out, err = up.process.communicate(timeout=PATIENCE_S)
    assert up.process.returncode == 0, err
    assert "recorder died 1 times, office died 1 times" in out
    assert err.count("part died") == 2 and err.count("SIGKILL") == 2
    events = [json.loads(line) for line in err.splitlines()]  # of all parts: one form
    assert [each["part"] for each in events if each["event"] == "part ended"] == ["office", "recorder"]
    control = Control(up.folder / "recorder" / "control.db", readonly=True)
    killed, ended = control.lives()
    control.close()
    assert killed.ended is None and ended.ended is not None


def test_parts_end_with_a_supervisor_that_is_killed(up: Up) -> None:
    """Nothing is left running that a second supervisor would stumble over."""
    wait_for(up.both_answer, up.process, "the parts do not answer")
    parts = children(up.process.pid)
    up.process.kill()
    up.process.communicate()
    end = time.monotonic() + PATIENCE_S
    while any(Path(f"/proc/{number}").exists() for number in parts.values()):
        assert time.monotonic() < end, "a part outlives its supervisor"
        time.sleep(0.05)  # the kernel tells them, not us


def test_a_folder_without_a_site_is_refused(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "mihariban.cli.main", "up", str(tmp_path)], check=False, capture_output=True, text=True
    )
    assert "recorder/control.db" in done.stderr


class _Dead:
    """A process that is over as soon as it is looked at."""

    pid = 1
    returncode = 7

    def poll(self) -> int:
        return self.returncode


def test_pauses_grow_and_begin_anew_after_a_long_life(monkeypatch: pytest.MonkeyPatch) -> None:
    """1, 2, 4 … 60 s; ten minutes of life make the next pause short again."""
    monkeypatch.setattr(_parts.subprocess, "Popen", lambda *_, **__: _Dead())
    clock, part, began = TurnedClock(0), Part("office", []), []
    for _ in range(9):
        while part.process is None:
            part.look(clock.monotonic())
            clock.turn(SECOND // 2)
        began.append(clock.monotonic())
        part.look(clock.monotonic())
    pauses = [(later - earlier) / SECOND for earlier, later in pairwise(began)]
    assert pauses == pytest.approx([1, 2, 4, 8, 16, 32, LONGEST_PAUSE_S, LONGEST_PAUSE_S], abs=1)
    assert part.deaths == 9
    while part.process is None:
        part.look(clock.monotonic())
        clock.turn(SECOND)
    clock.turn(700 * SECOND)
    part.look(clock.monotonic())
    clock.turn(2 * SECOND)
    part.look(clock.monotonic())
    assert part.process is not None


def test_a_part_that_does_not_end_is_killed_and_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """The other one is ended all the same."""
    deaf = (
        "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); time.sleep(600)"
    )
    first = subprocess.Popen([sys.executable, "-c", deaf], stdout=subprocess.PIPE)
    other = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    assert first.stdout is not None and first.stdout.readline() == b"deaf\n"
    parts = [Part("recorder", [], process=other), Part("office", [], process=first)]
    stop = threading.Event()
    stop.set()
    with pytest.raises(PartWouldNotEnd) as caught:
        keep_running(parts, stop, SystemClock(), patience=0.3)
    assert caught.value.facts["part"] == "office"
    assert how(first.returncode) == "SIGKILL" and how(other.returncode) == "SIGTERM"
    first.stdout.close()
