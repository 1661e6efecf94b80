"""Everything stored is read and authenticated again within some days, a little at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mihariban.base.clock import DAY, SECOND
from mihariban.ledger.canonical import Json
from mihariban.ledger.entry import Draft
from mihariban.ledger.tags import Tag
from mihariban.recorder.health.kinds import FindingKind
from mihariban.volume import ChunkDamaged
from mihariban.volume.scrub import Scrubber, ScrubReport, ScrubState, pace

if TYPE_CHECKING:
    from mihariban.recorder.service import Recorder

PERIOD = 30 * SECOND
_MEMORY = "scrub"
_MOST = 8 << 20
"""Bytes read at a time: a fraction of a second of a slow disk."""


def scrub(recorder: Recorder, wall: int) -> ScrubReport:
    """Read the next part; damage is entered with its camera and second."""
    period = recorder.site.recorder.volume.scrub_days * DAY
    known = recorder.control.remembered(_MEMORY)
    state = ScrubState.from_json(known)
    wanted = pace(recorder.volume, period) * PERIOD // SECOND
    report = Scrubber(recorder.volume, recorder.clock, state).step(min(max(wanted, 1), _MOST))
    found = int(known.get("damaged", 0)) + len(report.damaged)
    control = recorder.control
    with control.transaction() as db:
        for error in report.damaged:
            control.ledger.append(db, Draft(Tag.CLIP_DAMAGE_FIND, _facts(error)))
        told = int(known.get("told", 0))
        if report.ended and (found or wall - told >= DAY):  # a ring with little in it is through every half minute
            facts: dict[str, Json] = {"damaged": found, "passes": state.passes}
            control.ledger.append(db, Draft(Tag.VOLUME_SCRUB_FINISH, facts))
            told = wall
        control.remember(_MEMORY, {**state.as_json(), "told": told, "damaged": 0 if report.ended else found})
    for error in report.damaged:
        figures: dict[str, int | str] = {"region": int(str(error.facts["region"])), "at": str(error.facts["second"])}
        recorder.health.observe(FindingKind.FOOTAGE_DAMAGED, str(error.facts["camera"]), True, figures)
    behind = bool(state.finished or state.began) and wall - (state.finished or state.began) > 2 * period
    recorder.health.observe(FindingKind.SCRUB_BEHIND, "recorder", behind, {"passes": state.passes})
    return report


def _facts(error: ChunkDamaged) -> dict[str, Json]:
    return {
        "camera": str(error.facts["camera"]),
        "at": str(error.facts["second"]),
        "clip": str(error.facts["clip"]),
        "region": int(str(error.facts["region"])),
        "offset": int(str(error.facts["offset"])),
    }
