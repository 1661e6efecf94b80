"""Where the root key lives: a file beside the volume, or a TPM (tpm.py). Both have room for the next one.

While a root is renewed there are two: the one in force, and the next. Each step leaves a state from which the next
opening can go on, for the next one is durable before anything is sealed under it and the old one goes last.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from mihariban.base.ids import Random
from mihariban.volume.errors import RootHomeUnusable
from mihariban.volume.root import ROOT_LENGTH

if TYPE_CHECKING:
    from mihariban.base.files import BlockFile
    from mihariban.volume.storage import Storage

ROOT, NEXT, HOME, HOME_NEXT = "root.key", "root.key.next", "root.home", "root.home.next"
_UNFINISHED = ".new"


@dataclass(frozen=True, slots=True)
class Secrets:
    """The roots there are.

    Attributes:
        present: the one in force; None where it is gone already.
        next: the one that follows it; None unless the root is being renewed.
    """

    present: bytes | None
    next: bytes | None = None

    def all(self) -> list[bytes]:
        """Every root that may open something, the newest first."""
        return [secret for secret in (self.next, self.present) if secret is not None]

    @property
    def newest(self) -> bytes:
        """What is sealed now is sealed under this one."""
        return self.all()[0]

    def __repr__(self) -> str:  # secrets must not reach a log
        return f"Secrets(present={self.present is not None}, next={self.next is not None})"


class RootHome(Protocol):
    """Keeps the root. Every method is durable when it returns and may be repeated after a crash."""

    kind: str
    """``file`` or ``tpm``: for people."""

    def read(self) -> Secrets:
        """The roots there are, perhaps none.

        Raises:
            TpmToolsMissing, TpmSilent, TpmIndexMissing, TpmAuthRefused, TpmRefused: of a TPM.
        """

    def stage(self, secret: bytes) -> None:
        """Keep the next root beside the present one."""

    def promote(self) -> None:
        """Destroy the present root; the next one takes its place. Nothing happens where there is no next one."""

    def destroy(self) -> None:
        """Destroy every root in here."""

    def hardware(self) -> bool:
        """The roots are inside a chip made to keep them, and what is destroyed there is gone."""


class FileRoot:
    """The root as a file of 32 bytes, 0600.

    Args:
        storage: the folder it is in.
        random: overwrites what goes.
    """

    kind = "file"

    def __init__(self, storage: Storage, random: Random) -> None:
        self._storage = storage
        self._random = random

    def read(self) -> Secrets:
        after = _content(self._storage, NEXT)  # first: a renewal may be ending just now
        return Secrets(_content(self._storage, ROOT), after)

    def stage(self, secret: bytes) -> None:
        write_whole(self._storage, NEXT, secret)

    def promote(self) -> None:
        if _content(self._storage, NEXT) is not None:
            self._scrap(ROOT)
            self._storage.replace(NEXT, ROOT)
            self._storage.finish()

    def destroy(self) -> None:
        for name in (ROOT, NEXT):
            self._scrap(name)
            self._storage.remove(name)
        self._storage.finish()

    def hardware(self) -> bool:
        return False

    def _scrap(self, name: str) -> None:
        """Overwrite a root where it stands."""
        try:
            file = self._storage.open(name)
        except FileNotFoundError:
            return
        try:
            file.pwrite(0, self._random(ROOT_LENGTH))
            file.sync()
        finally:
            file.close()


class MovingRoot:
    """The root on its way from one home to another, or about to be.

    Args:
        storage: the folder with the note where the root lives.
        old, new: both homes.
        note: what the note will say, None for the file.
    """

    def __init__(self, storage: Storage, old: RootHome, new: RootHome, note: dict[str, object]) -> None:
        self._storage, self._old, self._new, self._note = storage, old, new, note
        self.kind = new.kind

    def read(self) -> Secrets:
        arrived = self._arrived()
        return Secrets(self._old.read().present, arrived)

    def stage(self, secret: bytes) -> None:
        self._new.destroy()  # what an attempt left that was never noted
        self._new.stage(secret)
        write_whole(self._storage, HOME_NEXT, json.dumps(self._note).encode())

    def promote(self) -> None:
        self._old.destroy()
        self._new.promote()
        self._storage.replace(HOME_NEXT, HOME)
        self._storage.finish()

    def destroy(self) -> None:
        self._old.destroy()
        self._new.destroy()

    def hardware(self) -> bool:
        return self._new.hardware()

    def _arrived(self) -> bytes | None:
        """The root in the new home counts only once it is noted that it is there."""
        if not self._storage.exists(HOME_NEXT):
            return None
        secrets = self._new.read()
        return secrets.next or secrets.present


OpenTpm = Callable[[dict[str, object]], RootHome]


def find_home(storage: Storage, random: Random, open_tpm: OpenTpm) -> RootHome:
    """The home of a volume's root, as the note in its folder says; without a note a file.

    Raises:
        RootHomeUnusable: the note cannot be understood.
    """
    after, now = read_note(storage, HOME_NEXT), read_note(storage, HOME)
    old = _home(storage, now, random, open_tpm)
    if after is None:
        return old
    return MovingRoot(storage, old, _home(storage, after, random, open_tpm), after)


def _home(storage: Storage, note: dict[str, object] | None, random: Random, open_tpm: OpenTpm) -> RootHome:
    if note is None or note.get("kind") == "file":
        return FileRoot(storage, random)
    if note.get("kind") == "tpm":
        return open_tpm(note)
    raise RootHomeUnusable(path=f"{storage.place}/{HOME}", why=f"kind {note.get('kind')!r}")


def read_note(storage: Storage, name: str = HOME) -> dict[str, object] | None:
    """Where the root lives; None without a note.

    Raises:
        RootHomeUnusable: it cannot be understood.
    """
    raw = _content(storage, name)
    if raw is None:
        return None
    try:
        note = json.loads(raw)
    except ValueError as error:
        raise RootHomeUnusable(path=f"{storage.place}/{name}", why="no JSON") from error
    if not isinstance(note, dict):
        raise RootHomeUnusable(path=f"{storage.place}/{name}", why="no JSON object")
    return note


def write_whole(storage: Storage, name: str, data: bytes) -> None:
    """Write a small file whole or not at all, durable when it returns."""
    storage.remove(name + _UNFINISHED)
    file = storage.open(name + _UNFINISHED, create=True)
    try:
        storage.reserve(file, len(data))
        file.pwrite(0, data)
        file.sync()
    finally:
        file.close()
    storage.replace(name + _UNFINISHED, name)
    storage.finish()


def _content(storage: Storage, name: str) -> bytes | None:
    try:
        file: BlockFile = storage.open(name, readonly=True)
    except FileNotFoundError:
        return None
    try:
        return file.pread(0, file.size())
    finally:
        file.close()
