"""The one SQLite."""

from __future__ import annotations

from pathlib import Path

import pytest

from mihariban.base import sqlite


def test_databases_are_opened_for_durability(tmp_path: Path) -> None:
    """Write-ahead log, FULL synchronisation, foreign keys."""
    db = sqlite.connect(tmp_path / "a.db", synchronous="FULL")
    settings = [db.execute(f"PRAGMA {name}").fetchone()[0] for name in ("journal_mode", "synchronous", "foreign_keys")]
    db.close()
    assert settings == ["wal", 2, 1]


def test_an_engine_with_the_write_ahead_log_fault_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """3.51.2 is the last faulty one."""
    monkeypatch.setattr(sqlite.engine, "sqlite_version_info", (3, 51, 2))
    with pytest.raises(sqlite.DatabaseUnusable, match="MH011"):
        sqlite.connect(tmp_path / "a.db", synchronous="FULL")


def test_a_missing_database_is_not_made_for_reading(tmp_path: Path) -> None:
    """Looking at nothing is an error, not an empty book."""
    with pytest.raises(sqlite.DatabaseUnusable):
        sqlite.connect(tmp_path / "none.db", synchronous="FULL", readonly=True)
    assert not (tmp_path / "none.db").exists()


def test_a_schema_falls_into_its_statements() -> None:
    """Comments and semicolons inside texts do not cut one."""
    script = "-- a; b\nCREATE TABLE t (x TEXT DEFAULT ';');\nINSERT INTO t\nVALUES ('a;b');\n"
    assert len(sqlite.statements(script)) == 2


def test_faults_of_the_storage_are_told_from_mistakes(tmp_path: Path) -> None:
    """Full, read-only and locked are the storage's; a wrong statement, a broken constraint or a closed connection not."""
    db = sqlite.connect(tmp_path / "a.db", synchronous="FULL")
    db.execute("CREATE TABLE t (a UNIQUE)")
    other = sqlite.connect(tmp_path / "a.db", synchronous="FULL")
    other.execute("BEGIN IMMEDIATE")
    db.execute("PRAGMA busy_timeout = 1")
    found = [_error(db, "INSERT INTO t VALUES (1)")]
    other.execute("ROLLBACK")
    other.close()
    db.execute("PRAGMA query_only = ON")
    found.append(_error(db, "INSERT INTO t VALUES (1)"))
    db.execute("PRAGMA query_only = OFF")
    db.execute("PRAGMA max_page_count = 1")
    found.append(_error(db, "INSERT INTO t VALUES (zeroblob(99999))"))
    assert [sqlite.is_storage(each) for each in found] == [True] * 3
    db.execute("INSERT INTO t VALUES (1)")
    mistakes = [_error(db, "INSERT INTO t VALUES (1)"), _error(db, "SELECT b FROM t"), ValueError("full")]
    db.close()
    mistakes.append(_error(db, "SELECT 1"))
    assert [sqlite.is_storage(each) for each in mistakes] == [False] * 4


def _error(db: sqlite.Connection, sql: str) -> Exception:
    with pytest.raises(sqlite.DatabaseError) as caught:
        db.execute(sql)
    return caught.value
