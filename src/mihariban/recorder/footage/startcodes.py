"""Where the start codes 00 00 01 lie in many access units at once (Annex B has them, an MP4 wants lengths)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_CODE = b"\x00\x00\x01"
_STEP = 16  # bytes that are passed over at once: eight pairs
LONG = 2048  # bytes from which numpy finds them sooner
_ANY = np.uint16(0xFEFF)


def start_codes(data: bytes) -> list[int]:
    """Where each start code begins, in order.

    Of its three bytes two stand in an even and the next odd place, as 00 00 or as 00 01. Few others look so, so the
    pictures are passed over at nearly the speed of memory, and only those few places are looked at.
    """
    if len(data) < LONG:
        return _searched(data, 0)
    whole = len(data) // _STEP * _STEP
    return _among(data, _pairs(data, whole)) + _searched(data, whole - 1)


def _searched(data: bytes, begin: int) -> list[int]:
    found = []
    at = data.find(_CODE, begin)
    while at >= 0:
        found.append(at)
        at = data.find(_CODE, at + 3)
    return found


def _pairs(data: bytes, size: int) -> NDArray[np.intp]:
    """The even places before ``size`` at which 00 00 or 00 01 stands."""
    likely = (np.frombuffer(data, "<u2", size // 2) & _ANY) == 0
    eights = likely.view(np.uint64)  # a search for single true values would take longer than all before it
    some = (eights != 0).nonzero()[0]
    within = eights[some].view(np.bool_).nonzero()[0]
    places: NDArray[np.intp] = 2 * (8 * some[within >> 3] + (within & 7))
    return places


def _among(data: bytes, places: NDArray[np.intp]) -> list[int]:
    """Of 00 00 and 00 01 at ``places`` those that belong to a start code; 00 01 begins a byte before."""
    octets = np.frombuffer(data, np.uint8)
    second = octets[places + 1]
    third = places + 2 - 3 * second.astype(np.intp)  # the byte that decides: 01 behind 00 00, 00 before 00 01
    codes: list[int] = (places - second)[octets.take(third, mode="clip") + second == 1].tolist()
    return codes[1:] if codes and codes[0] < 0 else codes  # 00 01 at the very beginning has no byte before it
