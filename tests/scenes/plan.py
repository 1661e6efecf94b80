"""The labelled cases: 500 held-out visits over all conditions, and fewer, different ones to tune on.

The splits, the number of cases and the way seeds are made were fixed before presence detection was tuned on any of
these scenes, and stay as they are: a detector may be tuned on ``tuning`` only, ``held_out`` is for the bench,
``smoke`` is one short case for each condition, for the test suite. No visitor of the real clip is in both tuning and
held_out.
``left_behind`` comes on top of the 500, as a row of its own.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import Literal

from .case import Case
from .conditions import PLANS
from .stage import stage

Split = Literal["tuning", "held_out", "smoke"]
# Condition: cases and visits of each case, held out; the split of tuning has the same with fewer cases.
HELD_OUT = {
    "still_long": (4, 2),
    "contrast_still": (6, 6),
    "contrast_sway": (6, 6),
    "lights_absence": (5, 6),
    "lights_presence": (5, 6),
    "lights_entry": (5, 6),
    "sunrise": (4, 6),
    "exposure": (6, 6),
    "close_up": (6, 6),
    "passers": (6, 6),
    "handover": (6, 6),
    "noise": (7, 6),
    "flicker": (5, 6),
    "clock": (5, 6),
    "screen": (5, 6),
    "restart": (15, 2),
    "left_behind": (8, 2),
}
TUNING = {
    name: (1 if name == "still_long" else 4 if name == "restart" else 2, each) for name, (_, each) in HELD_OUT.items()
}
SMOKE = dict.fromkeys(HELD_OUT, (1, 2))
_COUNTS: dict[Split, dict[str, tuple[int, int]]] = {"held_out": HELD_OUT, "tuning": TUNING, "smoke": SMOKE}
_PEOPLE: dict[Split, tuple[int, ...]] = {"held_out": (1, 3, 5), "tuning": (0, 2, 4), "smoke": (0, 2, 4)}
_DRAWN_ONLY = {"close_up", "passers", "contrast_still", "contrast_sway"}
_WELL_APART = {"lights_absence", "lights_presence", "lights_entry", "exposure", "sunrise", "noise"}


def seed_of(split: Split, condition: str, number: int) -> int:
    """The seed of a case: its name's CRC-32, so that no seed was ever chosen."""
    return zlib.crc32(f"{split}/{condition}/{number}".encode())


def cases(split: Split, conditions: tuple[str, ...] | None = None, real: bool = True) -> Iterator[Case]:
    """The cases of a split, planned one after the other.

    Args:
        conditions: only these.
        real: with False the cases that need the real clip are left out.
    """
    for condition, (count, visits) in _COUNTS[split].items():
        if conditions is not None and condition not in conditions:
            continue
        for number in range(count):
            cut = condition not in _DRAWN_ONLY and number % 2 == 1
            if cut and not real:
                continue
            apart = 70.0 if condition in _WELL_APART else 40.0
            set_up = stage(seed_of(split, condition, number), _PEOPLE[split], cut, apart)
            set_up.short = split == "smoke"
            yield PLANS[condition](set_up, f"{split}/{condition}/{number}", visits)
