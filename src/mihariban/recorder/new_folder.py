"""Whether a new site may be made in a folder: asked before anything is written, and before a long work begins."""

from __future__ import annotations

import errno
import os
from pathlib import Path

from mihariban.base.files import is_folder, is_there
from mihariban.recorder.errors import SiteExists, SiteHalfMade, SiteNotMade

PARTS = ("site.toml", "recorder/control.db", "recorder/ring.vol", "office/ledger.key")
"""A whole site has them all; the first comes last when one is made."""
ROOMS = ("recorder", "office")


def require_new(folder: Path, policy: str) -> None:
    """Make sure that nothing of a site is in ``folder``, and that it can be made.

    Args:
        policy: the text of the rule; where the same lies in the folder already it may stay.

    Raises:
        SiteExists, SiteHalfMade: there is one, or a part of one.
        SiteNotMade: no folder can be made there.
    """
    found = [part for part in PARTS if is_there(folder / part)]
    if len(found) == len(PARTS):
        raise SiteExists(folder=folder)
    found = found or [room for room in ROOMS if is_there(folder / room)]
    if not found and is_there(folder / "policy.toml") and _text(folder / "policy.toml") != policy:
        found = ["policy.toml"]
    if found:
        raise SiteHalfMade(folder=folder, found=", ".join(found))
    _require_makable(folder)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return ""


def _require_makable(folder: Path) -> None:
    """The nearest folder above that is there takes new names."""
    try:
        nearest = next(path for path in (folder, *folder.resolve().parents) if path.exists())
    except OSError as error:
        raise SiteNotMade(folder=folder, why=error.strerror) from error
    if not is_folder(nearest):
        raise SiteNotMade(folder=folder, why=f"{nearest}: {os.strerror(errno.ENOTDIR)}")
    if not os.access(nearest, os.W_OK | os.X_OK):
        raise SiteNotMade(folder=folder, why=f"{nearest}: {os.strerror(errno.EACCES)}")
