"""The recorder's room is its user's own: where a file in it is wider, it is closed, and that is noted."""

from __future__ import annotations

import stat
from pathlib import Path

import structlog

from mihariban.volume.home import NEXT, ROOT
from mihariban.volume.tpm import AUTH

_log = structlog.get_logger(__name__)
_TOLD_ELSEWHERE = frozenset({ROOT, NEXT, AUTH, "secrets.toml"})
"""Whoever could read these has them: that is a finding of its own, and closing them silently would end it."""


def close_to_others(room: Path) -> list[Path]:
    """Take from everybody else what they may do with files and folders in ``room``. Returns what was wider.

    The room itself may be passed through by its group, for the socket in it. Folders in it are closed, and so all that
    lies below.
    """
    closed = [room] if _close(room, 0o710) else []
    within = (path for path in sorted(room.iterdir()) if path.name not in _TOLD_ELSEWHERE)
    return closed + [path for path in within if _close(path, 0o700)]


def _close(path: Path, most: int) -> bool:
    facts = path.lstat()
    if not (stat.S_ISREG(facts.st_mode) or stat.S_ISDIR(facts.st_mode)):
        return False  # the socket is its group's; a link has no mode
    mode = stat.S_IMODE(facts.st_mode)
    narrow = mode & (most if stat.S_ISDIR(facts.st_mode) else 0o600)
    if narrow == mode:
        return False
    try:
        path.chmod(narrow)
    except OSError as error:
        _log.warning(
            "others may look into it, and it cannot be closed", path=str(path), mode=f"{mode:o}", why=str(error)
        )
        return False
    _log.warning("others could look into it; it was closed", path=str(path), mode=f"{mode:o}", now=f"{narrow:o}")
    return True
