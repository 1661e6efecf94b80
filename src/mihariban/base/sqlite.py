"""The one SQLite of all processes: a recent engine from a wheel, opened the same way everywhere.

SQLite 3.7.0 to 3.51.2 can lose a committed write-ahead log when two connections write and checkpoint at once
(mended in 3.51.3); Debian 12 carries 3.40.1. The wheel brings its own engine, and ``connect`` refuses an older one.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import sqlite3 as engine  # the wheel has the same shape and no types of its own
else:
    import pysqlite3.dbapi2 as engine

from mihariban.base.errors import StorageError

MENDED = (3, 51, 3)
ROOM = 256 << 10
"""Bytes free below which a disk counts as full: the shared view takes 32 KiB, the log grows by what is written."""

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

    On a full disk SQLite cannot make the file in which several connections share their view of the log, and where the
    file has a hole the process dies of SIGBUS. The database is then opened alone (``is_alone``), unless another process
    has it: it can be read, and writing fails as it must.

    Args:
        path: the file; made (0600, and so what SQLite lays beside it) where it does not exist, unless ``readonly``.
        synchronous: FULL for what cannot be told again, NORMAL for caches.
        readonly: no writing through this connection.

    Raises:
        DatabaseUnusable: the engine is too old or the file cannot be opened.
    """
    if engine.sqlite_version_info < MENDED:
        raise DatabaseUnusable(path=path, why=f"SQLite {engine.sqlite_version}", do="Install with: make setup")
    full = path.parent.exists() and not has_room(path)
    try:
        if full and (connection := _alone(path, synchronous, readonly=readonly)) is not None:
            return connection
        return _open(path, synchronous, "ro" if readonly else "rwc")
    except engine.Error as error:
        why, do = (f"the disk is full; {error}", "Make room on the disk.") if full else (str(error), _remedy(error))
        raise DatabaseUnusable(path=path, why=why, do=do) from error


def _open(path: Path, synchronous: str, mode: str, *, alone: bool = False) -> Connection:
    if mode == "rwc":
        with suppress(OSError):  # it is there, or cannot be made, which the engine says better
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
    address, patience = f"{path.resolve().as_uri()}?mode={mode}", 1 if alone else 10
    connection = engine.connect(address, uri=True, isolation_level=None, check_same_thread=False, timeout=patience)
    try:
        if alone:
            connection.execute("PRAGMA locking_mode=EXCLUSIVE")
        if mode != "ro":
            connection.execute("PRAGMA journal_mode=WAL")
        connection.execute(f"PRAGMA synchronous={synchronous}")
        connection.execute("PRAGMA foreign_keys=ON")
        if alone or mode == "ro":
            connection.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone()  # only now the log is looked at
    except engine.Error:
        connection.close()
        raise
    connection.row_factory = engine.Row
    return connection


def _alone(path: Path, synchronous: str, *, readonly: bool) -> Connection | None:
    """None where another process has it, who then has made what is shared."""
    try:
        connection = _open(path, synchronous, "rw" if readonly else "rwc", alone=True)
    except engine.OperationalError as error:
        if getattr(error, "sqlite_errorcode", 0) & 0xFF != engine.SQLITE_BUSY:
            raise
        return None
    if readonly:
        connection.execute("PRAGMA query_only=ON")
    return connection


def is_alone(connection: Connection) -> bool:
    """Whether a database was opened on a full disk, so that nobody else can look into it meanwhile."""
    return bool(connection.execute("PRAGMA locking_mode").fetchone()[0] == "exclusive")


def has_room(path: Path) -> bool:
    """Whether the disk has room for what SQLite keeps beside a database."""
    room = os.statvfs(path.parent)
    return min(room.f_bavail, room.f_bfree) * room.f_frsize >= ROOM


def _remedy(error: BaseException) -> str:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code in (engine.SQLITE_NOTADB, engine.SQLITE_CORRUPT):
        return (
            "The file is damaged: restore a backup; a recorder's book can be made anew (mihariban recorder --new-book)."
        )
    if code == engine.SQLITE_FULL:
        return "Make room on the disk."
    return "Check the file and its owner."


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
