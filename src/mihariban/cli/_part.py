"""A part of a site as ``mihariban up`` begins it: ends with the process that began it, even where that was killed."""

from __future__ import annotations

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1  # linux/prctl.h


def end_with_parent() -> None:
    """Be told to end (SIGTERM) when the parent ends. Linux: prctl(2), PR_SET_PDEATHSIG."""
    parent = os.getppid()
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:  # it ended before we asked
        sys.exit(0)


if __name__ == "__main__":
    end_with_parent()
    from mihariban.cli.main import main

    main()
