"""The code that proves that who begins the set-up is at the server: DIR/office/setup.code, its owner's alone."""

from __future__ import annotations

import hmac
import os
from pathlib import Path

from mihariban.base.files import write_private
from mihariban.base.ids import Random
from mihariban.office.people.passwords import first_password

FILE = "setup.code"


def set_up_code(folder: Path, random: Random = os.urandom) -> str:
    """The code of the office in ``folder`` (DIR/office); made on first use. Print it on the server's console while
    ``people.setup.is_untouched()``."""
    path = folder / FILE
    if not path.exists():
        write_private(path, first_password(random).encode() + b"\n")
    return path.read_text(encoding="ascii").strip()


def is_right(folder: Path, told: str) -> bool:
    """Whether somebody told the code."""
    typed = told.strip().lower().encode("utf-8", "replace")
    return hmac.compare_digest(set_up_code(folder).encode(), typed)


def forget_code(folder: Path) -> None:
    """It was used."""
    (folder / FILE).unlink(missing_ok=True)
