"""Every I/O operation of many random scripts as the moment of a power cut, two a run; and bugs that must be caught."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
import pytest

from mihariban.base.errors import MiharibanError
from mihariban.volume import ClipHeader, Volume
from mihariban.volume import ring as ring_module
from mihariban.volume.keys import KeyTable
from mihariban.volume.page import Entry, Page, RegionState
from mihariban.volume.recover import Reader, Walked
from mihariban.volume.regions import RegionTable
from mihariban.volume.ring import Ring
from tests.volume.harness import Run, template

STEPS = 36
SEEDS = range(24)
LEAST_RUNS = 2000


def _sweep(seeds: range, *, every: int = 1) -> int:
    blank = template()
    runs = 0
    for seed in seeds:
        whole = Run(blank.fresh(), seed, [])
        whole.play(STEPS)
        for cut in range(1, whole.operations + 1, every):
            Run(blank.fresh(), seed, [cut, 1 + cut * 7 % max(1, whole.operations // 2)]).play(STEPS)
            runs += 1
    return runs


@pytest.mark.parametrize("part", range(6))
def test_a_power_cut_at_any_operation_loses_nothing_acknowledged(part: int) -> None:
    """Held clips stay, destroyed keys never come back, recovery is idempotent, no nonce comes twice."""
    seeds = range(SEEDS.start + part * 4, SEEDS.start + part * 4 + 4)
    assert _sweep(seeds) >= LEAST_RUNS // 6


def _no_data_sync(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Ring, "_dirty", property(lambda _self: False, lambda _self, _value: None), raising=False)


def _no_key_sync(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(KeyTable, "sync", lambda self: self._unsynced.clear())


def _single_slot(patch: pytest.MonkeyPatch) -> None:
    def settle(self: KeyTable, pages: Iterator[Page] = iter(())) -> None:  # noqa: B008  # never consumed twice
        for page in [*self._later.values(), *pages]:
            self.write(page)
            page.twin = True
        self.sync()
        self._later.clear()

    patch.setattr(KeyTable, "settle", settle)


def _ignore_hold(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(
        RegionTable, "_ready", lambda self: (self.state <= RegionState.CLOSED) & (self.state != RegionState.OPEN)
    )


def _newest_first(patch: pytest.MonkeyPatch) -> None:
    def highest(self: RegionTable, among: np.ndarray) -> int:
        where = np.flatnonzero(among)
        return int(where[np.argmax(self.generation[where])])

    patch.setattr(RegionTable, "_lowest", highest)


def _keys_after_data(patch: pytest.MonkeyPatch) -> None:
    def settle(self: Ring, pages: Iterator[Page]) -> None:
        for page in pages:
            self.keys.later(page)
            self.table.update(page)

    patch.setattr(Ring, "settle", settle)


def _lose_the_last(patch: pytest.MonkeyPatch) -> None:
    """Recovery takes the last whole piece for a torn one."""

    def walk(self: Reader, page: Page) -> Walked:
        walked = original(self, page)
        if page.state is RegionState.OPEN:
            for table in walked.tables.values():
                del table.chunks[-1:]
            walked.tables = {slot: table for slot, table in walked.tables.items() if table.chunks}
        return walked

    original = Reader.walk
    patch.setattr(Reader, "walk", walk)


def _accept_behind_a_hole(patch: pytest.MonkeyPatch) -> None:
    """Recovery steps over a torn piece and takes what lies behind it, as if it were damage of a closed region."""

    def walk(self: Reader, page: Page) -> Walked:
        if page.state is not RegionState.OPEN:
            return original(self, page)
        as_closed = replace(page, state=RegionState.CLOSED, end=self._shape.region_size, chunks=99)
        return original(self, as_closed)

    original = Reader.walk
    patch.setattr(Reader, "walk", walk)


def _continue_a_region(patch: pytest.MonkeyPatch) -> None:
    """A new process life counts its pieces from 0 again under the keys of the last one."""
    kept: dict[int, bytes] = {}
    original = Ring._entry

    def entry(self: Ring, header: ClipHeader, holds: int = 0) -> Entry:
        made = original(self, header, holds)
        made.key = kept.setdefault(0, made.key)
        return made

    patch.setattr(Ring, "_entry", entry)


def _forget_the_key(patch: pytest.MonkeyPatch) -> None:
    """A destroyed clip is only taken from the list; its key stays."""

    def destroy(self: Volume, clip: bytes) -> None:
        self.catalogue.remove(clip)

    patch.setattr(Volume, "destroy", destroy)


def _same_generation(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(RegionTable, "next_generation", lambda self: max(1, int(self.generation.max())))


def _forget_hold(patch: pytest.MonkeyPatch) -> None:
    original = ring_module.Ring.settle

    def settle(self: Ring, pages: Iterator[Page]) -> None:
        group = list(pages)
        if any(page.held for page in group) and not self.dropped:
            return
        original(self, group)

    patch.setattr(Ring, "settle", settle)


@pytest.mark.parametrize(
    "bug",
    [
        _no_data_sync,
        _no_key_sync,
        _single_slot,
        _ignore_hold,
        _newest_first,
        _keys_after_data,
        _lose_the_last,
        _accept_behind_a_hole,
        _continue_a_region,
        _forget_the_key,
        _same_generation,
        _forget_hold,
    ],
)
def test_a_seeded_bug_is_caught(bug: Callable[[pytest.MonkeyPatch], None], monkeypatch: pytest.MonkeyPatch) -> None:
    """A harness that cannot fail would prove nothing."""
    blank = template()
    bug(monkeypatch)
    with pytest.raises((AssertionError, MiharibanError)):
        for seed in range(40):
            whole = Run(blank.fresh(), seed, [])
            whole.play(STEPS)
            for cut in range(1, whole.operations + 1, 3):
                Run(blank.fresh(), seed, [cut]).play(STEPS)
