"""A ledger at work, the power cut at each of its operations on files.

What one thread really asked of the kernel is recorded once (``syscalls``): SQLite's writes and syncs as well as those
of publishing. Each beginning of that record is then a crash: what was synced is there, of what was not any 512-byte
sectors may be, names that were not synced may be missing, in the order of their folder. What is left is opened with the
real SQLite and judged.
"""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from mihariban.base import sqlite
from mihariban.base.clock import TurnedClock
from mihariban.base.errors import MiharibanError
from mihariban.ledger.entry import Draft
from mihariban.ledger.ledger import Ledger
from mihariban.ledger.store import SqliteStore
from mihariban.ledger.tags import Tag
from mihariban.ledger.tiles import publish
from mihariban.ledger.verify import verify
from tests.ledger.books import DRAFT, WALL, Book, close, fill, log_signer, new_book, served, unmatched
from tests.ledger.syscalls import Call, watched

SECTOR = 512
STEPS = 14
START = 252
"""Entries before the first step: the first tile is filled soon after."""


@dataclass(frozen=True, slots=True)
class Ack:
    """What the ledger told its caller: entry ``number`` is durable, or so many entries are published."""

    kind: str
    number: int


Item = Call | Ack


@dataclass
class Tally:
    """What all cuts together have shown."""

    cuts: int = 0
    entries: int = 0
    lost: int = 0
    findings: list[str] = field(default_factory=list)


def record(folder: Path, seed: int) -> tuple[Path, list[Item]]:
    """A script on a fresh ledger: the state before it, and all it asked for and was told."""
    home, before = folder / "home", folder / "before"
    home.mkdir(parents=True)
    book = new_book(home / "control.db")
    with book.store.transaction() as db:
        db.execute("PRAGMA wal_autocheckpoint = 24")  # so that the log is brought into the file now and then
        for _ in range(START):
            seq = book.append(db, DRAFT)
            db.execute("INSERT INTO room VALUES (?)", (seq,))
    publish(book, home / "ledger")
    shutil.copytree(home, before)
    items: list[Item] = []
    watched(lambda: _play(book, home, random.Random(seed), items.append), items.append, home)
    close(book)
    return before, items


def _play(book: Book, home: Path, rng: random.Random, say: Callable[[Item], None]) -> None:
    for _ in range(STEPS):
        kind = rng.random()
        if kind < 0.5:
            with book.change() as change:
                seq = change.enter(Draft(Tag.CLIP_DAMAGE_FIND, {"camera": "c", "at": "x" * rng.randrange(2000)}))
                change.db.execute("INSERT INTO room VALUES (?)", (seq,))
            say(Ack("entry", seq))
        elif kind < 0.8:
            with book.deed(DRAFT) as deed:
                say(Ack("entry", deed.intent))
            say(Ack("entry", deed.intent + 1))
        else:
            publish(book, home / "ledger")
            say(Ack("published", book.store.size()))


class Disk:
    """A disk that forgets: it follows a record and tells what a cut would leave now.

    Args:
        before: the files at the beginning, all durable.
        home: where the record was made; paths in it are below.
        synced: False for the control: syncs do nothing.
    """

    def __init__(self, before: Path, home: Path, *, synced: bool = True) -> None:
        self._home = home
        self._synced = synced
        self._contents: list[bytearray] = []
        self._pending: list[list[tuple[int, bytes]]] = []
        self._names: dict[Path, int] = {}
        self._durable: dict[Path, int] = {}
        self._name_calls: list[tuple[Call, int]] = []
        self._folders: set[Path] = set()
        for path in sorted(before.rglob("*")):
            if path.is_dir():
                self._folders.add(path.relative_to(before))
            else:
                self._durable[path.relative_to(before)] = self._new(path.read_bytes())
        self._names |= self._durable

    def follow(self, call: Call) -> None:
        """The next call of the record."""
        path = self._below(call.path)
        if call.what in ("write", "pwrite"):
            self._pending[self._names[path]].append((call.offset, call.data))
        elif call.what == "truncate":
            self._pending[self._names[path]].append((-1 - call.offset, b""))
        elif call.what == "sync":
            self._sync(path)
        else:
            self._name(call, path)

    def cut(self, to: Path, rng: random.Random) -> None:
        """Write what is left into the new folder ``to``."""
        names, folders = dict(self._durable), set(self._folders)
        stopped: set[Path] = set()
        for call, file in self._name_calls:
            touched = self._touched(call)
            if touched & stopped or rng.random() < 0.3:
                stopped |= touched
            else:
                _apply(call, self._below(call.path), self._other(call), file, names, folders)
        to.mkdir(parents=True)
        for folder in sorted(folders):
            (to / folder).mkdir(parents=True, exist_ok=True)
        for path, file in names.items():
            if not path.name.endswith("-shm"):  # memory shared between processes; made anew after a start
                (to / path).parent.mkdir(parents=True, exist_ok=True)
                (to / path).write_bytes(self._left(file, rng))

    def _new(self, data: bytes = b"") -> int:
        self._contents.append(bytearray(data))
        self._pending.append([])
        return len(self._contents) - 1

    def _below(self, path: Path) -> Path:
        return path.relative_to(self._home)

    def _other(self, call: Call) -> Path:
        return self._below(call.other) if call.other else Path()

    def _touched(self, call: Call) -> set[Path]:
        both = {
            self._below(call.path).parent,
            self._other(call).parent if call.other else self._below(call.path).parent,
        }
        return both | ({self._below(call.path)} if call.what in ("mkdir", "rmdir") else set())

    def _sync(self, path: Path) -> None:
        if not self._synced:
            return
        if path in self._names:
            file = self._names[path]
            for offset, data in self._pending[file]:
                _write(self._contents[file], offset, data)
            self._pending[file].clear()
            return
        needed, kept = {path}, []
        for call, file in reversed(self._name_calls):  # with what stands before it in the same folders
            touched = self._touched(call)
            if touched & needed:
                needed |= touched
            kept.append((call, file, bool(touched & needed)))
        self._name_calls = [(call, file) for call, file, now in reversed(kept) if not now]
        for call, file, now in reversed(kept):
            if now:
                _apply(call, self._below(call.path), self._other(call), file, self._durable, self._folders)

    def _name(self, call: Call, path: Path) -> None:
        file = self._new() if call.what == "create" else self._names.get(path, -1)
        self._name_calls.append((call, file))
        _apply(call, path, self._other(call), file, self._names, set())

    def _left(self, file: int, rng: random.Random) -> bytes:
        content = bytearray(self._contents[file])
        for offset, data in self._pending[file]:
            if offset < 0:
                if rng.random() < 0.5:
                    _write(content, offset, data)
                continue
            for at in range(offset - offset % SECTOR, offset + len(data), SECTOR):
                low, high = max(at, offset), min(at + SECTOR, offset + len(data))
                if rng.random() < 0.5:
                    _write(content, low, data[low - offset : high - offset])
        return bytes(content)


def _write(content: bytearray, offset: int, data: bytes) -> None:
    if offset < 0:  # a truncation
        del content[-1 - offset :]
        return
    content.extend(bytes(max(0, offset - len(content))))
    content[offset : offset + len(data)] = data


def _apply(call: Call, path: Path, other: Path, file: int, names: dict[Path, int], folders: set[Path]) -> None:
    if call.what == "mkdir":
        folders.add(path)
    elif call.what == "rmdir":
        folders.discard(path)
    elif call.what == "unlink":
        names.pop(path, None)
    elif call.what == "rename":
        names.pop(path, None)
        names[other] = file
    else:
        names[path] = file


def crashes(folder: Path, seed: int, *, synced: bool = True) -> Iterator[tuple[int, int, Path]]:
    """Each moment of a script as a crash: entries acknowledged and published until then, and what is left."""
    before, items = record(folder / "record", seed)
    disk, rng = Disk(before, folder / "record" / "home", synced=synced), random.Random(seed)
    entries, published = START, START
    for place, item in enumerate(items):
        if isinstance(item, Ack):
            entries, published = (item.number + 1, published) if item.kind == "entry" else (entries, item.number)
            continue
        disk.follow(item)
        if item.path.name.endswith("-shm"):
            continue
        left = folder / f"{place}"
        disk.cut(left, rng)
        yield entries, published, left
        shutil.rmtree(left)


def judge(entries: int, published: int, left: Path, tally: Tally) -> None:
    """What the next start finds."""
    tally.cuts += 1
    tally.entries += entries - START
    try:
        shown = served(left / "ledger", left / "aside")
        connection = sqlite.connect(left / "control.db", synchronous="FULL")
        book = Ledger(SqliteStore(connection), log_signer(), TurnedClock(WALL))
        tally.lost += max(0, entries - book.store.size()) + max(0, published - shown)
        tally.findings += unmatched(book, START)
        book.close_dangling()
        fill(book, 1)
        publish(book, left / "ledger")
        verify(left / "ledger")
        connection.close()
    except (MiharibanError, sqlite.DatabaseError) as error:
        tally.lost += 1
        tally.findings.append(str(error))


def sweep(folder: Path, count: int, *, synced: bool = True, until_lost: bool = False) -> Tally:
    """``count`` cuts through as many scripts as it takes; where something is meant to be lost, until it is."""
    tally, seed = Tally(), 0
    while tally.cuts < count and not (tally.lost and until_lost):
        for crash in crashes(folder / str(seed), seed, synced=synced):
            judge(*crash, tally)
            if tally.cuts == count or (tally.lost and until_lost):
                break
        shutil.rmtree(folder / str(seed))
        seed += 1
    return tally
