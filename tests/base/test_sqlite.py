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
