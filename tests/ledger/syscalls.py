"""The system calls with which one thread of this process changes files, each seen and judged before it happens.

SQLite's own file layer is thus under test without a stand-in for it. Linux lets a thread have such calls announced to
another one (seccomp user notification, Linux 5.5): that one lets a call go on, has it fail, or does a part of it and
says so. Neither root nor another program is needed.
"""

from __future__ import annotations

import ctypes
import errno
import fcntl
import os
import platform
import queue
import select
import struct
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

CALLS = {
    1: "write",
    18: "pwrite",
    74: "fsync",
    75: "fdatasync",
    77: "truncate",
    82: "rename",
    83: "mkdir",
    84: "rmdir",
    87: "unlink",
    257: "open",
}
"""Of x86-64. Opening is told only where it makes a file or empties one."""

_ARCH = 0xC000003E
_SECCOMP, _SET_MODE_FILTER, _NEW_LISTENER, _NO_NEW_PRIVS = 317, 1, 8, 38
_RECEIVE, _SEND = 0xC0502100, 0xC0182101
_NOTICE, _ANSWER = struct.Struct("QIIiIQ6Q"), struct.Struct("QqiI")
_CONTINUE = 1
_libc = ctypes.CDLL(None, use_errno=True)


@dataclass(frozen=True, slots=True)
class Call:
    """A change that is about to be made. ``path`` is the file or the folder meant; ``other`` a rename's new name."""

    what: str
    path: Path
    other: Path | None = None
    offset: int = 0
    data: bytes = b""
    fd: int = -1


Answer = int | None
"""None: let it happen; an errno: fail with it; a negative number: of a write do so many bytes only."""


def watched(work: Callable[[], None], judge: Callable[[Call], Answer], below: Path) -> None:
    """Run ``work`` in a thread of its own; ``judge`` sees each change it makes to files below ``below``.

    An exception of ``work`` is raised here.
    """
    listeners: queue.Queue[int] = queue.Queue()
    errors: list[BaseException] = []

    def inner() -> None:
        try:
            listeners.put(_listener())
            work()
        except BaseException as error:  # noqa: BLE001  # raised in the caller's thread
            errors.append(error)
            listeners.put(-1)

    thread = threading.Thread(target=inner)
    thread.start()
    fd = listeners.get()
    if fd >= 0:
        _serve(fd, judge, below)
        os.close(fd)
    thread.join()
    if errors:
        raise errors[0]


def missing() -> str:
    """Why calls cannot be watched here; empty where they can."""
    if platform.machine() != "x86_64":
        return "the numbers of the system calls are those of x86-64"
    try:
        watched(lambda: None, lambda _call: None, Path("/"))
    except OSError as error:
        return f"no notification of system calls here: {error.strerror}"
    return ""


def _listener() -> int:
    """Announce the calls of this thread from now on; the descriptor on which they are announced."""
    numbers = list(CALLS)
    code = [(0x20, 0, 0, 4), (0x15, 0, len(numbers) + 1, _ARCH), (0x20, 0, 0, 0)]
    code += [(0x15, len(numbers) - place, 0, number) for place, number in enumerate(numbers)]
    code += [(0x06, 0, 0, 0x7FFF0000), (0x06, 0, 0, 0x7FC00000)]
    text = b"".join(struct.pack("HBBI", *each) for each in code)
    buffer = ctypes.create_string_buffer(text, len(text))
    program = struct.pack("HxxxxxxQ", len(code), ctypes.addressof(buffer))
    if _libc.prctl(_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl")
    fd = int(_libc.syscall(_SECCOMP, _SET_MODE_FILTER, _NEW_LISTENER, program))
    if fd < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return fd


def _serve(fd: int, judge: Callable[[Call], Answer], below: Path) -> None:
    poll = select.poll()
    poll.register(fd, select.POLLIN)
    while True:
        ((_, event),) = poll.poll()
        if not event & select.POLLIN:
            return  # the thread has ended
        notice = bytearray(_NOTICE.size)
        try:
            fcntl.ioctl(fd, _RECEIVE, notice)
        except FileNotFoundError:
            continue  # a signal took the call away
        id_, _, _, number, _, _, *arguments = _NOTICE.unpack(notice)
        value, error, flags = _answer(_call(number, arguments, below), judge)
        fcntl.ioctl(fd, _SEND, _ANSWER.pack(id_, value, error, flags))


def _answer(call: Call | None, judge: Callable[[Call], Answer]) -> tuple[int, int, int]:
    answer = None if call is None else judge(call)
    if call is None or answer is None:
        return 0, 0, _CONTINUE
    if answer > 0:
        return 0, -answer, 0
    part = call.data[:-answer]
    if call.what == "write":
        return os.write(call.fd, part), 0, 0
    return os.pwrite(call.fd, part, call.offset), 0, 0


def _call(number: int, a: list[int], below: Path) -> Call | None:
    what = CALLS[number]
    if what in ("rename", "mkdir", "rmdir", "unlink"):
        call = Call(what, _name(a[0]), _name(a[1]) if what == "rename" else None)
    elif what == "open":
        path = _name(a[1])
        there = path.exists()
        if not a[2] & (os.O_TRUNC if there else os.O_CREAT):
            return None
        call = Call("truncate" if there else "create", path)
    else:
        path = Path(f"/proc/self/fd/{a[0]}").readlink()
        if not str(path).startswith(str(below)):
            return None
        call = _of_file(what, path, a)
    return call if str(call.path).startswith(str(below)) else None


def _of_file(what: str, path: Path, a: list[int]) -> Call:
    if what in ("write", "pwrite"):
        offset = os.lseek(a[0], 0, os.SEEK_CUR) if what == "write" else a[3]
        return Call(what, path, offset=offset, data=ctypes.string_at(a[1], a[2]), fd=a[0])
    return Call(what.replace("fdatasync", "sync").replace("fsync", "sync"), path, offset=a[1], fd=a[0])


def _name(address: int) -> Path:
    return Path(os.fsdecode(ctypes.string_at(address))).absolute()


EIO, ENOSPC = errno.EIO, errno.ENOSPC
