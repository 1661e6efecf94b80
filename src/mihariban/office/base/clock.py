"""The office's time: one clock for the process, handed in when the process is set up (``web.setup.configure``).

Never ``timezone.now()`` or ``date.today()`` in an app: a demo and a test turn this clock.
"""

from __future__ import annotations

from mihariban.base.clock import Clock, SystemClock

_clock: Clock | None = None


def clock() -> Clock:
    """The clock of this process."""
    global _clock  # noqa: PLW0603  # one clock for the process is the point
    if _clock is None:
        _clock = SystemClock()
    return _clock


def set_clock(new: Clock) -> None:
    """Give the process its clock: at set-up, and in tests."""
    global _clock  # noqa: PLW0603  # the same
    _clock = new
