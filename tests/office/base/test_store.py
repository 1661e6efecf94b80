"""Entries through Django's connection: the same contract on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

from mihariban.base.clock import TurnedClock
from mihariban.ledger.errors import LedgerUnreadable, LedgerUnwritable
from mihariban.ledger.ledger import Ledger
from mihariban.office.base.store import DjangoStore
from mihariban.office.web import setup
from mihariban.office.web.config import OfficeConfig
from mihariban.office.web.settings import database
from tests.ledger.books import DRAFT, WALL, log_signer
from tests.ledger.store_contract import StoreContract

Book = Ledger[BaseDatabaseWrapper]


def _book(alias: str) -> Book:
    return Ledger(DjangoStore(alias), log_signer(), TurnedClock(WALL))


def _add(alias: str, folder: Path, address: str = "") -> None:
    wanted: dict[str, Any] = {"default": {}, alias: database(folder, OfficeConfig(database=address))}
    connections.settings[alias] = connections.configure_settings(wanted)[alias]


class _Through(StoreContract):
    def execute(self, book: Book, statement: str) -> None:
        with book.store.transaction() as db, db.cursor() as cursor:
            cursor.execute(statement)

    def leave(self, book: Book) -> None:
        assert isinstance(book.store, DjangoStore)
        book.store.connection.close()


class TestOnSqlite(_Through):
    """SQLite, our engine."""

    @pytest.fixture
    def book(self, tmp_path: Path) -> Iterator[Book]:
        alias = f"store {tmp_path.name}"
        _add(alias, tmp_path)
        setup.migrate(alias)
        yield _book(alias)
        connections[alias].close()

    def test_every_commit_is_durable(self, book: Book) -> None:
        """WAL, FULL, foreign keys, our engine."""
        with connections[_alias(book)].cursor() as cursor:
            found = [cursor.execute(f"PRAGMA {name}").fetchone()[0] for name in ("journal_mode", "synchronous")]
            version = cursor.execute("SELECT sqlite_version()").fetchone()[0]
        assert found == ["wal", 2]
        assert tuple(map(int, version.split("."))) >= (3, 51, 3)

    def test_storage_that_fails_is_told_as_such(self, book: Book) -> None:
        """Read-only: no entry; gone: no reading."""
        connection = connections[_alias(book)]
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA query_only = ON")
        with pytest.raises(LedgerUnwritable), book.change(DRAFT):
            pass
        connection.close()
        path = Path(connection.settings_dict["NAME"])
        for each in path.parent.glob("office.db*"):
            each.unlink()
        path.write_bytes(b"no database" * 1000)
        with pytest.raises((LedgerUnreadable, Exception), match="not a database"):
            book.store.size()


@pytest.fixture(scope="module")
def alias(postgres: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The office's tables in PostgreSQL."""
    alias = "store on postgres"
    _add(alias, tmp_path_factory.mktemp("office"), postgres)
    setup.migrate(alias)
    yield alias
    connections[alias].close()


def _empty(alias: str) -> None:
    with connections[alias].cursor() as cursor:
        cursor.execute("DROP TRIGGER ledger_entry_stay ON ledger_entry")
        cursor.execute("TRUNCATE ledger_entry, ledger_tile, ledger_intent, ledger_text, ledger_checkpoint, ledger_seen")
        cursor.execute(
            "CREATE TRIGGER ledger_entry_stay BEFORE TRUNCATE ON ledger_entry"
            " FOR EACH STATEMENT EXECUTE FUNCTION ledger_entry_refuse()"
        )


class TestOnPostgres(_Through):
    """A real PostgreSQL."""

    @pytest.fixture
    def book(self, alias: str) -> Iterator[Book]:
        _empty(alias)  # other files use this server too, and leave their entries
        yield _book(alias)
        _empty(alias)

    def test_a_read_only_server_is_told_as_storage(self, book: Book) -> None:
        """No entry, one sentence."""
        with pytest.raises(LedgerUnwritable), book.store.transaction() as db:
            with db.cursor() as cursor:
                cursor.execute("SET TRANSACTION READ ONLY")
            book.append(db, DRAFT)


def _alias(book: Book) -> str:
    assert isinstance(book.store, DjangoStore)
    return book.store.alias
