"""Entries in a SQLite database of a room."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.ledger.books import Book, close, new_book
from tests.ledger.store_contract import StoreContract


class TestSqliteStore(StoreContract):
    """See the contract."""

    @pytest.fixture
    def book(self, tmp_path: Path) -> Iterator[Book]:
        made = new_book(tmp_path / "control.db")
        yield made
        close(made)
