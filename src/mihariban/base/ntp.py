"""How far the machine's clock can be believed, as the kernel itself tells it (``adjtimex(2)``; nothing is set).

No daemon is asked: chrony, ntpd and systemd-timesyncd all report to the kernel, and the kernel's error bound grows by
500 ppm from each of their updates on.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

TimeQuality = Literal["synchronised", "holdover", "unknown"]

STA_UNSYNC = 0x0040
TIME_ERROR = 5
HOLDOVER_FROM_US = 2_000_000
"""An error bound above two seconds: no update for about an hour. The kernel itself gives up at sixteen."""


@dataclass(frozen=True, slots=True)
class KernelTime:
    """What the kernel says: its return value, status bits, and the greatest error in microseconds."""

    state: int
    status: int
    max_error_us: int


class _Timex(ctypes.Structure):
    # struct timex of Linux up to the fields read here; the rest is room: the kernel writes 208 bytes
    _fields_ = (
        ("modes", ctypes.c_uint),
        ("offset", ctypes.c_long),
        ("freq", ctypes.c_long),
        ("maxerror", ctypes.c_long),
        ("esterror", ctypes.c_long),
        ("status", ctypes.c_int),
        ("rest", ctypes.c_byte * 256),
    )


def kernel_time() -> KernelTime | None:
    """Ask the kernel. None where it does not answer (another system, a forbidding sandbox)."""
    try:
        adjtimex = ctypes.CDLL(None, use_errno=True).adjtimex
    except (OSError, AttributeError):
        return None
    timex = _Timex()  # modes 0: read only
    state = int(adjtimex(ctypes.byref(timex)))
    return None if state < 0 else KernelTime(state, int(timex.status), int(timex.maxerror))


def quality(ask: Callable[[], KernelTime | None] = kernel_time) -> TimeQuality:
    """How far wall time can be believed now.

    ``synchronised``: disciplined by a reference, error bound up to two seconds. ``holdover``: it was, but not for about
    an hour; the bound still holds. ``unknown``: never in this boot, too long ago, or the kernel does not say.
    """
    answer = ask()
    if answer is None or answer.state == TIME_ERROR or answer.status & STA_UNSYNC:
        return "unknown"
    return "synchronised" if answer.max_error_us <= HOLDOVER_FROM_US else "holdover"
