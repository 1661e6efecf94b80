"""Consistent copies of the databases while recorder and office run."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mihariban.backup.errors import BackupIncomplete
from mihariban.base import sqlite
from mihariban.ledger.checkpoint import parse_checkpoint
from mihariban.ledger.note import parse_note

Seen = dict[str, int]
"""How many entries of each ledger (by origin) were cosigned."""


@dataclass(frozen=True, slots=True)
class BookFacts:
    """What a copied book says of itself: its entries, and what it has cosigned of others."""

    entries: int
    seen: Seen


def copy_sqlite(source: Path, target: Path) -> BookFacts:
    """Copy a database with SQLite's own backup, as it stands at one moment; one file, checked.

    Raises:
        BackupIncomplete: no room, or the database is damaged.
    """
    try:
        with closing(sqlite.connect(source, synchronous="FULL", readonly=True)) as db:
            target.touch(mode=0o600)
            with closing(sqlite.connect(target, synchronous="FULL")) as copy:
                db.backup(copy)  # all pages under one read lock: writers go on in the write-ahead log
                copy.execute("PRAGMA journal_mode=DELETE")
                return _checked(copy, source)
    except (sqlite.DatabaseError, sqlite.DatabaseUnusable, OSError) as error:
        raise BackupIncomplete(what=source, why=str(error)) from error


def _checked(copy: sqlite.Connection, source: Path) -> BookFacts:
    told = copy.execute("PRAGMA quick_check(1)").fetchone()[0]
    if told != "ok":
        raise BackupIncomplete(what=source, why=f"damaged: {told}")
    size = int(copy.execute("SELECT coalesce(max(seq), -1) + 1 FROM ledger_entry").fetchone()[0])
    return BookFacts(size, _seen(list(copy.execute("SELECT origin, note FROM ledger_seen"))))


def _seen(rows: list[Any]) -> Seen:
    return {str(origin): parse_checkpoint(parse_note(bytes(note)).text).size for origin, note in rows}


# PostgreSQL


def copy_postgres(settings: dict[str, Any], target: Path) -> BookFacts:
    """Copy the office's PostgreSQL database with pg_dump (custom format), as it stands at one moment.

    Args:
        settings: of Django's database.

    Raises:
        BackupIncomplete: pg_dump is missing or fails.
    """
    import psycopg

    try:
        with psycopg.connect(**_arguments(settings)) as db, db.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            snapshot = _value(cursor, "SELECT pg_export_snapshot()")
            size = int(_value(cursor, "SELECT coalesce(max(seq), -1) + 1 FROM ledger_entry"))
            rows = cursor.execute("SELECT origin, note FROM ledger_seen").fetchall()
            to = (f"--snapshot={snapshot}", f"--file={target}")
            program(["pg_dump", "--format=custom", "--no-owner", "--no-privileges", *to], settings)
    except psycopg.Error as error:
        raise BackupIncomplete(what="PostgreSQL", why=str(error).strip()) from error
    target.chmod(0o600)
    return BookFacts(size, _seen(rows))


def restore_postgres(settings: dict[str, Any], dump: Path) -> None:
    """Fill an empty PostgreSQL database from a copy, all or nothing.

    Raises:
        BackupIncomplete: it is not empty, or pg_restore fails.
    """
    how = ("--no-owner", "--no-privileges", "--single-transaction", "--exit-on-error")
    program(["pg_restore", *how, f"--dbname={settings['NAME']}", str(dump)], settings)


def _value(cursor: Any, sql: str) -> Any:
    return cursor.execute(sql).fetchone()[0]


def _arguments(settings: dict[str, Any]) -> dict[str, Any]:
    names = {"NAME": "dbname", "USER": "user", "PASSWORD": "password", "HOST": "host", "PORT": "port"}
    told = {key: settings[name] for name, key in names.items() if settings.get(name)}
    return {**settings.get("OPTIONS", {}), **told}


def program(command: list[str], settings: dict[str, Any]) -> None:
    """Run a program of PostgreSQL; how to reach the server goes through its environment, never its arguments.

    Raises:
        BackupIncomplete: it is not installed, or it fails.
    """
    names = {"NAME": "PGDATABASE", "USER": "PGUSER", "PASSWORD": "PGPASSWORD", "HOST": "PGHOST", "PORT": "PGPORT"}
    reach = {key: str(settings[name]) for name, key in names.items() if settings.get(name)}
    if shutil.which(command[0]) is None:
        raise BackupIncomplete(what="PostgreSQL", why=f"{command[0]} is not installed (postgresql-client)")
    done = subprocess.run(command, env={**os.environ, **reach}, capture_output=True, text=True, check=False)  # noqa: S603  # ours
    if done.returncode:
        raise BackupIncomplete(what="PostgreSQL", why=f"{command[0]}: {done.stderr.strip()[:300]}")


@contextmanager
def scratch(folder: Path) -> Iterator[Path]:
    """A place for copies on the site's own disk (0700), gone at the end; what a crash left there goes first.

    Raises:
        BackupTargetTaken: another backup is being made.
    """
    import fcntl

    from mihariban.backup.errors import BackupTargetTaken

    place = folder / ".backup"
    place.mkdir(mode=0o700, exist_ok=True)
    held = os.open(place, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        os.close(held)
        raise BackupTargetTaken(path=place, why="another backup is being made") from error
    try:
        _empty(place)
        yield place
    finally:
        shutil.rmtree(place, ignore_errors=True)
        os.close(held)


def _empty(place: Path) -> None:
    for each in place.iterdir():
        if each.is_dir():
            shutil.rmtree(each)
        else:
            each.unlink()
