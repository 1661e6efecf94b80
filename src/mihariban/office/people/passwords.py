"""First passwords: drawn by chance, told once on paper, changed by their owner."""

from __future__ import annotations

import os

from mihariban.base.ids import Random

LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"
"""Without l, o, 0 and 1, which look alike on paper; 32 of them, so that each takes five bits."""
GROUPS, SIZE = 4, 4


def first_password(random: Random = os.urandom) -> str:
    """16 letters in groups of four: 80 bits, such as ``k7mp-2xfd-9qwe-hz3t``."""
    drawn = [LETTERS[byte % 32] for byte in random(GROUPS * SIZE)]
    return "-".join("".join(drawn[at : at + SIZE]) for at in range(0, len(drawn), SIZE))
