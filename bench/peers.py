"""The peers, as Debian and the Python index ship them, on the same files."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench.clips import WORK

_TICK = os.sysconf("SC_CLK_TCK")
DVR_SCAN = "dvr-scan==1.8.2.1"

_MOTION = """daemon off
setup_mode off
log_level 5
target_dir {target}
netcam_url file://{clip}
netcam_high_url file://{clip}
width {width}
height {height}
framerate 15
event_gap 5
pre_capture 3
post_capture 10
movie_output on
movie_passthrough on
picture_output off
webcontrol_port 0
stream_port 0
"""


def cpu_seconds(pid: int) -> float:
    """User and system time of a process and its threads so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / _TICK


def resident_mib(pid: int) -> float:
    """Memory of a process that is resident now."""
    status = Path(f"/proc/{pid}/status").read_text()
    match = re.search(r"VmRSS:\s+(\d+) kB", status)
    return int(match[1]) / 1024 if match else 0.0


class Watched:
    """A running program whose share of one core is taken between two moments."""

    def __init__(self, command: list[str]) -> None:
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self._from = 0.0

    def mark(self) -> None:
        """The measured span begins."""
        self._from = cpu_seconds(self._process.pid)

    def used(self) -> float:
        """CPU seconds since the mark."""
        return cpu_seconds(self._process.pid) - self._from

    def resident(self) -> float:
        """MiB resident now."""
        return resident_mib(self._process.pid)

    def stop(self) -> None:
        """End it."""
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def motion_installed() -> bool:
    """Motion is on this machine."""
    return shutil.which("motion") is not None


def motion_command(clip: Path, width: int, height: int, folder: Path) -> list[str]:
    """Motion, pass-through recording, on a file played at its own speed."""
    folder.mkdir(parents=True, exist_ok=True)
    config = folder / "motion.conf"
    config.write_text(_MOTION.format(target=folder, clip=clip.resolve(), width=width, height=height))
    return ["motion", "-c", str(config), "-n"]


def recorder_command(clip: Path, site: Path) -> list[str]:
    """Our recorder on the same file at its own speed, into a new site."""
    mihariban = [sys.executable, "-m", "mihariban.cli.main"]
    shutil.rmtree(site, ignore_errors=True)
    policy = Path(__file__).parent.parent / "policies" / "saga-kiosk-2016.toml"
    made = [*mihariban, "init", str(site), "--policy", str(policy), "--source", str(clip), "--size", "256MiB"]
    subprocess.run(made, check=True, capture_output=True)
    return [*mihariban, "record", str(site), "--real-time", "--starts-at", "2026-11-24T10:00:00+09:00"]


def dvr_scan() -> Path:
    """DVR-Scan in an environment of its own, made on first use."""
    home = WORK / "dvr-scan"
    program = home / "bin" / "dvr-scan"
    if not program.exists():
        subprocess.run([sys.executable, "-m", "venv", str(home)], check=True)
        pip = [str(home / "bin" / "pip"), "install", "--quiet", "--only-binary", ":all:"]
        subprocess.run([*pip, DVR_SCAN, "opencv-python-headless"], check=True, capture_output=True)
    return program


def dvr_scan_events(clip: Path) -> tuple[list[tuple[float, float]], float]:
    """Events (from, to) in seconds as DVR-Scan finds them with its defaults, and its CPU seconds."""
    with tempfile.TemporaryDirectory() as folder:
        before = os.times()
        command = [str(dvr_scan()), "-i", str(clip), "--scan-only", "-q", "-d", folder]
        said = subprocess.run(command, capture_output=True, text=True, check=False)
        after = os.times()
    moments = re.findall(r"(\d+):(\d+):(\d+\.\d+)", said.stdout.splitlines()[-1] if said.stdout else "")
    seconds = [int(h) * 3600 + int(m) * 60 + float(s) for h, m, s in moments]
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    return list(zip(seconds[0::2], seconds[1::2], strict=False)), cpu


def motion_events(clips: dict[str, Path], seconds: float, folder: Path) -> dict[str, str]:
    """How many films Motion makes of each clip, all played at their own speed side by side."""
    if not motion_installed():
        return dict.fromkeys(clips, "not installed")
    running = {name: Watched(motion_command(clip, 768, 432, folder / name)) for name, clip in clips.items()}
    wait_until(time.monotonic() + seconds)
    for watched in running.values():
        watched.stop()
    films = {name: [*(folder / name).rglob("*.mkv"), *(folder / name).rglob("*.mp4")] for name in clips}
    return {name: f"{len(found)} events" for name, found in films.items()}


def wait_until(moment: float) -> None:
    """Let real time pass: peers play at their own speed."""
    time.sleep(max(0.0, moment - time.monotonic()))
