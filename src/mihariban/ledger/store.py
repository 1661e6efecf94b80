"""Where entries are stored, as a parameter; and the store in a SQLite database of somebody else."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from importlib import resources
from typing import Protocol, TypeVar

from mihariban.base import sqlite
from mihariban.ledger.commitment import Commitment
from mihariban.ledger.errors import DeedOutOfOrder, LedgerUnreadable, LedgerUnwritable
from mihariban.ledger.tree import Hashes

T = TypeVar("T")


class EntryStore(Hashes, Protocol[T]):
    """What the ledger asks of a database. ``T`` is what one of its transactions is to its callers.

    Everything written between entering and leaving ``transaction`` becomes durable together or not at all; it may be
    entered inside a transaction that is open already and is then a part of it. Reading sees one's own writes.
    """

    def transaction(self) -> AbstractContextManager[T]:
        """A transaction, durable when left in order.

        Raises:
            LedgerUnwritable: nothing was written, or nothing is known to be durable; whatever statement failed for it.
        """

    def check_open(self, transaction: T) -> None:
        """Make sure that ``transaction`` is this store's and open.

        Raises:
            DeedOutOfOrder: it is not.
        """

    def is_open(self) -> bool:
        """Whether the calling thread is inside a transaction."""

    def leaves(self, start: int, stop: int) -> list[bytes]:
        """The entries ``start`` to ``stop``."""

    def add_entry(self, seq: int, leaf: bytes, hash_: bytes, tiles: list[tuple[int, int, bytes]]) -> None:
        """Add the next entry and the tile roots (level, place, hash) that it completes."""

    def add_intent(self, seq: int) -> None:
        """An outcome is owed for this entry."""

    def settle_intent(self, seq: int) -> bool:
        """The outcome is being entered; False where none is owed."""

    def intents(self) -> list[int]:
        """Entries for which an outcome is owed, in order."""

    def put_text(self, commitment: Commitment) -> None:
        """Keep the text behind a commitment."""

    def text(self, hash_: bytes) -> Commitment | None:
        """The text behind a commitment; None where it was erased."""

    def erase_text(self, hash_: bytes) -> bool:
        """Erase it; False where there is none."""

    def put_checkpoint(self, size: int, note: bytes) -> None:
        """Keep a signed checkpoint; one of the same size is replaced."""

    def checkpoints(self) -> list[tuple[int, bytes]]:
        """The kept checkpoints, smallest first."""

    def drop_checkpoint(self, size: int) -> None:
        """Forget a checkpoint that is no longer needed."""

    def put_seen(self, origin: str, size: int, note: bytes) -> None:
        """Remember what of another ledger was cosigned."""

    def seen(self, origin: str) -> tuple[int, bytes] | None:
        """The last checkpoint of another ledger that was cosigned."""


class SqliteStore:
    """Entries as tables of a SQLite database that belongs to a room.

    Args:
        connection: from ``base.sqlite.connect`` with synchronous=FULL; else an entry may be lost after it was
            acknowledged.
        lock: the lock that guards this connection, where the room has one.
    """

    def __init__(self, connection: sqlite.Connection, lock: threading.RLock | None = None) -> None:
        self._db = connection
        self._lock = lock or threading.RLock()

    def use(self, connection: sqlite.Connection) -> None:
        """Go on with another connection to the same database; the caller holds the lock."""
        self._db = connection

    @staticmethod
    def create(transaction: sqlite.Connection) -> None:
        """Make the tables, inside the caller's transaction."""
        schema = resources.files("mihariban.ledger").joinpath("schema.sql").read_text(encoding="utf-8")
        for statement in sqlite.statements(schema):
            transaction.execute(statement)

    @staticmethod
    def exists(connection: sqlite.Connection) -> bool:
        """Whether the tables are there."""
        found = connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'ledger_entry'").fetchone()
        return found is not None

    @contextmanager
    def transaction(self) -> Iterator[sqlite.Connection]:
        with self._lock:
            if self._db.in_transaction:
                yield self._db
                return
            self._write("BEGIN IMMEDIATE")
            with _unwritable():
                try:
                    yield self._db
                    self._db.execute("COMMIT")
                except BaseException:
                    self._roll_back()
                    raise

    def check_open(self, transaction: sqlite.Connection) -> None:
        if transaction is not self._db or not self._db.in_transaction:
            raise DeedOutOfOrder(why="an entry is made inside an open transaction of its own database")

    def is_open(self) -> bool:
        with self._lock:  # another thread's transaction ends before this lock is free
            return bool(self._db.in_transaction)

    def size(self) -> int:
        return int(self._one("SELECT coalesce(max(seq), -1) + 1 FROM ledger_entry"))

    def hashes(self, level: int, start: int, stop: int) -> bytes:
        if level == 0:
            sql = "SELECT hash FROM ledger_entry WHERE seq >= ? AND seq < ? ORDER BY seq"
            return b"".join(row[0] for row in self._all(sql, start, stop))
        sql = "SELECT hash FROM ledger_tile WHERE level = ? AND place >= ? AND place < ? ORDER BY place"
        return b"".join(row[0] for row in self._all(sql, level, start, stop))

    def leaves(self, start: int, stop: int) -> list[bytes]:
        sql = "SELECT leaf FROM ledger_entry WHERE seq >= ? AND seq < ? ORDER BY seq"
        return [row[0] for row in self._all(sql, start, stop)]

    def add_entry(self, seq: int, leaf: bytes, hash_: bytes, tiles: list[tuple[int, int, bytes]]) -> None:
        self._write("INSERT INTO ledger_entry VALUES (?, ?, ?)", seq, leaf, hash_)
        for tile in tiles:
            self._write("INSERT INTO ledger_tile VALUES (?, ?, ?)", *tile)

    def add_intent(self, seq: int) -> None:
        self._write("INSERT INTO ledger_intent VALUES (?)", seq)

    def settle_intent(self, seq: int) -> bool:
        return self._write("DELETE FROM ledger_intent WHERE seq = ?", seq) == 1

    def intents(self) -> list[int]:
        return [row[0] for row in self._all("SELECT seq FROM ledger_intent ORDER BY seq")]

    def put_text(self, commitment: Commitment) -> None:
        self._write("INSERT INTO ledger_text VALUES (?, ?, ?)", *commitment)

    def text(self, hash_: bytes) -> Commitment | None:
        rows = self._all("SELECT hash, salt, text FROM ledger_text WHERE hash = ?", hash_)
        return Commitment(*rows[0]) if rows else None

    def erase_text(self, hash_: bytes) -> bool:
        with self._lock:
            # Deleted content is written over with zeros, so that the freed page does not keep the name.
            self._write("PRAGMA secure_delete = ON")
            return self._write("DELETE FROM ledger_text WHERE hash = ?", hash_) == 1

    def put_checkpoint(self, size: int, note: bytes) -> None:
        self._write("INSERT INTO ledger_checkpoint VALUES (?, ?) ON CONFLICT DO UPDATE SET note = ?", size, note, note)

    def checkpoints(self) -> list[tuple[int, bytes]]:
        return [(row[0], row[1]) for row in self._all("SELECT size, note FROM ledger_checkpoint ORDER BY size")]

    def drop_checkpoint(self, size: int) -> None:
        self._write("DELETE FROM ledger_checkpoint WHERE size = ?", size)

    def put_seen(self, origin: str, size: int, note: bytes) -> None:
        sql = "INSERT INTO ledger_seen VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET size = ?, note = ?"
        self._write(sql, origin, size, note, size, note)

    def seen(self, origin: str) -> tuple[int, bytes] | None:
        rows = self._all("SELECT size, note FROM ledger_seen WHERE origin = ?", origin)
        return (rows[0][0], rows[0][1]) if rows else None

    def _roll_back(self) -> None:
        if self._db.in_transaction:  # a full disk may have rolled back already
            with suppress(sqlite.DatabaseError):  # the first error is the caller's; what is not committed is not there
                self._db.execute("ROLLBACK")

    def _one(self, sql: str) -> int:
        return int(self._all(sql)[0][0])

    def _all(self, sql: str, *values: object) -> list[sqlite.Row]:
        with self._lock:
            try:
                return self._db.execute(sql, values).fetchall()
            except sqlite.DatabaseError as error:
                if self._db.in_transaction or not sqlite.is_storage(error):
                    raise  # inside a transaction it is the transaction that fails
                raise LedgerUnreadable(why=str(error)) from error

    def _write(self, sql: str, *values: object) -> int:
        with self._lock:
            try:
                return self._db.execute(sql, values).rowcount
            except sqlite.DatabaseError as error:  # of our own rows: whatever it is, they are not there
                raise LedgerUnwritable(why=str(error)) from error


@contextmanager
def _unwritable() -> Iterator[None]:
    """Where the storage is the cause, turn what the database says into one sentence for whoever wanted access."""
    try:
        yield
    except sqlite.DatabaseError as error:
        if not sqlite.is_storage(error):
            raise
        raise LedgerUnwritable(why=str(error)) from error
