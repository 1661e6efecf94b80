"""Area ``trust``, expiry: from the moment the clock passes a clip's deadline until its key is gone from the disk."""

from __future__ import annotations

import statistics
import tempfile
import time
from pathlib import Path

from bench.rows import Row, row
from mihariban.base.clock import MINUTE, SECOND, TurnedClock
from mihariban.recorder.service import Recorder
from mihariban.volume import Chunk, ClipHeader, ClipRefused, ClipUnknown, CodecConfig, Sample
from tests.support.sites import make_site, moment

CLIPS = 400
_OPENS = "2026-11-24 10:00:00"
_CONFIG = CodecConfig("h264", 640, 360, (1, 90_000), b"", "annexb")


def rows() -> list[Row]:
    """Clips whose deadlines fall anywhere within ten minutes; the recorder ticks once a second of the site's clock."""
    with tempfile.TemporaryDirectory() as place:
        folder = make_site(Path(place) / "site", size="64MiB", wall=moment("2026-11-24 08:00:00"))
        clock = TurnedClock(moment(_OPENS))
        with Recorder(folder, clock=clock) as recorder:
            due = _record(recorder, clock)
            delays, readable, slowest = _live_on(recorder, clock, due)
    return [
        row(
            "expiry of a region: clock passed to unreadable",
            max(delays),
            "s until the key is gone",
            target="within one minute",
            met=max(delays) <= 60 and not readable and len(delays) == CLIPS,
            median=f"{statistics.median(delays):.1f} s",
            read_after_deadline=f"{readable} of {CLIPS} could still be read in that time (reading is refused at once)",
            slowest_tick=f"{slowest * 1000:.0f} ms",
        )
    ]


def _record(recorder: Recorder, clock: TurnedClock) -> dict[bytes, int]:
    due: dict[bytes, int] = {}
    for number in range(CLIPS):
        deadline = clock.wall() + 5 * MINUTE + number * 10 * MINUTE // CLIPS
        writer = recorder.volume.begin_clip("cam1", ClipHeader(bytes(16), deadline=deadline))
        data = bytes(4096)
        sample = Sample(len(data), number, number, 3000, True)
        wall = clock.wall() + number
        writer.append(Chunk(0, wall, wall, clock.boot_id(), "unknown", _CONFIG, (sample,), data))
        writer.close(deadline)
        due[writer.clip] = deadline
    recorder.volume.commit()
    return due


def _live_on(recorder: Recorder, clock: TurnedClock, due: dict[bytes, int]) -> tuple[list[float], int, float]:
    delays: list[float] = []
    readable, slowest = 0, 0.0
    left = dict(due)
    while left and clock.wall() < max(due.values()) + 5 * MINUTE:
        clock.turn(SECOND)
        began = time.perf_counter()
        recorder.tick()
        slowest = max(slowest, time.perf_counter() - began)
        for clip, deadline in list(left.items()):
            if deadline > clock.wall():
                continue
            try:
                readable += any(True for _ in recorder.volume.read(clip))
            except ClipRefused:
                continue
            except ClipUnknown:
                delays.append((clock.wall() - deadline) / SECOND)
                del left[clip]
    return delays, readable, slowest
