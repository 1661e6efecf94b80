"""index.db: a cache of the clips' tables, so that the ring need not be read at every start.

The table of a clip is sealed under its key, the summaries of a closed region together under what only all keys of its
clips give (``sealing.common_key``), both bound to place and generation: what opens is of just these clips and complete,
for a closed clip never changes. When a key of them is destroyed it opens no more. Nothing else is believed.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import structlog
from numpy.typing import NDArray

from mihariban.base import sqlite
from mihariban.base.files import expect_file

_log = structlog.get_logger(__name__)
_VERSION = 2
_PLACE = struct.Struct(">QQ")
_CONTEXT = np.dtype([("place", ">u8"), ("generation", ">u8"), ("part", "S1")])
_SCHEMA = f"""
DROP TABLE IF EXISTS summary;
CREATE TABLE IF NOT EXISTS regions (region INTEGER PRIMARY KEY, sealed BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS chunks (place INTEGER PRIMARY KEY, sealed BLOB NOT NULL);
PRAGMA user_version={_VERSION};
"""


def place(region: int, slot: int) -> int:
    """The row of the clip with key ``slot`` in ``region``."""
    return region << 8 | slot


def row_context(region: int, generation: int, slot: int) -> bytes:
    """What the row of a clip is bound to."""
    return _PLACE.pack(place(region, slot), generation) + b"c"


def region_context(region: int, generation: int) -> bytes:
    """What the summaries of a region are bound to."""
    return _PLACE.pack(place(region, 0), generation) + b"r"


def region_contexts(regions: Sequence[int], generations: NDArray[Any]) -> list[bytes]:
    """``region_context`` of many regions."""
    rows = np.zeros(len(regions), _CONTEXT)
    rows["place"], rows["generation"], rows["part"] = np.asarray(regions) << 8, generations, b"r"
    return rows.view(f"V{_CONTEXT.itemsize}").tolist()


class Index(Protocol):
    """What the volume asks of its index. Losing it, or any row, costs only time."""

    def put(self, row: int, chunks: bytes) -> None:
        """Note the sealed chunk rows of a clip."""

    def put_region(self, region: int, summaries: bytes) -> None:
        """Note the sealed summaries of a region."""

    def drop(self, region: int) -> None:
        """Forget all rows of a region."""

    def commit(self) -> None:
        """Keep what was put since the last time."""

    def regions(self, among: range) -> dict[int, bytes]:
        """The sealed summaries of the regions that are known of these."""

    def chunks(self, row: int) -> bytes | None:
        """The sealed chunk rows of a clip."""

    def close(self) -> None:
        """Give it back."""


class MemoryIndex:
    """An index that lasts as long as the process: for a volume opened without one, and for simulated machines."""

    def __init__(self) -> None:
        self._chunks: dict[int, bytes] = {}
        self._regions: dict[int, bytes] = {}

    def put(self, row: int, chunks: bytes) -> None:
        self._chunks[row] = chunks

    def put_region(self, region: int, summaries: bytes) -> None:
        self._regions[region] = summaries

    def drop(self, region: int) -> None:
        self._regions.pop(region, None)
        for row in [row for row in self._chunks if row >> 8 == region]:
            del self._chunks[row]

    def commit(self) -> None:
        """Nothing to do."""

    def regions(self, among: range) -> dict[int, bytes]:
        return {region: self._regions[region] for region in among if region in self._regions}

    def chunks(self, row: int) -> bytes | None:
        return self._chunks.get(row)

    def close(self) -> None:
        self._regions.clear()
        self._chunks.clear()


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
            self._db.executescript(_SCHEMA)
        self._db.execute("SELECT region FROM regions LIMIT 1").fetchall()

    def put(self, row: int, chunks: bytes) -> None:
        self._write("INSERT OR REPLACE INTO chunks VALUES (?, ?)", (row, chunks))

    def put_region(self, region: int, summaries: bytes) -> None:
        self._write("INSERT OR REPLACE INTO regions VALUES (?, ?)", (region, summaries))

    def drop(self, region: int) -> None:
        self._write("DELETE FROM regions WHERE region = ?", (region,))
        self._write("DELETE FROM chunks WHERE place BETWEEN ? AND ?", (place(region, 0), place(region, 255)))

    def commit(self) -> None:
        if self._db.in_transaction:
            self._write("COMMIT", ())

    def regions(self, among: range) -> dict[int, bytes]:
        try:
            found = self._db.execute(
                "SELECT region, sealed FROM regions WHERE region BETWEEN ? AND ?", (among.start, among.stop - 1)
            )
            found.row_factory = None
            return {region: sealed for region, sealed in found if isinstance(sealed, bytes)}
        except sqlite.DatabaseError as error:
            _log.warning("index_unreadable", why=str(error))
            return {}

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
    expect_file(path)
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
