"""What a process that holds keys does for itself, whoever started it: no core dump, no look into its memory, files
that nobody else reads.

Swap is the machine's own matter (docs/guide/it.en.md): the unit in deploy/systemd forbids it.
"""

from __future__ import annotations

import ctypes
import os
import resource

import structlog

_PR_SET_DUMPABLE = 4
_log = structlog.get_logger(__name__)


def keep_to_itself() -> None:
    """Close this process to others. What the system refuses is logged, and no reason not to record."""
    os.umask(0o077)
    try:
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    except (OSError, ValueError) as error:
        _log.warning("core dumps could not be switched off", kind=type(error).__name__)
    if ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0) != 0:
        _log.warning("memory could not be closed to other processes", errno=ctypes.get_errno())
