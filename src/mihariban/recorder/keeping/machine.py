"""What the recorder's parts know of the machine, told to its health: ledger, clock, disk, cosignatures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mihariban.base.clock import SECOND
from mihariban.ledger.entry import Draft
from mihariban.ledger.errors import LedgerUnwritable
from mihariban.ledger.tags import Tag
from mihariban.recorder.actions.cosign_ledgers import COSIGN_WITHIN, late_cosigners

if TYPE_CHECKING:
    from mihariban.recorder.service import Recorder

PERIOD = 10 * SECOND


def watch_machine(recorder: Recorder, wall: int) -> None:
    """Look at the machine."""
    machine = recorder.machine
    recorder.control.share_again()
    machine.ledger(LedgerUnwritable(why=recorder.owed.why) if recorder.owed.waiting else None)
    machine.volume_findings(recorder.volume.findings)
    machine.cosignatures(late_cosigners(recorder, wall), COSIGN_WITHIN // SECOND)
    if recorder.clock_is_real:
        machine.clock(recorder.time_quality(), recorder.clock.monotonic())
        _note_quality(recorder)


def _note_quality(recorder: Recorder) -> None:
    quality = recorder.time_quality()
    if recorder.control.remembered("clock").get("quality") == quality:
        return
    with recorder.control.transaction() as db:
        recorder.control.ledger.append(db, Draft(Tag.CLOCK_QUALITY_CHANGE, {"quality": quality}))
        recorder.control.remember("clock", {"quality": quality})
