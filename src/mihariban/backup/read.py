"""Reading a backup: everything is verified before anybody is given anything."""

from __future__ import annotations

import json
import tarfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import IO, Any

from mihariban.backup.errors import BackupRefused, BackupUnreadable
from mihariban.backup.keys import Opener
from mihariban.backup.members import is_allowed
from mihariban.backup.sealed import SealedReader

MANIFEST = "MANIFEST.json"
_LONGEST_MANIFEST = 64 << 20
_AT_ONCE = 1 << 20

Take = Callable[["Member", bytes], None]


@dataclass(frozen=True, slots=True)
class Member:
    """A file in a backup."""

    name: str
    size: int
    mode: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Contents:
    """What a backup holds. ``made_at``: ISO 8601, UTC."""

    made_at: str
    members: tuple[Member, ...]

    @property
    def bytes(self) -> int:
        """Size of all members."""
        return sum(member.size for member in self.members)

    def has(self, name: str) -> bool:
        """Whether there is a member of this name."""
        return any(member.name == name for member in self.members)


def check(path: Path, openers: Sequence[Opener] = (), *, file_key: bytes | None = None) -> Contents:
    """Verify a whole backup: every piece, every member's SHA-256, every name.

    Raises:
        BackupUnreadable: altered, cut off, or not as its manifest says.
        BackupRefused: it holds what may not be in a backup.
        BackupKeyWrong: it is for other keys.
    """
    return walk(path, lambda *_: None, openers, file_key=file_key)


def walk(path: Path, take: Take, openers: Sequence[Opener] = (), *, file_key: bytes | None = None) -> Contents:
    """Read a backup and hand every part of every member to ``take``; verified as a whole only when it returns.

    Raises:
        see ``check``.
    """
    met: list[Member] = []
    with SealedReader(path, openers, file_key=file_key) as sealed:
        try:
            stream: Any = sealed  # tarfile asks for no more than read()
            with tarfile.open(fileobj=stream, mode="r|") as tar:
                manifest = _members(tar, path, met, take)
        except (tarfile.TarError, EOFError) as error:
            raise BackupUnreadable(path=path, why=f"its list cannot be read: {error}") from error
        while sealed.read(_AT_ONCE):
            pass  # to the end: the last piece says that nothing was cut off
    return _contents(path, manifest, met)


def _members(tar: tarfile.TarFile, path: Path, met: list[Member], take: Take) -> bytes:
    for about in tar:
        if about.name == MANIFEST:
            return _part(tar, about).read(_LONGEST_MANIFEST)
        if not about.isreg() or not is_allowed(about.name):
            raise BackupRefused(what=about.name, why="not on the list of what may be in a backup")
        met.append(_member(about, _part(tar, about), take))
    raise BackupUnreadable(path=path, why="it has no manifest")


def _part(tar: tarfile.TarFile, about: tarfile.TarInfo) -> IO[bytes]:
    part = tar.extractfile(about)
    if part is None:
        raise BackupRefused(what=about.name, why="not a plain file")
    return part


def _member(about: tarfile.TarInfo, part: IO[bytes], take: Take) -> Member:
    digest, early = sha256(), Member(about.name, about.size, about.mode, "")
    take(early, b"")
    while data := part.read(_AT_ONCE):
        digest.update(data)
        take(early, data)
    return Member(about.name, about.size, about.mode, digest.hexdigest())


def _contents(path: Path, manifest: bytes, met: list[Member]) -> Contents:
    try:
        told: dict[str, Any] = json.loads(manifest)
        listed = [Member(**each) for each in told["members"]]
        known, made_at = told["format"] == 1, str(told["made_at"])
    except (ValueError, KeyError, TypeError) as error:
        raise BackupUnreadable(path=path, why="its manifest cannot be read") from error
    if not known:
        raise BackupUnreadable(path=path, why="made by a later version")
    if listed != met or len({member.name for member in met}) != len(met):
        raise BackupUnreadable(path=path, why="it does not hold what its manifest says")
    return Contents(made_at, tuple(met))
