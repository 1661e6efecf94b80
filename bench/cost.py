"""What a camera costs: processor and memory, beside Motion and beside plain decoding, on the same clips."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench import clips, peers
from bench.rows import Row, ratio, row

RUNS = 7
_IDLE = (8.0, 24.0)
_BUSY = (14.0, 30.0)

_LOAD = """
import json, os, sys, threading, time
from pathlib import Path
from mihariban.base.clock import TurnedClock
from mihariban.recorder.service import Recorder
from mihariban.recorder.site_folder import SiteFolder
from mihariban.recorder.sources.file import FileSource

folder, clip, starts_at = SiteFolder(Path(sys.argv[1])), Path(sys.argv[2]), int(sys.argv[3])
with Recorder(folder, clock=TurnedClock(starts_at)) as recorder:
    sources = [
        (FileSource(clip, starts_at=starts_at).packets(threading.Event()), recorder.channel(camera))
        for camera in recorder.site.camera
    ]
    began = time.process_time()
    for packets in zip(*[source for source, _ in sources]):
        for packet, (_, channel) in zip(packets, sources):
            recorder.take(channel, packet)
    cpu = time.process_time() - began
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    print(json.dumps({"cpu": cpu, "mib": pages * os.sysconf("SC_PAGE_SIZE") / (1 << 20)}))
"""


def _pair(clip: Path, span: tuple[float, float]) -> tuple[float, float, float]:
    """Shares of a core over the span: ours, Motion's; and our memory. Both play the clip at the same time."""
    with tempfile.TemporaryDirectory(dir=clips.WORK) as folder:
        ours_command = peers.recorder_command(clip, Path(folder) / "site")
        theirs_command = peers.motion_command(clip, 1920, 1080, Path(folder) / "motion")
        began = time.monotonic()
        ours, theirs = peers.Watched(ours_command), peers.Watched(theirs_command)
        peers.wait_until(began + span[0])
        ours.mark()
        theirs.mark()
        peers.wait_until(began + span[1])
        width = span[1] - span[0]
        figures = ours.used() / width, theirs.used() / width, ours.resident()
        ours.stop()
        theirs.stop()
    return figures


def _decoding(clip: Path) -> dict[str, str]:
    """Share of a core for demuxing, for key frames alone and for every frame, with PyAV."""
    code = (
        "import av,sys,time\nb=time.process_time()\nc=av.open(sys.argv[1]);s=c.streams.video[0]\n"
        "s.codec_context.thread_count=1\nm=sys.argv[2]\nn=0.0\n"
        "if m=='key': s.codec_context.skip_frame='NONKEY'\n"
        "for p in c.demux(s):\n"
        "    n=float(p.pts*p.time_base) if p.pts else n\n"
        "    if m!='demux': p.decode()\n"
        "print((time.process_time()-b)/n)"
    )
    shares = {}
    for name, mode in (("PyAV demuxing", "demux"), ("PyAV key frames", "key"), ("PyAV every frame", "all")):
        command = [sys.executable, "-c", code, str(clip), mode]
        said = [float(subprocess.run(command, capture_output=True, text=True, check=True).stdout) for _ in range(3)]
        shares[name] = f"{100 * statistics.median(said):.2f} %"
    shares["DVR-Scan"] = f"{100 * peers.dvr_scan_events(clip)[1] / 40:.1f} %"
    return shares


def _against_motion(name: str, clip: Path, span: tuple[float, float], most: float, target: str) -> tuple[Row, float]:
    if not peers.motion_installed():
        return row(name, "not measured: motion is not installed", "", target=target, met=False), 0.0
    pairs = [_pair(clip, span) for _ in range(RUNS)]
    value, spread = ratio([pair[0] for pair in pairs], [pair[1] for pair in pairs])
    beside = {
        "ours": f"{100 * statistics.median(pair[0] for pair in pairs):.2f} % of a core",
        "Motion": f"{100 * statistics.median(pair[1] for pair in pairs):.2f} %",
        **_decoding(clip),
        "spread": spread,
    }
    memory = max(pair[2] for pair in pairs)
    return row(name, value, "x Motion", target=target, met=value <= most, **beside), memory


def _several(count: int) -> dict[str, float]:
    """CPU seconds and MiB of one process with ``count`` cameras on the clip with somebody there."""
    policy = Path(__file__).parent.parent / "policies" / "saga-kiosk-2016.toml"
    from mihariban.base.clock import SystemClock
    from mihariban.policy import load_site
    from mihariban.recorder.site_folder import create_site

    clip = clips.somebody()
    with tempfile.TemporaryDirectory(dir=clips.WORK) as folder:
        lines = ['[site]\nid = "bench"\npolicy_site = "honchosha-1f"', '[recorder]\nid = "r"']
        lines += ['[recorder.volume]\nsize = "512MiB"']
        lines += [f'[[camera]]\nid = "cam{number}"\nsource = "{clip}"\n' for number in range(count)]
        file = Path(folder) / "site.toml"
        file.write_text("\n".join(lines))
        site = create_site(Path(folder) / "s", policy_file=policy, site=load_site(file), clock=SystemClock())
        starts_at = 1_795_482_000 * 1_000_000_000
        command = [sys.executable, "-c", _LOAD, str(site.path), str(clip), str(starts_at)]
        said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return dict(json.loads(said.splitlines()[-1]))


def rows() -> list[Row]:
    """All figures of cost."""
    found = []
    idle, memory_idle = _against_motion(
        "CPU of a camera, 1080p15 3 Mbit/s, nobody there", clips.nobody(), _IDLE, 1 / 20, "1/20 of Motion or less"
    )
    busy, memory_busy = _against_motion(
        "CPU of a camera, the same with somebody there", clips.somebody(), _BUSY, 1 / 5, "1/5 of Motion or less"
    )
    found += [idle, busy]
    one = [_several(1) for _ in range(RUNS)]
    eight = [_several(8) for _ in range(RUNS)]
    value, spread = ratio([each["cpu"] / 8 for each in eight], [each["cpu"] for each in one])
    memory = max(memory_idle, memory_busy, *(each["mib"] for each in one))
    more = max((after["mib"] - before["mib"]) / 7 for before, after in zip(one, eight, strict=True))
    found += [
        row("memory of one camera's recorder", memory, "MiB", target="150 MB or less", met=memory * 1.048576 <= 150),
        row("memory of each further camera", more, "MiB", target="40 MB or less", met=more * 1.048576 <= 40),
        row("CPU per camera, eight against one", value, "x", target="1.1 x or less", met=value <= 1.1, spread=spread),
    ]
    return found


if __name__ == "__main__":
    for each in rows():
        print(each)
