"""Everything stored is read and authenticated again within some days, a little at a time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mihariban.base.clock import DAY, MINUTE, SECOND
from mihariban.ledger.canonical import Json
from mihariban.ledger.entry import Draft
from mihariban.ledger.tags import Tag
from mihariban.recorder.health.kinds import FindingKind
from mihariban.volume import ChunkDamaged
from mihariban.volume.scrub import Scrubber, ScrubReport, ScrubState, pace

if TYPE_CHECKING:
    from mihariban.recorder.service import Recorder

PERIOD = 5 * SECOND
_MEMORY = "scrub"
_SLICE = 4 << 20
"""Bytes read at a time: a fraction of a second of a slow disk. As many slices as the period of the site needs."""
_KEPT_EVERY = 30 * SECOND
_PACE_EVERY = 10 * MINUTE
_MOST_BEHIND = MINUTE
"""So much that was missed (a long duty, a disk that failed) is made up for at once; the rest by the next passes."""


@dataclass(slots=True)
class Scrubbing:
    """How far scrubbing is, between two times that it is kept. Instants are monotonic ns.

    Attributes:
        pace: bytes a second, as it was last worked out at ``paced``.
        read_to: up to when what is due was read. kept: when the place was last kept.
    """

    state: ScrubState
    pace: int = 0
    paced: int | None = None
    read_to: int | None = None
    kept: int | None = None

    def due(self, recorder: Recorder, period: int) -> int:
        """Bytes to be read now so that all is read within ``period`` ns."""
        now = recorder.clock.monotonic()
        if self.paced is None or now - self.paced >= _PACE_EVERY:
            self.pace, self.paced = pace(recorder.volume, period), now
        since = PERIOD if self.read_to is None else min(now - self.read_to, _MOST_BEHIND)
        self.read_to = now
        return max(1, -(-self.pace * since // SECOND))


def scrub(recorder: Recorder, wall: int) -> ScrubReport:
    """Read the next part; damage is entered with its camera and second."""
    control, work = recorder.control, recorder.scrubbing
    if work is None:
        work = recorder.scrubbing = Scrubbing(ScrubState.from_json(control.remembered(_MEMORY)))
    period = recorder.site.recorder.volume.scrub_days * DAY
    scrubber, report = Scrubber(recorder.volume, recorder.clock, work.state), ScrubReport()
    due = work.due(recorder, period)
    while report.stored < due and not report.ended:
        report += scrubber.step(min(_SLICE, due - report.stored))
    now = recorder.clock.monotonic()
    if report.damaged or report.ended or work.kept is None or now - work.kept >= _KEPT_EVERY:
        recorder.scrubbing = None  # where it cannot be entered, what was read since the last time is read again
        _enter(recorder, work.state, report, wall)
        recorder.scrubbing, work.kept = work, now
    for error in report.damaged:
        figures: dict[str, int | str] = {"region": int(str(error.facts["region"])), "at": str(error.facts["second"])}
        recorder.health.observe(FindingKind.FOOTAGE_DAMAGED, str(error.facts["camera"]), True, figures)
    since = work.state.finished or work.state.began
    behind = bool(since) and wall - since > period
    recorder.health.observe(FindingKind.SCRUB_BEHIND, "recorder", behind, {"passes": work.state.passes})
    return report


def _enter(recorder: Recorder, state: ScrubState, report: ScrubReport, wall: int) -> None:
    control = recorder.control
    known = control.remembered(_MEMORY)
    found = int(known.get("damaged", 0)) + len(report.damaged)
    with control.transaction() as db:
        for error in report.damaged:
            control.ledger.append(db, Draft(Tag.CLIP_DAMAGE_FIND, _facts(error)))
        told = int(known.get("told", 0))
        if report.ended and (found or wall - told >= DAY):  # a ring with little in it is through every few seconds
            facts: dict[str, Json] = {"damaged": found, "passes": state.passes}
            control.ledger.append(db, Draft(Tag.VOLUME_SCRUB_FINISH, facts))
            told = wall
        control.remember(_MEMORY, {**state.as_json(), "told": told, "damaged": 0 if report.ended else found})


def _facts(error: ChunkDamaged) -> dict[str, Json]:
    return {
        "camera": str(error.facts["camera"]),
        "at": str(error.facts["second"]),
        "clip": str(error.facts["clip"]),
        "region": int(str(error.facts["region"])),
        "offset": int(str(error.facts["offset"])),
    }
