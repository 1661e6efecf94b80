"""The one SQLite of all processes: a recent engine from a wheel, opened the same way everywhere.

SQLite 3.7.0 to 3.51.2 can lose a committed write-ahead log when two connections write and checkpoint at once
(mended in 3.51.3); Debian 12 carries 3.40.1. The wheel brings its own engine, and ``connect`` refuses an older one.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import sqlite3 as engine  # the wheel has the same shape and no types of its own
else:
    import pysqlite3.dbapi2 as engine

from mihariban.base.errors import StorageError

MENDED = (3, 51, 3)

Connection = engine.Connection
Row = engine.Row
DatabaseError = engine.DatabaseError
OperationalError = engine.OperationalError
IntegrityError = engine.IntegrityError


# Primary result codes (sqlite.org/rescode.html) whose cause is the disk, its room, its rights or another process.
_STORAGE = frozenset(
    {
        engine.SQLITE_PERM,
        engine.SQLITE_BUSY,
        engine.SQLITE_LOCKED,
        engine.SQLITE_READONLY,
        engine.SQLITE_IOERR,
        engine.SQLITE_CORRUPT,
        engine.SQLITE_FULL,
        engine.SQLITE_CANTOPEN,
        engine.SQLITE_PROTOCOL,
        engine.SQLITE_NOTADB,
    }
)


def is_storage(error: BaseException) -> bool:
    """Whether ``error`` comes from where the database is stored (full, I/O, read-only, locked, damaged), not from
    the statement or the data."""
    return isinstance(error, engine.Error) and (getattr(error, "sqlite_errorcode", 0) & 0xFF) in _STORAGE


class DatabaseUnusable(StorageError):
    """A database file cannot be opened or its engine has the write-ahead log fault."""

    code = "MH011"
    exit_status = 11
    ja = "データベース {path} を開けません（{why}）。{do}"
    en = "Cannot open the database {path} ({why}). {do}"


def connect(path: Path, *, synchronous: Literal["FULL", "NORMAL"], readonly: bool = False) -> Connection:
    """Open a database in WAL mode with explicit transactions (``BEGIN IMMEDIATE`` by the caller).

    Args:
        path: the file; made where it does not exist, unless ``readonly``.
        synchronous: FULL for what cannot be told again, NORMAL for caches.
        readonly: no writing through this connection.

    Raises:
        DatabaseUnusable: the engine is too old or the file cannot be opened.
    """
    if engine.sqlite_version_info < MENDED:
        raise DatabaseUnusable(path=path, why=f"SQLite {engine.sqlite_version}", do="Install with: make setup")
    mode = "ro" if readonly else "rwc"
    try:
        connection = engine.connect(
            f"{path.resolve().as_uri()}?mode={mode}",
            uri=True,
            isolation_level=None,
            check_same_thread=False,
            timeout=10,
        )
        if not readonly:
            connection.execute("PRAGMA journal_mode=WAL")
        connection.execute(f"PRAGMA synchronous={synchronous}")
        connection.execute("PRAGMA foreign_keys=ON")
    except engine.Error as error:
        raise DatabaseUnusable(path=path, why=str(error), do="Check the file and its owner.") from error
    connection.row_factory = engine.Row
    return connection


def statements(script: str) -> list[str]:
    """The statements of an SQL script, so that a whole schema can be made inside one transaction."""
    found: list[str] = []
    pending = ""
    for line in script.splitlines(keepends=True):
        pending += line
        if engine.complete_statement(pending):
            found.append(pending)
            pending = ""
    return found


def memory() -> Connection:
    """A database that lives in memory alone and never reaches a disk: for what may not lie readable in a file."""
    connection = engine.connect(":memory:", isolation_level=None, check_same_thread=False)
    connection.execute("PRAGMA temp_store=MEMORY")
    connection.row_factory = engine.Row
    return connection
