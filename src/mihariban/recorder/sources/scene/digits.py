"""A font of our own for time stamps and captions: five by seven dots, enough for dates, times and visit numbers."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

_ROWS = {
    "0": "01110 10001 10011 10101 11001 10001 01110",
    "1": "00100 01100 00100 00100 00100 00100 01110",
    "2": "01110 10001 00001 00110 01000 10000 11111",
    "3": "11111 00010 00100 00010 00001 10001 01110",
    "4": "00010 00110 01010 10010 11111 00010 00010",
    "5": "11111 10000 11110 00001 00001 10001 01110",
    "6": "00110 01000 10000 11110 10001 10001 01110",
    "7": "11111 00001 00010 00100 01000 01000 01000",
    "8": "01110 10001 10001 01110 10001 10001 01110",
    "9": "01110 10001 10001 01111 00001 00010 01100",
    ":": "00000 00100 00100 00000 00100 00100 00000",
    "-": "00000 00000 00000 01110 00000 00000 00000",
    ".": "00000 00000 00000 00000 00000 01100 01100",
    "/": "00001 00001 00010 00100 01000 10000 10000",
    "#": "01010 01010 11111 01010 11111 01010 01010",
    "+": "00000 00100 00100 11111 00100 00100 00000",
    " ": "00000 00000 00000 00000 00000 00000 00000",
    "s": "00000 00000 01111 10000 01110 00001 11110",
}
_UNKNOWN = "11111 10001 10001 10001 10001 10001 11111"


@lru_cache(maxsize=512)
def text(words: str, dot: int = 1) -> NDArray[np.bool_]:
    """``words`` as a mask of shape (7 * dot, 6 * dot * len(words)); characters without a drawing become a frame."""
    cells = [np.array([[bit == "1" for bit in row] for row in _ROWS.get(c, _UNKNOWN).split()]) for c in words]
    gap = np.zeros((7, 1), bool)
    line = np.concatenate([part for cell in cells for part in (cell, gap)], axis=1) if cells else gap
    return np.kron(line, np.ones((dot, dot), bool)).astype(bool)


def stamp(picture: NDArray[np.uint8], words: str, left: int, top: int, dot: int = 1, ink: int = 245) -> None:
    """Write ``words`` into ``picture`` (height, width[, 3]) in place, with a dark shadow one dot right and below.

    What would lie beyond the picture is left out.
    """
    mask = text(words, dot)
    for shift, value in ((dot, 20), (0, ink)):
        part = picture[top + shift : top + shift + mask.shape[0], left + shift : left + shift + mask.shape[1]]
        part[mask[: part.shape[0], : part.shape[1]]] = value
