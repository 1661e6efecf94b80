"""Keeping the parts of a site running: each is a process of its own, may die alone, and is begun anew."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field

import structlog

from mihariban.base.clock import SECOND, Clock
from mihariban.base.errors import StateError

FIRST_PAUSE_S, LONGEST_PAUSE_S = 1.0, 60.0
SETTLED_S = 600.0
"""Who ran this long begins with the shortest pause again."""
PATIENCE_S = 60.0
"""A part that was told to end and has not after this long is killed."""
_LOOK_S = 0.2

_log = structlog.get_logger(__name__)


class PartWouldNotEnd(StateError):
    """A part did not end when it was told to, and was killed."""

    code = "MH561"
    exit_status = 122
    ja = (
        "{part} が終了の指示から {seconds} 秒たっても終わらないため、強制的に終わらせました。"
        "次の起動で状態を確かめてください。"
    )
    en = "{part} did not end within {seconds} s of being told to and was killed. Look at its state at the next start."


@dataclass(slots=True)
class Part:
    """A process that is to run.

    Args:
        name: recorder or office.
        arguments: of ``mihariban``.

    Attributes:
        deaths: how often it ended without being told to.
    """

    name: str
    arguments: Sequence[str]
    deaths: int = 0
    process: subprocess.Popen[bytes] | None = None
    _began: int = 0
    _due: int = 0
    _pause: float = field(default=FIRST_PAUSE_S)

    def look(self, now: int) -> None:
        """Begin it where it is due; notice where it has died. ``now``: monotonic ns."""
        if self.process is None:
            if now >= self._due:
                self._begin(now)
        elif self.process.poll() is not None:
            self._died(self.process.returncode, now)

    def _begin(self, now: int) -> None:
        command = [sys.executable, "-m", "mihariban.cli._part", *self.arguments]
        # A session of its own: Ctrl-C reaches us alone, and we end the parts in their order.
        self.process = subprocess.Popen(command, start_new_session=True, stdin=subprocess.DEVNULL)  # noqa: S603  # ours
        self._began = now
        _log.info("part began", part=self.name, process=self.process.pid, deaths=self.deaths)

    def _died(self, status: int, now: int) -> None:
        self.process = None
        self.deaths += 1
        if now - self._began >= SETTLED_S * SECOND:
            self._pause = FIRST_PAUSE_S
        self._due = now + round(self._pause * SECOND)
        _log.error("part died", part=self.name, how=how(status), deaths=self.deaths, again_after_s=self._pause)
        self._pause = min(2 * self._pause, LONGEST_PAUSE_S)

    def end(self, patience: float = PATIENCE_S) -> bool:
        """Tell it to end and wait. False where it had to be killed."""
        if self.process is None:
            return True
        process, self.process = self.process, None
        process.send_signal(signal.SIGTERM)
        try:
            status = process.wait(patience)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            _log.error("part was killed", part=self.name, after_s=patience)
            return False
        _log.info("part ended", part=self.name, how=how(status), deaths=self.deaths)
        return True


def how(status: int) -> str:
    """How a process ended, for a log."""
    return signal.Signals(-status).name if status < 0 else f"exit {status}"


def keep_running(parts: Sequence[Part], stop: threading.Event, clock: Clock, patience: float = PATIENCE_S) -> None:
    """Run the parts until ``stop`` is set, then end them in reverse order.

    Raises:
        PartWouldNotEnd: one had to be killed; the others were ended all the same.
    """
    try:
        while not stop.is_set():
            for part in parts:
                part.look(clock.monotonic())
            clock.wait(stop, _LOOK_S)
    finally:
        killed = [part.name for part in reversed(parts) if not part.end(patience)]
    if killed:
        raise PartWouldNotEnd(part=", ".join(killed), seconds=round(patience))
