"""The file layer as a parameter: what the volume asks of a disk, and the real disk.

Tests put a simulated disk here that loses what was not synced, and one that fails on demand; both pass the same
contract tests as the real file.
"""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path
from typing import Protocol

Bytes = bytes | bytearray | memoryview
"""What may be written without copying it first."""


class BlockFile(Protocol):
    """A file written in place. Offsets and lengths are bytes."""

    def pread(self, offset: int, length: int) -> bytes:
        """Up to ``length`` bytes from ``offset``; fewer only at the end of the file."""

    def pwrite(self, offset: int, data: Bytes) -> None:
        """Write all of ``data`` at ``offset``.

        Raises:
            OSError: nothing may be assumed about what reached the disk.
        """

    def sync(self) -> None:
        """Make all earlier writes durable.

        Raises:
            OSError: earlier writes may be lost even if a later sync succeeds.
        """

    def size(self) -> int:
        """Length of the file in bytes."""

    def close(self) -> None:
        """Give the file back; a second call does nothing."""


class RealFile:
    """A file of the operating system.

    Args:
        path: where it is.
        create: make it where it does not exist (0600).
        readonly: open for reading only.
    """

    def __init__(self, path: Path, *, create: bool = False, readonly: bool = False) -> None:
        flags = (os.O_RDONLY if readonly else os.O_RDWR) | os.O_CLOEXEC
        if create:
            flags |= os.O_CREAT
        self.path = path
        self._fd = os.open(path, flags, 0o600)

    def fileno(self) -> int:
        """The descriptor, for what only the operating system offers (extents, locks)."""
        return self._fd

    def pread(self, offset: int, length: int) -> bytes:
        parts: list[bytes] = []
        while length > 0:
            part = os.pread(self._fd, length, offset)
            if not part:
                break
            parts.append(part)
            offset += len(part)
            length -= len(part)
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def pwrite(self, offset: int, data: Bytes) -> None:
        view = memoryview(data)
        while view:
            written = os.pwrite(self._fd, view, offset)
            view = view[written:]
            offset += written

    def sync(self) -> None:
        os.fdatasync(self._fd)

    def will_read(self, offset: int, length: int) -> None:
        """Tell the kernel what is read next, so that the disk works while we compute. No more than a hint."""
        os.posix_fadvise(self._fd, offset, length, os.POSIX_FADV_WILLNEED)

    def size(self) -> int:
        return os.fstat(self._fd).st_size

    def close(self) -> None:
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1


def is_there(path: Path) -> bool:
    """Whether something is there that may be seen; where a folder on the way may not be entered, it is not. (pathlib
    raises there.)"""
    return os.path.exists(path)  # noqa: PTH110


def is_folder(path: Path) -> bool:
    """Whether a folder is there that may be seen; the same."""
    return os.path.isdir(path)  # noqa: PTH112


def read_plain(path: Path, most: int) -> bytes:
    """All of a plain file that somebody else laid there. A pipe, which would never end, is refused before it is read.

    Raises:
        FileNotFoundError: there is none. OSError: it cannot be read, is no plain file, longer than ``most``, or
            behind a link that leads nowhere.
    """
    try:
        fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    except FileNotFoundError:
        if any(each.is_symlink() and not each.exists() for each in (path, *path.parents)):
            raise OSError(errno.ELOOP, "a link that leads nowhere") from None
        raise
    with os.fdopen(fd, "rb", buffering=0) as file:
        facts = os.fstat(fd)
        if not stat.S_ISREG(facts.st_mode):
            raise OSError(errno.EINVAL, "no plain file")
        if facts.st_size > most:
            raise OSError(errno.EFBIG, f"longer than {most} bytes")
        return file.read()


def expect_file(path: Path) -> None:
    """Tell the kernel that a whole file is read soon, from here and there. No more than a hint; none where it lacks."""
    try:
        fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return
    try:
        os.posix_fadvise(fd, 0, 0, os.POSIX_FADV_WILLNEED)
    finally:
        os.close(fd)


def sync_directory(path: Path) -> None:
    """Make the names in a directory durable."""
    fd = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def write_private(path: Path, data: bytes) -> None:
    """Write a small file whole or not at all, 0600, durable before it returns."""
    temporary = path.with_name(path.name + ".new")
    fd = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    try:
        view = memoryview(data)
        while view:
            view = view[os.write(fd, view) :]
        os.fsync(fd)
    finally:
        os.close(fd)
    temporary.replace(path)
    sync_directory(path.parent)
