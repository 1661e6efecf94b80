"""A small ext4 on a loop device whose power can be cut: root only.

``FS_IOC_SHUTDOWN`` (``_IOR('X', 125, __u32)``, Linux) makes the file system refuse everything from that moment on, as if
the machine had gone. What was not synced is lost when it is mounted again: with NOLOGFLUSH also what stands only in
the journal's memory, with LOGFLUSH the journal is still written. What a disk keeps in a cache of its own and loses is
not imitated: the loop device has none.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import struct
import subprocess
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from types import TracebackType

_SHUTDOWN = 0x8004_587D
LOGFLUSH, NOLOGFLUSH = 1, 2
MIB = 1 << 20


class LoopDisk:
    """A mounted file system. ``with LoopDisk(folder, size) as disk: disk.path``.

    Args:
        folder: where image and mount point are made.
        size: bytes of the image; it is sparse.
    """

    def __init__(self, folder: Path, size: int) -> None:
        self._image = folder / "disk.img"
        self.path = folder / "disk"
        self._size = size

    def __enter__(self) -> LoopDisk:
        self.path.mkdir()
        with self._image.open("wb") as file:
            file.truncate(self._size)
        _run("mkfs.ext4", "-q", "-F", "-E", "lazy_itable_init=0,lazy_journal_init=0", str(self._image))
        self.mount()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.unmount()
        self._image.unlink()

    def mount(self) -> None:
        """Mount it; the journal is replayed where it was cut."""
        _run("mount", "-o", "loop", str(self._image), str(self.path))

    def turn_readonly(self) -> None:
        """What ext4 does to itself after an error of the disk: from now on it takes no write."""
        _run("mount", "-o", "remount,abort", str(self.path))

    def fill(self) -> None:
        """Use up the last block."""
        with (self.path / "ballast").open("wb", buffering=0) as file:
            for size in (MIB, 4096, 1024, 1):
                with suppress(OSError):
                    while True:
                        file.write(bytes(size))

    def make_room(self) -> None:
        """Take away what ``fill`` has written."""
        (self.path / "ballast").unlink()

    def cut(self, flag: int) -> None:
        """Cut the power: whatever is written or synced afterwards fails with EIO."""
        fd = os.open(self.path, os.O_RDONLY | os.O_DIRECTORY)
        try:
            fcntl.ioctl(fd, _SHUTDOWN, struct.pack("I", flag))
        finally:
            os.close(fd)

    def unmount(self) -> None:
        """Take it away; a process that was just killed may hold it for a moment."""
        for _ in range(50):
            if not os.path.ismount(self.path):
                return
            if subprocess.run(["umount", str(self.path)], capture_output=True, check=False).returncode == 0:
                return
            time.sleep(0.05)  # the kernel's time, not ours: nothing to turn
        _run("umount", "-l", str(self.path))


def missing() -> str:
    """Why there can be no such disk here; empty where there can."""
    if os.geteuid() != 0:
        return "forced shutdowns of a file system need root"
    absent = [name for name in ("mkfs.ext4", "mount", "umount") if shutil.which(name) is None]
    if absent:
        return f"{', '.join(absent)} not installed"
    with tempfile.TemporaryDirectory() as folder:
        try:
            with LoopDisk(Path(folder), 16 * MIB) as disk:
                disk.cut(NOLOGFLUSH)
        except (OSError, subprocess.CalledProcessError) as error:
            said = getattr(error, "stderr", b"") or str(error).encode()
            return f"no loop device with ext4 here: {said.decode(errors='replace').strip()}"
    return ""


def _run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True)
