"""What every store of entries must do; run on SQLite by the ledger's tests, on both databases by the office's.

``make_book`` is a fixture of the module that runs them: it gives an empty ledger in a database of its own.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest

from mihariban.base.clock import SECOND
from mihariban.ledger import tree
from mihariban.ledger.cosignature import cosign
from mihariban.ledger.entry import read_leaf
from mihariban.ledger.errors import DeedOutOfOrder
from mihariban.ledger.ledger import Ledger
from mihariban.ledger.tags import Outcome
from tests.ledger.books import DRAFT, OFFICE, WALL, fill

AnyBook = Ledger[Any]


class StoreContract:
    """The tests. A module makes them its own: ``class TestX(StoreContract)`` with a fixture ``book``."""

    def test_entries_tiles_and_proofs(self, book: AnyBook) -> None:
        """More entries than a tile holds, in several transactions."""
        for count in (1, 255, 300):
            fill(book, count)
        assert book.store.size() == 556
        assert [read_leaf(leaf)["_seq"] for leaf in book.store.leaves(250, 260)] == list(range(250, 260))
        assert len(book.store.hashes(0, 0, 556)) == 556 * 32
        assert len(book.store.hashes(1, 0, 9)) == 2 * 32
        assert tree.root(book.store, 556)
        assert book.consistency(255, 556)

    def test_what_fails_is_undone_whole(self, book: AnyBook) -> None:
        """Entry and kept text."""
        with pytest.raises(ZeroDivisionError), book.store.transaction() as db:
            book.append(db, DRAFT)
            hash_ = book.keep_text(db, "見本 太郎")
            1 / 0  # noqa: B018  # the failure
        assert book.store.size() == 0
        assert book.text(hash_) is None

    def test_a_transaction_inside_another_is_a_part_of_it(self, book: AnyBook) -> None:
        """The outer one takes the inner one with it."""
        with pytest.raises(ZeroDivisionError), book.store.transaction():
            with book.change(DRAFT):
                assert book.store.is_open()
            1 / 0  # noqa: B018  # the failure
        assert book.store.size() == 0
        assert not book.store.is_open()

    def test_nothing_is_entered_outside_a_transaction(self, book: AnyBook) -> None:
        """Nor a deed inside one."""
        with book.store.transaction() as db, pytest.raises(DeedOutOfOrder):
            book.intend(DRAFT)
        with pytest.raises(DeedOutOfOrder):
            book.append(db, DRAFT)

    def test_intents_and_their_outcomes(self, book: AnyBook) -> None:
        """Each outcome once; what is left open is closed as unknown."""
        first, second = book.intend(DRAFT), book.intend(DRAFT)
        assert book.store.intents() == [first, second]
        book.settle(first, DRAFT, Outcome.DONE)
        with pytest.raises(DeedOutOfOrder):
            book.settle(first, DRAFT, Outcome.DONE)
        assert book.close_dangling() == [second]
        assert book.store.intents() == []

    def test_texts_are_kept_and_erased(self, book: AnyBook) -> None:
        """With what Unicode there is."""
        text = "葛\U000e0101 🍣 " + "長" * 10_000
        with book.store.transaction() as db:
            hash_ = book.keep_text(db, text)
        kept = book.text(hash_)
        assert kept is not None and kept.text == text
        assert book.store.erase_text(hash_) and not book.store.erase_text(hash_)
        assert book.text(hash_) is None

    def test_checkpoints_and_what_was_seen(self, book: AnyBook) -> None:
        """Replaced by the same size; cosignatures stay."""
        fill(book, 3)
        note = book.checkpoint()
        assert book.checkpoint().encode() == note.encode()
        book.add_cosignature(3, cosign(note.text, OFFICE, WALL // SECOND), OFFICE.public)
        assert book.cosigned(OFFICE.public) == (3, WALL // SECOND)
        fill(book, 1)
        book.checkpoint()
        assert [size for size, _ in book.store.checkpoints()] == [3, 4]
        assert book.store.seen("x") is None
        for size in (1, 2):
            book.store.put_seen("x", size, b"note")
        assert book.store.seen("x") == (2, b"note")

    def test_writers_wait_for_each_other(self, book: AnyBook) -> None:
        """Eight threads, numbers without holes."""
        failed: list[BaseException] = []

        def write() -> None:
            try:
                for _ in range(10):
                    with book.change(DRAFT):
                        pass
            except BaseException as error:  # noqa: BLE001  # told to the test's thread
                failed.append(error)
            finally:
                self.leave(book)

        self.all_at_once([write] * 8)
        assert failed == []
        assert [read_leaf(leaf)["_seq"] for leaf in book.store.leaves(0, 99)] == list(range(80))

    def test_entries_are_neither_changed_nor_deleted(self, book: AnyBook) -> None:
        """The database itself refuses."""
        fill(book, 2)
        for statement in (
            "UPDATE ledger_entry SET hash = leaf WHERE seq = 1",
            "DELETE FROM ledger_entry WHERE seq = 1",
        ):
            with pytest.raises(Exception, match="entries of the ledger are never"):
                self.execute(book, statement)
        assert book.store.size() == 2

    def execute(self, book: AnyBook, statement: str) -> None:
        """Run a statement behind the ledger's back."""
        with book.store.transaction() as db:
            db.execute(statement)

    def leave(self, book: AnyBook) -> None:
        """A thread ends."""

    @staticmethod
    def all_at_once(works: list[Callable[[], None]]) -> None:
        """Run in threads that begin together."""
        threads = [threading.Thread(target=work) for work in works]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
