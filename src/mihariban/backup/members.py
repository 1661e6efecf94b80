"""What may be in a backup: a list of what may, not of what may not.

Everything that opens footage is left out, encrypted or not: a key table or root key that comes back brings destroyed
keys back, and erased footage with them.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path

from mihariban.backup.errors import BackupRefused

OFFICE_DATABASE, OFFICE_DUMP, BOOK = "office/office.db", "office/office.pgdump", "recorder/control.db"
COPIED = (OFFICE_DATABASE, OFFICE_DUMP, BOOK)
"""Copied by the database itself; never read as files while somebody may be writing."""

LEDGERS = ("office/ledger", "recorder/ledger")
"""Folders that are published as a whole; copied while nobody publishes."""

ALLOWED = (
    "policy.toml",
    "policies/*.toml",
    "site.toml",
    *COPIED,
    "office/office.toml",
    "office/ledger.key",
    "office/cosign.key",
    "office/grant.key",
    "office/web.key",
    "office/recorders/*.keys",
    "office/tls/*.pem",
    "office/tls/*.key",
    "office/plans/*",
    "recorder/ledger.key",
    "recorder/cosign.key",
    "recorder/office.keys",
    "recorder/secrets.toml",
    "recorder/tls/*.pem",
    "recorder/tls/*.key",
    *(f"{ledger}/{part}" for ledger in LEDGERS for part in ("checkpoint", "keys", "cosigned/*")),
)
TREES = tuple(f"{ledger}/tile" for ledger in LEDGERS)
"""Folders of which everything is taken whose name is digits, ``x``, ``.p`` and ``entries``."""

_OFFICE = ("office/ledger.key", "office/cosign.key", "office/grant.key")
NEEDED = {
    BOOK: ("policy.toml", "site.toml", "recorder/ledger.key", "recorder/cosign.key"),
    OFFICE_DATABASE: _OFFICE,
    OFFICE_DUMP: _OFFICE,
}
"""Without these a database cannot be used."""

NEVER = frozenset(
    {
        "ring.vol", "keys.tab", "root.key", "root.key.next", "root.key.new", "root.home", "root.home.next", "tpm.auth",
        "tpm.auth.new", "index.db", "index.db-wal", "index.db-shm",
    }
)  # fmt: skip
"""What opens footage, holds it, or describes it. Not in ``ALLOWED`` either; this is the second lock."""


def is_allowed(name: str) -> bool:
    """Whether a file of this name (relative to DIR, with slashes) may be in a backup."""
    parts = name.split("/")
    if any(part in {"", ".", ".."} or part in NEVER for part in parts) or "\\" in name or "\0" in name:
        return False
    for pattern in ALLOWED:
        wanted = pattern.split("/")
        if len(wanted) == len(parts) and all(map(fnmatchcase, parts, wanted)):
            return True
    tree = next((tree for tree in TREES if name.startswith(f"{tree}/")), None)
    return tree is not None and all(map(_is_tile, name[len(tree) + 1 :].split("/")))


def is_published(name: str) -> bool:
    """Whether a file belongs to one of ``LEDGERS``."""
    return any(name.startswith(f"{ledger}/") for ledger in LEDGERS)


def _is_tile(part: str) -> bool:
    number = part.removeprefix("x").removesuffix(".p")
    return part == "entries" or (number.isascii() and number.isdigit())


def found(folder: Path) -> Iterator[str]:
    """Names of the files in ``folder`` that go into a backup as they are, sorted; ``COPIED`` are not among them.

    Raises:
        BackupRefused: one of them is a link, no plain file, or the same file as one of ``NEVER``.
    """
    forbidden = set(_identities(folder))
    for path in sorted(_files(folder)):
        name = path.relative_to(folder).as_posix()
        if name in COPIED or not is_allowed(name):
            continue
        check_plain(path, forbidden)
        yield name


def check_plain(path: Path, forbidden: set[tuple[int, int]]) -> None:
    """Make sure that a file of an innocent name is what its name says.

    Raises:
        BackupRefused: it is a link to another file, no plain file, or another name of a forbidden one.
    """
    facts = path.lstat()
    if not stat.S_ISREG(facts.st_mode):
        raise BackupRefused(what=path, why="not a plain file")
    if (facts.st_dev, facts.st_ino) in forbidden:
        raise BackupRefused(what=path, why="another name of a file that opens footage")


def forbidden_in(folder: Path) -> set[tuple[int, int]]:
    """Device and inode of every file of ``NEVER`` in ``folder``."""
    return set(_identities(folder))


def _identities(folder: Path) -> Iterator[tuple[int, int]]:
    for path in _files(folder):
        if path.name in NEVER:
            facts = path.stat()
            yield facts.st_dev, facts.st_ino


def _files(folder: Path) -> Iterator[Path]:
    for place, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in folders:
            if Path(place, name).is_symlink():  # else all that is in it would be missing, and nobody would know
                raise BackupRefused(what=Path(place, name), why="a link to a folder that lies elsewhere")
        yield from (Path(place, name) for name in names)
