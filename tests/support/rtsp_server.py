"""A real RTSP camera for tests: starts, kills, freezes and restarts ``rtsp_camera.py`` under the system's Python."""

from __future__ import annotations

import ctypes
import json
import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

SYSTEM_PYTHON = "/usr/bin/python3"
_SCRIPT = Path(__file__).with_name("rtsp_camera.py")
_PR_SET_PDEATHSIG = 1


def missing() -> str | None:
    """Why the server cannot run here, or None where it can."""
    probe = (
        "import gi\n"
        "for name in ('Gst', 'GstRtspServer', 'GstApp'):\n"
        "    gi.require_version(name, '1.0')\n"
        "from gi.repository import Gst, GstRtspServer\n"
        "Gst.init(None)\n"
        "lost = [n for n in ('h264parse', 'h265parse', 'rtph264pay', 'rtph265pay', 'appsrc')"
        " if not Gst.ElementFactory.find(n)]\n"
        "raise SystemExit(f'no GStreamer element {lost}' if lost else 0)\n"
    )
    if not Path(SYSTEM_PYTHON).exists():
        return f"no {SYSTEM_PYTHON}"
    done = subprocess.run([SYSTEM_PYTHON, "-c", probe], capture_output=True, text=True, check=False)
    return None if done.returncode == 0 else (done.stderr.strip().splitlines() or ["GStreamer does not start"])[-1]


def _die_with_parent() -> None:
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


@dataclass
class RtspServer:
    """A camera of its own process; never outlives the test.

    Attributes:
        clip: access units as ``clips.write_units`` leaves them.
        clock: file with the time its sender reports tell (``rtsp_camera.py``); None for the real one.
        port: 0 until the first start, which picks a free one; kept over restarts.
    """

    clip: Path
    codec: str = "h264"
    fps: int = 15
    auth: str = ""
    user: str = ""
    password: str = ""
    audio: bool = False
    clock: Path | None = None
    port: int = 0
    _process: subprocess.Popen[str] | None = None

    @property
    def url(self) -> str:
        return f"rtsp://127.0.0.1:{self.port}/cam"

    def start(self) -> RtspServer:
        """Start and wait until the port answers."""
        self._process = subprocess.Popen(
            [SYSTEM_PYTHON, str(_SCRIPT)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            preexec_fn=_die_with_parent if sys.platform == "linux" else None,
            env={**os.environ, "GST_DEBUG": "0"},
        )
        names = ("codec", "fps", "port", "auth", "user", "password", "audio")
        order = {"clip": str(self.clip), "clock": str(self.clock or "")} | {name: getattr(self, name) for name in names}
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.close()
        words = self._process.stdout.readline().split()
        if words[:1] != ["ready"]:
            self.kill()
            raise RuntimeError(f"the RTSP server did not start: {words}")
        self.port = int(words[1])
        return self

    def kill(self) -> None:
        """As a power cut: SIGKILL."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(10)
            for pipe in (self._process.stdout, self._process.stderr):
                if pipe is not None:
                    pipe.close()
            self._process = None

    def freeze(self) -> None:
        """The camera hangs but its connections stay open: SIGSTOP."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        assert self._process is not None
        self._process.send_signal(signal.SIGCONT)

    def __enter__(self) -> RtspServer:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill()
