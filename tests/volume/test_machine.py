"""Random lives of a small volume; and bugs of holds and erasure that they must catch."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping

import numpy as np
import pytest
import structlog
from hypothesis import HealthCheck, Phase, Verbosity, settings
from hypothesis.stateful import run_state_machine_as_test

from mihariban.base.clock import SECOND
from mihariban.base.errors import MiharibanError
from mihariban.volume import Volume, erasing, holding
from mihariban.volume import ring as ring_module
from mihariban.volume.catalogue import Catalogue, ClipInfo
from mihariban.volume.hold_plan import HoldPlan
from mihariban.volume.manifest import KeptHold, KeptPart, pack_papers, paper_chunks
from mihariban.volume.page import ClipHeader, ClipKind, RegionState
from mihariban.volume.regions import RegionTable
from mihariban.volume.ring import Ring
from tests.volume import machine

EXAMPLES = int(os.environ.get("MIHARIBAN_MACHINE_EXAMPLES", "30"))
"""How many lives; thousands in a nightly run."""


def _settings(examples: int, *, quick: bool = False) -> settings:
    phases = (Phase.generate,) if quick else (Phase.explicit, Phase.generate)
    return settings(
        max_examples=examples,
        stateful_step_count=40,
        deadline=None,
        database=None,
        derandomize=True,
        phases=phases,
        verbosity=Verbosity.quiet if quick else Verbosity.normal,
        suppress_health_check=list(HealthCheck),
        report_multiple_bugs=False,
    )


def test_lives_of_a_volume() -> None:
    """Held stays, expired goes and never comes back, acknowledged survives, recording is never stopped by holds."""
    with structlog.testing.capture_logs():
        run_state_machine_as_test(machine.Life, settings=_settings(EXAMPLES))


def _not_born_held(patch: pytest.MonkeyPatch) -> None:
    original = Ring._entry
    patch.setattr(Ring, "_entry", lambda self, header, holds=0: original(self, header))


def _count_not_durable(patch: pytest.MonkeyPatch) -> None:
    def count(self: Volume, counts: Mapping[bytes, int]) -> None:
        for clip, holds in counts.items():
            info = self.clip(clip)
            entry = self.ring.page(info.region).entries[info.slot]
            entry.holds = holds
            self.catalogue.amend(entry)

    patch.setattr(Volume, "count_holds", count)


def _papers_before_copies(patch: pytest.MonkeyPatch) -> None:
    """The papers name clips that are written only after them."""
    ids: list[bytes] = []
    real = ring_module.new_id
    patch.setattr(ring_module, "new_id", lambda wall, random: ids.pop(0) if ids else real(wall, random))

    def _keep(volume: Volume, plan: HoldPlan, hold: bytes, document: bytes) -> KeptHold:
        copies = [volume.ring.random(16) for rest in plan.rests for _ in rest.sizes]
        named = [KeptPart(part.info.clip, part.source, part.start, part.end) for part in plan.whole]
        named += [KeptPart(clip, bytes(16), 0, 0) for clip in copies]
        raw = pack_papers(hold, (plan.start, plan.end), 0, document, named)
        made: list[bytes] = []
        header = ClipHeader(hold, ClipKind.MANIFEST)
        holding._write(volume, plan.camera, header, paper_chunks(raw, volume.clock), {"hold": hold}, made)
        ids.extend(copies)
        for rest in plan.rests:
            holding._copy(volume, rest, hold, made)
        volume.count_holds({part.info.clip: volume.readable(part.info.clip).holds + 1 for part in plan.whole})
        return next(each for each in holding.holds(volume) if each.hold == hold)

    patch.setattr(holding, "_keep", _keep)


def _end_another_hold(patch: pytest.MonkeyPatch) -> None:
    original = holding.let_go

    def let_go(volume: Volume, hold: bytes) -> holding.LetGo:
        others = [each.hold for each in holding.holds(volume) if each.hold != hold]
        return original(volume, others[0] if others else hold)

    patch.setattr(machine, "let_go", let_go)


def _overwrite_what_is_held(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(erasing, "_require_erasable", lambda *_: None)
    closed = RegionState.CLOSED
    patch.setattr(
        RegionTable,
        "erasable",
        lambda self: [
            (int(r), int(self.generation[r])) for r in np.flatnonzero((self.state == closed) & (self.held > 0))
        ],
    )
    patch.setattr(machine.Life, "_overwrite", _overwrite_blindly)


def _overwrite_blindly(self: machine.Life, pick: int) -> None:
    found = erasing.erasable_regions(self.volume)
    if found:
        erasing.overwrite_region(self.volume, *found[pick % len(found)])


def _expire_what_is_held(patch: pytest.MonkeyPatch) -> None:
    def expired(self: Catalogue, now: int, limit: int | None = None) -> list[ClipInfo]:
        every = [info for region in tuple(self._regions) for info in self.of_region(region)]
        past = [info for info in every if max(info.deadline, info.minimum) <= now and info.final]
        return [info for info in past if info.kind is not ClipKind.MANIFEST]

    patch.setattr(Catalogue, "expired", expired)


def _one_picture_too_many(patch: pytest.MonkeyPatch) -> None:
    original = holding.portions
    patch.setattr(holding, "portions", lambda chunks, low, high, room: original(chunks, low, high + SECOND, room))
    patch.setattr(holding, "same_samples", lambda *_: True)


def _record_over_reserved(patch: pytest.MonkeyPatch) -> None:
    """Recording takes regions of the share as if they were its own."""
    patch.setattr(
        RegionTable, "_ready", lambda self: (self.state <= RegionState.CLOSED) & (self.state != RegionState.OPEN)
    )


def _leave_copies(patch: pytest.MonkeyPatch) -> None:
    """Ending a hold destroys its papers and leaves its copies."""
    original = Volume.destroy_unheld
    patch.setattr(
        Volume,
        "destroy_unheld",
        lambda self, infos: original(self, [info for info in infos if info.kind is not ClipKind.COPY]),
    )


@pytest.mark.parametrize(
    "bug",
    [
        _not_born_held,
        _count_not_durable,
        _papers_before_copies,
        _end_another_hold,
        _overwrite_what_is_held,
        _expire_what_is_held,
        _one_picture_too_many,
        _record_over_reserved,
        _leave_copies,
    ],
)
def test_a_seeded_bug_is_caught(bug: Callable[[pytest.MonkeyPatch], None], monkeypatch: pytest.MonkeyPatch) -> None:
    """Lives that cannot fail would prove nothing."""
    bug(monkeypatch)
    with structlog.testing.capture_logs(), pytest.raises((AssertionError, MiharibanError, StopIteration)):
        run_state_machine_as_test(machine.Life, settings=_settings(1000, quick=True))
