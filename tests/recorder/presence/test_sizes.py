"""Packet sizes as a hint: learned, rare, and never on their own."""

from __future__ import annotations

import numpy as np

from mihariban.base.clock import SECOND
from mihariban.recorder.presence.sizes import Sizes


def fed(sizes: Sizes, sequence: list[int], begin: int = SECOND) -> int:
    """Feed a packet every tenth of a second; how many of them raised a hint."""
    hints = 0
    for number, size in enumerate(sequence):
        sizes.add(size, begin + number * SECOND // 10, key=number % 20 == 0)
        hints += sizes.hint
        sizes.answer(worthwhile=False)
    return hints


def test_a_steady_stream_gives_no_hint() -> None:
    """Scatter of a few per cent."""
    random = np.random.default_rng(1)
    assert fed(Sizes(), [int(size) for size in random.normal(2000, 100, 3000)]) == 0


def test_somebody_stepping_up_gives_a_hint() -> None:
    """Packets eight times as large, as in the real footage."""
    random = np.random.default_rng(1)
    sizes = Sizes()
    fed(sizes, [int(size) for size in random.normal(200, 20, 600)])
    assert fed(sizes, [1600] * 20, begin=61 * SECOND) >= 1


def test_hints_that_prove_idle_become_rare() -> None:
    """A stream whose sizes jump for no reason must not be looked at for ever."""
    random = np.random.default_rng(1)
    jumpy = [int(size) for size in np.repeat(random.choice([1000, 1000, 1000, 4000], 1200), 5)]
    sizes = Sizes()
    early, late = fed(sizes, jumpy[:3000]), fed(sizes, jumpy[3000:], begin=301 * SECOND)
    assert late <= early
    assert late < 60


def test_a_jump_of_the_clock_is_no_hint() -> None:
    """Times that go back or stand still."""
    sizes = Sizes()
    fed(sizes, [500] * 400)
    assert fed(sizes, [500] * 40, begin=SECOND) == 0
    for _ in range(50):
        sizes.add(500, 90 * SECOND, key=False)
    assert not sizes.hint
