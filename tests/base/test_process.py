"""A process that holds keys: seen from outside."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

_SCRIPT = """
import os, sys, structlog
from mihariban.base.process import keep_to_itself
if sys.argv[1] == "closed":
    keep_to_itself()
open("made", "w").close()
import ctypes
print(ctypes.CDLL(None).prctl(3, 0, 0, 0, 0), flush=True)  # PR_GET_DUMPABLE
sys.stdin.read()
"""


def _run(folder: Path, how: str) -> tuple[str, str, int]:
    """Dumpable, the line of /proc on core dumps, and the mode of a file that it made."""
    folder.mkdir()
    command = [sys.executable, "-c", _SCRIPT, how]
    with subprocess.Popen(command, cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        said = process.stdout.readline().strip()
        limits = Path(f"/proc/{process.pid}/limits").read_text(encoding="ascii")
        process.send_signal(signal.SIGKILL)
    line = next(line for line in limits.splitlines() if "core file" in line)
    return said, line, (folder / "made").stat().st_mode & 0o777


def test_nobody_looks_into_it(tmp_path: Path) -> None:
    """Beside the same process as it would be otherwise."""
    before = os.umask(0o022)
    try:
        said, line, mode = _run(tmp_path / "closed", "closed")
        assert (said, line.split()[4:6], mode) == ("0", ["0", "0"], 0o600)
        said, _, mode = _run(tmp_path / "open", "open")
        assert (said, mode) == ("1", 0o644)
    finally:
        os.umask(before)
