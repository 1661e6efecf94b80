"""Where the operating system put a file: whether it overwrites in place, and whether the file was moved.

The extents come from the FS_IOC_FIEMAP request of Linux, the kind of file system from statfs(2). Both speak of logical
blocks; what an SSD does inside is not visible here.
"""

from __future__ import annotations

import ctypes
import errno
import fcntl
import hashlib
import os
import struct
from dataclasses import dataclass
from pathlib import Path

_FS_IOC_FIEMAP = 0xC020660B
_SYNC = 1
_LAST, _ENCODED, _UNWRITTEN, _SHARED = 0x1, 0x8, 0x800, 0x2000
_REQUEST = struct.Struct("=QQLLLL")
_EXTENT = struct.Struct("=QQQQQLLLL")
_AT_ONCE = 128

_COPYING = {  # magic numbers of linux/magic.h and of the file systems outside it
    0x9123683E: "btrfs",
    0x2FC12FC1: "zfs",
    0x794C7630: "overlay",
    0xCA451A4E: "bcachefs",
    0xF2F52010: "f2fs",
    0x3434: "nilfs2",
}


@dataclass(frozen=True, slots=True)
class Placement:
    """What is known of a file's place.

    Attributes:
        signature: stands for the physical extents; empty where the file system does not tell them.
        system: name of a file system that copies on write, or what of the extents says so; else empty.
        rotational: a spinning disk; None where unknown.
    """

    signature: str = ""
    system: str = ""
    rotational: bool | None = None

    @property
    def in_place(self) -> bool:
        """New data lands on the blocks of the old, as far as can be seen."""
        return bool(self.signature) and not self.system


def copying_system(folder: Path) -> str:
    """Name of the file system of ``folder`` if it copies on write; else empty."""
    buffer = ctypes.create_string_buffer(256)
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.statfs(os.fsencode(folder), buffer) != 0:
        return ""
    magic = ctypes.c_long.from_buffer(buffer).value & 0xFFFF_FFFF
    return _COPYING.get(magic, "")


def placement(fd: int, folder: Path) -> Placement:
    """The place of an open file in ``folder``."""
    system = copying_system(folder)
    extents = _extents(fd)
    flags = 0
    digest = hashlib.sha256()
    for logical, physical, length, flag in _merged(extents):
        digest.update(struct.pack(">QQQ", logical, physical, length))
        flags |= flag
    if not system and flags & (_ENCODED | _SHARED | _UNWRITTEN):
        names = {_ENCODED: "encoded extents", _SHARED: "shared extents", _UNWRITTEN: "unwritten extents"}
        system = ", ".join(name for bit, name in names.items() if flags & bit)
    return Placement(digest.hexdigest()[:32] if extents else "", system, _rotational(fd))


def _extents(fd: int) -> list[tuple[int, int, int, int]]:
    """(logical, physical, length, flags) of every extent; empty where the file system does not know the request."""
    found: list[tuple[int, int, int, int]] = []
    start = 0
    while True:
        buffer = bytearray(_REQUEST.size + _EXTENT.size * _AT_ONCE)
        _REQUEST.pack_into(buffer, 0, start, (1 << 64) - 1 - start, _SYNC, 0, _AT_ONCE, 0)
        try:
            fcntl.ioctl(fd, _FS_IOC_FIEMAP, buffer, True)
        except OSError as error:
            if error.errno in (errno.EOPNOTSUPP, errno.ENOTTY, errno.EINVAL):
                return []
            raise
        count = _REQUEST.unpack_from(buffer)[3]
        for number in range(count):
            logical, physical, length, _, _, flags, *_ = _EXTENT.unpack_from(
                buffer, _REQUEST.size + number * _EXTENT.size
            )
            found.append((logical, physical, length, flags))
        if count < _AT_ONCE or found[-1][3] & _LAST:
            return found
        start = found[-1][0] + found[-1][2]


def _merged(extents: list[tuple[int, int, int, int]]) -> list[tuple[int, int, int, int]]:
    """Neighbours joined, for the kernel may split an extent without moving it."""
    joined: list[tuple[int, int, int, int]] = []
    for logical, physical, length, flags in extents:
        if joined:
            before = joined[-1]
            if before[0] + before[2] == logical and before[1] + before[2] == physical:
                joined[-1] = (before[0], before[1], before[2] + length, before[3] | flags)
                continue
        joined.append((logical, physical, length, flags))
    return joined


def _rotational(fd: int) -> bool | None:
    device = os.fstat(fd).st_dev
    base = Path(f"/sys/dev/block/{os.major(device)}:{os.minor(device)}")
    for candidate in (base / "queue/rotational", base / "../queue/rotational"):
        try:
            return candidate.read_text(encoding="ascii").strip() == "1"
        except OSError:
            continue
    return None
