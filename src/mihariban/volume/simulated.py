"""A machine that exists in memory alone: its disk forgets at a power cut what was not synced, and fails when told to.

First-class, for tests and trials: it passes the same contract tests as a folder of a real machine.
"""

from __future__ import annotations

import copy
import errno
import random as random_module
from collections.abc import Callable

from mihariban.base.files import Bytes
from mihariban.volume.errors import VolumeInUse
from mihariban.volume.home import HOME, HOME_NEXT, ROOT, RootHome, find_home
from mihariban.volume.index import Index, MemoryIndex
from mihariban.volume.placement import Placement
from mihariban.volume.tpm import SLOT, TpmRoot

SECTOR = 512


class PowerCut(BaseException):  # no error: nothing in the product may catch it
    """The machine has lost its power in the middle of an I/O operation."""


class SimulatedFile:
    """A file whose writes are volatile until ``sync``.

    Args:
        machine: counts the operations and decides which one fails.
        name: of the file.
    """

    def __init__(self, machine: SimulatedMachine, name: str) -> None:
        self._machine = machine
        self.name = name
        self.durable = bytearray()
        self.pending: list[tuple[int, bytes]] = []

    def pread(self, offset: int, length: int) -> bytes:
        self._machine.operation("read", self.name)
        view = bytearray(self.durable[offset : offset + length])
        for start, data in self.pending:
            low, high = max(start, offset), min(start + len(data), offset + len(view))
            if low < high:
                view[low - offset : high - offset] = data[low - start : high - start]
        return bytes(view)

    def pwrite(self, offset: int, data: Bytes) -> None:
        self.pending.append((offset, bytes(data)))
        if self._machine.history is not None:
            self._machine.history.append((self.name, offset, bytes(data)))
        self._machine.operation("write", self.name)

    def sync(self) -> None:
        self._machine.operation("sync", self.name)
        for offset, data in self.pending:
            self.durable[offset : offset + len(data)] = data
        self.pending.clear()

    def size(self) -> int:
        return len(self.durable)

    def close(self) -> None:
        """Nothing to give back."""

    def cut(self, rng: random_module.Random) -> None:
        """The power is gone: of what was not synced any sectors may have reached the disk, in any order."""
        for offset, data in self.pending:
            for sector in range(offset // SECTOR, (offset + len(data) - 1) // SECTOR + 1):
                if rng.random() < 0.5:
                    low, high = max(offset, sector * SECTOR), min(offset + len(data), (sector + 1) * SECTOR)
                    self.durable[low:high] = data[low - offset : high - offset]
        self.pending.clear()


class SimulatedMachine:
    """Implements ``Storage``.

    Attributes:
        operations: writes and syncs so far.
        cut_at: the operation at which the power goes; None for never.
        failing: says whether an operation ("read", "write", "sync", file name) shall fail with EIO.
        history: (file, offset, bytes) of every write ever, shared by all lives of the machine; None to keep none.
        unnamed: files that lost their name. Their bytes are still on the disk.
        nv: the memory of its TPM.
    """

    def __init__(self, room: int = 1 << 30) -> None:
        self.files: dict[str, SimulatedFile] = {}
        self._named: dict[str, SimulatedFile] = {}
        self._renamings: list[dict[str, SimulatedFile]] = []
        self.unnamed: list[SimulatedFile] = []
        self.history: list[tuple[str, int, bytes]] | None = None
        self.nv = SimulatedNv(self)
        self.operations = 0
        self.cut_at: int | None = None
        self.failing: Callable[[str, str], bool] = lambda _what, _name: False
        self.room = room
        self._locked = False

    def operation(self, what: str, name: str) -> None:
        """Count an operation; it may be the last one."""
        if self.failing(what, name):
            raise OSError(errno.EIO, "simulated failure of the disk")
        if what == "read":
            return
        self.operations += 1
        if self.operations == self.cut_at:
            raise PowerCut

    def after_power_cut(self, rng: random_module.Random) -> SimulatedMachine:
        """The same machine started again. Of what happened to names any first part has reached the disk."""
        for file in [*self.files.values(), *self.unnamed]:
            file.cut(rng)
        states = [self._named, *self._renamings]
        self._take_names(states[rng.randrange(len(states))] if self._renamings else states[0])
        return self.fresh()

    def _take_names(self, names: dict[str, SimulatedFile]) -> None:
        known = {id(file): file for file in [*self.files.values(), *names.values(), *self.unnamed]}
        present = {id(file) for file in names.values()}
        self.files = dict(names)
        self.unnamed = [file for number, file in known.items() if number not in present]
        self._named, self._renamings = dict(names), []

    def fresh(self) -> SimulatedMachine:
        """A machine with the same disks, never cut, unlocked."""
        other = SimulatedMachine(self.room)
        other.history = self.history
        other.nv.held = dict(self.nv.held)
        twins: dict[int, SimulatedFile] = {}
        for file in [*self.files.values(), *self.unnamed]:
            twins[id(file)] = twin = SimulatedFile(other, file.name)
            twin.durable = bytearray(file.durable)
            twin.pending = copy.copy(file.pending)
        other.files = {name: twins[id(file)] for name, file in self.files.items()}
        other.unnamed = [twins[id(file)] for file in self.unnamed]
        other._named = dict(other.files)
        return other

    # Storage

    @property
    def place(self) -> str:
        return "simulated"

    def open(self, name: str, *, create: bool = False, readonly: bool = False) -> SimulatedFile:
        del readonly
        if name not in self.files:
            if not create:
                raise FileNotFoundError(errno.ENOENT, name)
            self.files[name] = SimulatedFile(self, name)
            self._renamings.append(dict(self.files))
        return self.files[name]

    def exists(self, name: str) -> bool:
        return name in self.files or (name == ROOT and not {HOME, HOME_NEXT}.isdisjoint(self.files))

    def remove(self, name: str) -> None:
        if name in self.files:
            self.unnamed.append(self.files.pop(name))
            self._renamings.append(dict(self.files))
            self.operation("remove", name)

    def replace(self, old: str, new: str) -> None:
        if old not in self.files:
            raise FileNotFoundError(errno.ENOENT, old)
        if new in self.files:
            self.unnamed.append(self.files[new])
        self.files[new] = self.files.pop(old)
        self.files[new].name = new
        self._renamings.append(dict(self.files))
        self.operation("rename", new)

    def reserve(self, file: object, size: int) -> None:
        if size > self.room:
            raise OSError(errno.ENOSPC, "simulated disk is full")
        if isinstance(file, SimulatedFile):
            file.durable.extend(bytes(size - len(file.durable)))

    def free(self) -> int:
        return self.room

    def home(self) -> RootHome:
        rng = random_module.Random(f"what overwrites a root {self.operations}")
        return find_home(self, rng.randbytes, lambda _note: TpmRoot(self.nv))

    def secret_exposed(self) -> bool:
        return False

    def lock(self) -> None:
        if self._locked:
            raise VolumeInUse(place=self.place)
        self._locked = True

    def unlock(self) -> None:
        self._locked = False

    def busy(self) -> bool:
        return self._locked

    def copying_system(self) -> str:
        return ""

    def placement(self, file: object) -> Placement:
        del file
        return Placement("simulated")

    def index(self, *, readonly: bool) -> Index:
        del readonly
        return MemoryIndex()

    def finish(self) -> None:
        self.operation("sync", "directory")
        self._named, self._renamings = dict(self.files), []


class SimulatedNv:
    """The memory of a TPM. A write is durable at once and whole, and an operation of the machine like others.

    Attributes:
        held: what each index holds. vendor: the maker's id it tells.
    """

    def __init__(self, machine: SimulatedMachine) -> None:
        self._machine = machine
        self.held: dict[int, bytes] = {}
        self.vendor = "SIM"

    def read(self, index: int) -> bytes:
        return self.held.get(index, b"")

    def write(self, index: int, data: bytes) -> None:
        self._machine.operation("write", "tpm")
        self.held[index] = bytes(data)

    def define(self, index: int) -> None:
        self.held.setdefault(index, bytes(SLOT))

    def maker(self) -> str:
        return self.vendor
