"""The ledger's entries as tables of the office's database: SQLite or PostgreSQL, through Django's connection.

A change made by Django's models and its entry are one transaction, because both go through the same connection.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import DatabaseError, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from mihariban.base import sqlite
from mihariban.ledger.commitment import Commitment
from mihariban.ledger.errors import DeedOutOfOrder, LedgerUnreadable, LedgerUnwritable

Value = int | str | bytes
_LOCK = 0x6D69_6861_7269  # any number, the same in every process: who writes entries waits for who writes them

# SQLSTATE classes of PostgreSQL whose cause is the server, its disk or the way to it.
_CLASSES = ("08", "25", "53", "57", "58", "XX")


class DjangoStore:
    """See ``ledger.store.EntryStore``. A transaction is Django's connection of the calling thread.

    Args:
        alias: of the database in Django's settings.
    """

    def __init__(self, alias: str = "default") -> None:
        self.alias = alias

    @property
    def connection(self) -> BaseDatabaseWrapper:
        """Django's connection of this thread."""
        found: BaseDatabaseWrapper = connections[self.alias]
        return found

    @contextmanager
    def transaction(self) -> Iterator[BaseDatabaseWrapper]:
        with _unwritable(), transaction.atomic(using=self.alias):
            self._lock()
            yield self.connection

    def check_open(self, transaction: BaseDatabaseWrapper) -> None:
        if transaction is not self.connection or not transaction.in_atomic_block:
            raise DeedOutOfOrder(why="an entry is made inside an open transaction of its own database")
        self._lock()

    def is_open(self) -> bool:
        blocks = self.connection.atomic_blocks
        # The block that a test case puts around everything is not a transaction of ours; Django's ``durable`` sees it
        # the same way.
        return bool(blocks) and not getattr(blocks[-1], "_from_testcase", False)

    def size(self) -> int:
        return int(self._all("SELECT coalesce(max(seq), -1) + 1 FROM ledger_entry")[0][0])

    def hashes(self, level: int, start: int, stop: int) -> bytes:
        if level == 0:
            sql = "SELECT hash FROM ledger_entry WHERE seq >= %s AND seq < %s ORDER BY seq"
            return b"".join(bytes(row[0]) for row in self._all(sql, start, stop))
        sql = "SELECT hash FROM ledger_tile WHERE level = %s AND place >= %s AND place < %s ORDER BY place"
        return b"".join(bytes(row[0]) for row in self._all(sql, level, start, stop))

    def leaves(self, start: int, stop: int) -> list[bytes]:
        sql = "SELECT leaf FROM ledger_entry WHERE seq >= %s AND seq < %s ORDER BY seq"
        return [bytes(row[0]) for row in self._all(sql, start, stop)]

    def add_entry(self, seq: int, leaf: bytes, hash_: bytes, tiles: list[tuple[int, int, bytes]]) -> None:
        self._write("INSERT INTO ledger_entry VALUES (%s, %s, %s)", seq, leaf, hash_)
        for tile in tiles:
            self._write("INSERT INTO ledger_tile VALUES (%s, %s, %s)", *tile)

    def add_intent(self, seq: int) -> None:
        self._write("INSERT INTO ledger_intent VALUES (%s)", seq)

    def settle_intent(self, seq: int) -> bool:
        return self._write("DELETE FROM ledger_intent WHERE seq = %s", seq) == 1

    def intents(self) -> list[int]:
        return [row[0] for row in self._all("SELECT seq FROM ledger_intent ORDER BY seq")]

    def put_text(self, commitment: Commitment) -> None:
        self._write("INSERT INTO ledger_text VALUES (%s, %s, %s)", *commitment)

    def text(self, hash_: bytes) -> Commitment | None:
        rows = self._all("SELECT hash, salt, text FROM ledger_text WHERE hash = %s", hash_)
        return Commitment(bytes(rows[0][0]), bytes(rows[0][1]), rows[0][2]) if rows else None

    def erase_text(self, hash_: bytes) -> bool:
        if self.connection.vendor == "sqlite":
            # Deleted content is written over with zeros, so that the freed page does not keep the name.
            self._write("PRAGMA secure_delete = ON")
        return self._write("DELETE FROM ledger_text WHERE hash = %s", hash_) == 1

    def put_checkpoint(self, size: int, note: bytes) -> None:
        sql = "INSERT INTO ledger_checkpoint VALUES (%s, %s) ON CONFLICT (size) DO UPDATE SET note = excluded.note"
        self._write(sql, size, note)

    def checkpoints(self) -> list[tuple[int, bytes]]:
        return [(row[0], bytes(row[1])) for row in self._all("SELECT size, note FROM ledger_checkpoint ORDER BY size")]

    def drop_checkpoint(self, size: int) -> None:
        self._write("DELETE FROM ledger_checkpoint WHERE size = %s", size)

    def put_seen(self, origin: str, size: int, note: bytes) -> None:
        sql = (
            "INSERT INTO ledger_seen VALUES (%s, %s, %s)"
            " ON CONFLICT (origin) DO UPDATE SET size = excluded.size, note = excluded.note"
        )
        self._write(sql, origin, size, note)

    def seen(self, origin: str) -> tuple[int, bytes] | None:
        rows = self._all("SELECT size, note FROM ledger_seen WHERE origin = %s", origin)
        return (rows[0][0], bytes(rows[0][1])) if rows else None

    def _lock(self) -> None:
        """SQLite's BEGIN IMMEDIATE lets one writer in; PostgreSQL would give two entries one number."""
        if self.connection.vendor == "postgresql":
            self._write("SELECT pg_advisory_xact_lock(%s)", _LOCK)

    def _all(self, sql: str, *values: Value) -> list[Any]:
        try:
            with self.connection.cursor() as cursor:
                cursor.execute(sql, values)
                return list(cursor.fetchall())
        except DatabaseError as error:
            if self.connection.in_atomic_block or not is_storage(error):
                raise  # inside a transaction it is the transaction that fails
            raise LedgerUnreadable(why=str(error)) from error

    def _write(self, sql: str, *values: Value) -> int:
        try:
            with self.connection.cursor() as cursor:
                cursor.execute(sql, values)
                return int(cursor.rowcount)
        except DatabaseError as error:  # of our own rows: whatever it is, they are not there
            raise LedgerUnwritable(why=str(error)) from error


def is_storage(error: BaseException) -> bool:
    """Whether Django's database error comes from where the database is stored or from the way to it (full, I/O,
    read-only, locked, gone), not from the statement or the data."""
    cause = error.__cause__ or error
    if sqlite.is_storage(cause):
        return True
    state = getattr(cause, "sqlstate", "")
    return state is None or (bool(state) and state.startswith(_CLASSES))


@contextmanager
def _unwritable() -> Iterator[None]:
    """Where the storage is the cause, turn what the database says into one sentence for whoever wanted access."""
    try:
        yield
    except DatabaseError as error:
        if not is_storage(error):
            raise
        raise LedgerUnwritable(why=str(error)) from error
