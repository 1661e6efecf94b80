"""An office on PostgreSQL, backed up with pg_dump and put back into an empty database."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pytest
from django.db import connections
from psycopg.conninfo import conninfo_to_dict

from mihariban.backup.errors import BackupIncomplete
from mihariban.backup.keys import KeyFile
from mihariban.backup.make import make_backup
from mihariban.backup.restore import restore
from mihariban.base.clock import TurnedClock
from mihariban.ledger.entry import Draft, read_leaf
from mihariban.ledger.tags import Tag
from mihariban.office.book import OfficeBook
from mihariban.office.web.config import DATABASE_VARIABLE
from tests.support.sites import moment

CLOCK = TurnedClock(moment("2026-11-24 08:00:00"))


def address(server: str, name: str) -> str:
    """A new, empty database of the test's server."""
    told: dict[str, Any] = conninfo_to_dict(server)
    subprocess.run(["createdb", "-h", told["host"], "-U", told["user"], name], check=True)
    return f"postgresql://{told['user']}@/{name}?host={told['host']}"


def test_an_office_on_postgresql_comes_back(
    postgres: str, tmp_path: Path, key: KeyFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Same ledger, into another database; one that is not empty is refused and keeps what it has."""
    first, second = address(postgres, "first"), address(postgres, "second")
    monkeypatch.setenv(DATABASE_VARIABLE, first)
    book = OfficeBook.create(tmp_path / "site" / "office", name="test.example/office", clock=CLOCK)
    with book.ledger.change(Draft(Tag.SETUP_SUMMARY_SIGN, {})):
        pass
    leaves = book.ledger.store.leaves(0, 2)
    contents = make_backup(tmp_path / "site", tmp_path / "b", [key.recipient], clock=CLOCK)
    assert contents.has("office/office.pgdump") and not contents.has("office/office.db")
    with pytest.raises(BackupIncomplete):
        restore(tmp_path / "b", tmp_path / "wrong", [key], clock=CLOCK)
    assert not (tmp_path / "wrong").exists()
    assert book.ledger.store.leaves(0, 2) == leaves
    monkeypatch.delenv(DATABASE_VARIABLE)
    with pytest.raises(BackupIncomplete):
        restore(tmp_path / "b", tmp_path / "wrong", [key], clock=CLOCK)
    monkeypatch.setenv(DATABASE_VARIABLE, second)
    restore(tmp_path / "b", tmp_path / "again", [key], clock=CLOCK)
    with OfficeBook(tmp_path / "again" / "office", clock=CLOCK) as again:
        store = again.ledger.store
        assert again.db.settings_dict["NAME"] == "second"
        assert store.leaves(0, 2) == leaves
        assert read_leaf(store.leaves(store.size() - 1, store.size())[0])["tag"] == str(Tag.BACKUP_SITE_RESTORE)
    assert not (tmp_path / "again" / "office" / "office.pgdump").exists()
    for connection in connections.all():
        if connection.vendor == "postgresql":
            connection.close()
