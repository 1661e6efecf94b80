"""index.db: a cache of the clips' tables, so that the ring need not be read at every start.

Each row is sealed under the key of its clip and bound to its place and generation: a row that opens is of that clip and
of no other, and when it says ``final`` it is complete, for a closed clip never changes. Nothing else is believed.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import structlog

from mihariban.base import sqlite

_log = structlog.get_logger(__name__)
_VERSION = 1
_SCHEMA = """
CREATE TABLE IF NOT EXISTS summary (place INTEGER PRIMARY KEY, sealed BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS chunks (place INTEGER PRIMARY KEY, sealed BLOB NOT NULL);
PRAGMA user_version=1;
"""


def place(region: int, slot: int) -> int:
    """The row of the clip with key ``slot`` in ``region``."""
    return region << 8 | slot


class Index(Protocol):
    """What the volume asks of its index. Losing it, or any row, costs only time."""

    def put(self, row: int, summary: bytes, chunks: bytes) -> None:
        """Note the sealed rows of a clip."""

    def drop(self, region: int) -> None:
        """Forget all rows of a region."""

    def commit(self) -> None:
        """Keep what was put since the last time."""

    def summaries(self) -> Iterator[tuple[int, bytes]]:
        """All rows with their sealed summaries."""

    def chunks(self, row: int) -> bytes | None:
        """The sealed chunk rows of a clip."""

    def close(self) -> None:
        """Give it back."""


class MemoryIndex:
    """An index that lasts as long as the process: for a volume opened without one, and for simulated machines."""

    def __init__(self) -> None:
        self._rows: dict[int, tuple[bytes, bytes]] = {}

    def put(self, row: int, summary: bytes, chunks: bytes) -> None:
        self._rows[row] = (summary, chunks)

    def drop(self, region: int) -> None:
        for row in [row for row in self._rows if row >> 8 == region]:
            del self._rows[row]

    def commit(self) -> None:
        """Nothing to do."""

    def summaries(self) -> Iterator[tuple[int, bytes]]:
        return iter([(row, pair[0]) for row, pair in self._rows.items()])

    def chunks(self, row: int) -> bytes | None:
        pair = self._rows.get(row)
        return pair[1] if pair else None

    def close(self) -> None:
        self._rows.clear()


class SqliteIndex:
    """The index in a SQLite file. What the engine refuses is logged and passed over: recording does not depend on it.

    Args:
        path: index.db.
        readonly: only read, beside a running recorder.

    Raises:
        DatabaseUnusable, DatabaseError: it cannot be opened or is no database.
    """

    def __init__(self, path: Path, *, readonly: bool = False) -> None:
        self._db = sqlite.connect(path, synchronous="NORMAL", readonly=readonly)
        self._broken = False
        self._closed = False
        if not readonly and self._db.execute("PRAGMA user_version").fetchone()[0] != _VERSION:
            self._db.executescript(_SCHEMA)  # only where it is needed: on a full disk it cannot be written
        self._db.execute("SELECT place FROM summary LIMIT 1").fetchall()

    def put(self, row: int, summary: bytes, chunks: bytes) -> None:
        self._write("INSERT OR REPLACE INTO summary VALUES (?, ?)", (row, summary))
        self._write("INSERT OR REPLACE INTO chunks VALUES (?, ?)", (row, chunks))

    def drop(self, region: int) -> None:
        for name in ("summary", "chunks"):
            self._write(f"DELETE FROM {name} WHERE place BETWEEN ? AND ?", (place(region, 0), place(region, 255)))  # noqa: S608  # names from this line

    def commit(self) -> None:
        if self._db.in_transaction:
            self._write("COMMIT", ())

    def summaries(self) -> Iterator[tuple[int, bytes]]:
        try:
            yield from self._db.execute("SELECT place, sealed FROM summary")
        except sqlite.DatabaseError as error:
            _log.warning("index_unreadable", why=str(error))

    def chunks(self, row: int) -> bytes | None:
        try:
            found = self._db.execute("SELECT sealed FROM chunks WHERE place = ?", (row,)).fetchone()
        except sqlite.DatabaseError as error:
            _log.warning("index_unreadable", why=str(error))
            return None
        return found[0] if found else None

    def close(self) -> None:
        if not self._closed:
            self.commit()
            self._db.close()
            self._closed = True

    def _write(self, statement: str, values: tuple[object, ...]) -> None:
        if self._broken:
            return
        try:
            if not self._db.in_transaction:
                self._db.execute("BEGIN IMMEDIATE")
            self._db.execute(statement, values)
        except sqlite.DatabaseError as error:
            self._broken = True
            _log.warning("index_not_written", why=str(error), remedy="it is rebuilt from the ring at the next start")


def open_index(path: Path, *, readonly: bool) -> Index:
    """The index at ``path``; a new one where it is damaged; one in memory where even that fails."""
    try:
        return SqliteIndex(path, readonly=readonly)
    except (sqlite.DatabaseUnusable, sqlite.DatabaseError) as error:
        _log.warning("index_unusable", path=str(path), why=str(error))
    if not readonly:
        for suffix in ("", "-wal", "-shm"):
            path.with_name(path.name + suffix).unlink(missing_ok=True)
        try:
            return SqliteIndex(path)
        except (sqlite.DatabaseUnusable, sqlite.DatabaseError) as error:
            _log.warning("index_unusable", path=str(path), why=str(error))
    return MemoryIndex()
