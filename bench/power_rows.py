"""Area ``trust``, power: forced shutdowns of a real file system, and simulated power cuts.

A storage device that acknowledges a sync and loses it from a cache of its own is not covered by either.
"""

from __future__ import annotations

import random
import statistics
import tempfile
from pathlib import Path

from bench.rows import Row, row
from tests.ledger.cuts import sweep
from tests.power import cuts
from tests.power.disk import missing
from tests.volume.harness import Run, template

SHUTDOWNS = 200
CRASHES = 2000
_LOST = "acknowledged chunks and entries lost in 200 forced file-system shutdowns and 2,000 simulated crashes"
_SECONDS = "seconds of video lost per cut"
_STEPS = 36
_CONTROLS = 5


def rows(folder: Path | None = None) -> list[Row]:
    """Acknowledged chunks and entries lost, and seconds of video a cut costs.

    Args:
        folder: where the disks' images go [a temporary one]; about 100 MB.
    """
    why = missing()
    if why:
        text = f"not measured: {why}"
        return [row(_LOST, text, "", target="0", met=False), row(_SECONDS, text, "", target="2 or less", met=False)]
    with tempfile.TemporaryDirectory(dir=folder) as place:
        found = cuts.run(Path(place), SHUTDOWNS, seed=200)
    with tempfile.TemporaryDirectory(dir=folder) as place:
        control = cuts.run(Path(place), _CONTROLS, seed=201, synced=False)
    ring, ring_lost = _ring_crashes(CRASHES // 2)
    with tempfile.TemporaryDirectory(dir=folder) as place:
        ledger = sweep(Path(place), CRASHES - ring)
    lost = found.lost + ring_lost + ledger.lost
    bites = control.lost_chunks > 0 and control.lost_entries > 0
    return [
        row(
            _LOST,
            lost,
            "lost",
            target="0",
            met=not lost and not found.findings and not ledger.findings and bites,
            shutdowns=f"{found.cuts}: {found.chunks} chunks and {found.entries} entries acknowledged",
            crashes=f"{ring} of ring and key table, {ledger.cuts} of database and published folder",
            findings=", ".join(sorted({*found.findings, *ledger.findings})) or "none",
            late=f"{found.late} entries lost whose sync was under way in the shutdown and came back without an error",
            control=f"without syncs {control.lost} lost in {control.cuts} shutdown(s)",
        ),
        _seconds(found),
    ]


def _seconds(found: cuts.Found) -> Row:
    most = max(found.seconds)
    return row(
        _SECONDS,
        most,
        "s at most",
        target="2 or less",
        met=most <= 2,
        median=f"{statistics.median(found.seconds):.1f} s",
        counted="chunks of a second handed over and not found, and the one that is being filled",
    )


def _ring_crashes(count: int) -> tuple[int, int]:
    """How many scripts were cut, and in how many the judge missed something."""
    blank, done, lost = template(), 0, 0
    seed = 1000
    while done < count:
        whole = Run(blank.fresh(), seed, [])
        whole.play(_STEPS)
        for cut in range(1, min(whole.operations, count - done) + 1):
            try:
                Run(blank.fresh(), seed, [cut, 1 + random.Random(cut).randrange(whole.operations)]).play(_STEPS)
            except AssertionError:
                lost += 1
            done += 1
        seed += 1
    return done, lost
