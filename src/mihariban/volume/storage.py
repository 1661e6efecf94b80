"""Where the files of a volume are: a folder of this machine, or a simulated machine in tests."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path
from typing import Protocol

from mihariban.base.files import BlockFile, RealFile, sync_directory
from mihariban.volume.errors import VolumeInUse
from mihariban.volume.home import HOME, HOME_NEXT, NEXT, ROOT, RootHome, find_home, read_note
from mihariban.volume.index import Index, open_index
from mihariban.volume.placement import Placement, copying_system, placement
from mihariban.volume.tpm import open_tpm

RING, KEYS, INDEX, LOCK = "ring.vol", "keys.tab", "index.db", "ring.lock"
__all__ = ["INDEX", "KEYS", "LOCK", "RING", "ROOT", "Folder", "Storage"]


class Storage(Protocol):
    """What a volume asks of the machine around it."""

    @property
    def place(self) -> str:
        """Its name for people."""

    def open(self, name: str, *, create: bool = False, readonly: bool = False) -> BlockFile:
        """A file of the volume."""

    def exists(self, name: str) -> bool:
        """Whether there is such a file."""

    def remove(self, name: str) -> None:
        """Take a file away, if it is there."""

    def reserve(self, file: BlockFile, size: int) -> None:
        """Give a new file its length, so that lack of room shows before anything is written."""

    def free(self) -> int:
        """Bytes that may still be used."""

    def replace(self, old: str, new: str) -> None:
        """Give a file another's name and take that one away; durable with ``finish``."""

    def home(self) -> RootHome:
        """Where the root lives."""

    def secret_exposed(self) -> bool:
        """Others than the owner may read the root, or what opens it."""

    def lock(self) -> None:
        """Become the one writer, until ``unlock`` or the end of the process."""

    def unlock(self) -> None:
        """Give the lock back."""

    def busy(self) -> bool:
        """Somebody is the writer now."""

    def copying_system(self) -> str:
        """Name of a file system that copies on write; else empty."""

    def placement(self, file: BlockFile) -> Placement:
        """Where the file lies."""

    def index(self, *, readonly: bool) -> Index:
        """The index."""

    def finish(self) -> None:
        """Make the names of the files durable."""


class Folder:
    """A folder of this machine.

    Args:
        path: made (0700) where it does not exist, when something is written.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = -1

    @property
    def place(self) -> str:
        return str(self.path)

    def open(self, name: str, *, create: bool = False, readonly: bool = False) -> BlockFile:
        if create:
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        return RealFile(self.path / name, create=create, readonly=readonly)

    def exists(self, name: str) -> bool:
        if name == ROOT and any((self.path / note).exists() for note in (HOME, HOME_NEXT)):
            return True  # the root lives elsewhere; whether it is there shows when it is read
        return (self.path / name).exists()

    def remove(self, name: str) -> None:
        for suffix in ("", "-wal", "-shm") if name == INDEX else ("",):
            (self.path / (name + suffix)).unlink(missing_ok=True)

    def reserve(self, file: BlockFile, size: int) -> None:
        if isinstance(file, RealFile):
            os.posix_fallocate(file.fileno(), 0, size)

    def free(self) -> int:
        existing = next(path for path in (self.path, *self.path.resolve().parents) if path.exists())
        stats = os.statvfs(existing)
        return stats.f_bavail * stats.f_frsize

    def replace(self, old: str, new: str) -> None:
        (self.path / old).replace(self.path / new)

    def home(self) -> RootHome:
        return find_home(self, os.urandom, lambda note: open_tpm(self.path, note))

    def secret_exposed(self) -> bool:
        names = [ROOT, NEXT]
        note = read_note(self)
        if note is not None:
            names.append(str(note.get("auth", "")))
        found = [self.path / name for name in names if name]
        return any(path.stat().st_mode & 0o077 for path in found if path.exists())

    def lock(self) -> None:
        fd = os.open(self.path / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            os.close(fd)
            raise VolumeInUse(place=self.place) from error
        self._lock = fd

    def unlock(self) -> None:
        if self._lock >= 0:
            os.close(self._lock)
            self._lock = -1

    def busy(self) -> bool:
        try:
            fd = os.open(self.path / LOCK, os.O_RDONLY | os.O_CLOEXEC)
        except FileNotFoundError:
            return False
        try:
            fcntl.flock(fd, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        finally:
            os.close(fd)
        return False

    def copying_system(self) -> str:
        existing = next(path for path in (self.path, *self.path.resolve().parents) if path.exists())
        return copying_system(existing)

    def placement(self, file: BlockFile) -> Placement:
        return placement(file.fileno(), self.path) if isinstance(file, RealFile) else Placement()

    def index(self, *, readonly: bool) -> Index:
        return open_index(self.path / INDEX, readonly=readonly)

    def finish(self) -> None:
        sync_directory(self.path)
