"""What the book could not take: done later, in order, bounded; what it will never take blocks nothing."""

from __future__ import annotations

import pytest

from mihariban.base import sqlite
from mihariban.ledger.errors import LedgerUnwritable
from mihariban.recorder import owed as module
from mihariban.recorder.owed import Owed


class Book:
    """A list that can be closed."""

    def __init__(self) -> None:
        self.open = True
        self.lines: list[int] = []
        self.tries = 0

    def writing(self, line: int) -> object:
        """The work of writing one line."""

        def work() -> None:
            self.tries += 1
            if not self.open:
                raise LedgerUnwritable(why="disk full")
            self.lines.append(line)

        return work


def test_what_can_be_written_is_written_at_once() -> None:
    """Nothing waits."""
    owed, book = Owed(), Book()
    owed.write(book.writing(1))
    assert (book.lines, owed.waiting, owed.why) == ([1], 0, "")


def test_what_is_owed_is_done_in_its_order() -> None:
    """And before anything newer."""
    owed, book = Owed(), Book()
    book.open = False
    for line in range(5):
        owed.write(book.writing(line))
    assert (book.lines, owed.waiting) == ([], 5)
    assert "disk full" in owed.why
    assert book.tries == 5  # only the oldest is tried, once with each new one
    book.open = True
    owed.write(book.writing(5))
    assert (book.lines, owed.waiting, owed.why) == ([0, 1, 2, 3, 4, 5], 0, "")


def test_settling_goes_as_far_as_it_can() -> None:
    """What was done is not done again."""
    owed, book = Owed(), Book()
    book.open = False
    owed.write(book.writing(0))
    owed.write(lambda: setattr(book, "open", False))
    owed.write(book.writing(1))
    book.open = True
    assert owed.settle() is False
    assert (book.lines, owed.waiting) == ([0], 1)
    book.open = True
    assert owed.settle() is True
    assert book.lines == [0, 1]


def test_no_more_is_owed_than_memory_allows(monkeypatch: pytest.MonkeyPatch) -> None:
    """The oldest go, and how many is known."""
    monkeypatch.setattr(module, "MOST", 10)
    owed, book = Owed(), Book()
    book.open = False
    for line in range(25):
        owed.write(book.writing(line))
    assert (owed.waiting, owed.dropped) == (10, 15)
    book.open = True
    owed.settle()
    assert book.lines == list(range(15, 25))


def test_what_the_book_refuses_for_ever_blocks_nothing() -> None:
    """A row that breaks a rule of the table would break it again."""
    owed, book = Owed(), Book()
    db = sqlite.memory()
    db.execute("CREATE TABLE t (id INTEGER PRIMARY KEY)")
    book.open = False
    owed.write(book.writing(0))
    for _ in range(2):
        owed.write(lambda: db.execute("INSERT INTO t VALUES (1)"))
    owed.write(book.writing(1))
    book.open = True
    assert owed.settle() is True
    assert book.lines == [0, 1]
    db.close()


def test_a_database_error_is_owed_like_a_full_disk() -> None:
    """Whatever SQLite says of the storage."""
    owed, errors = Owed(), [sqlite.OperationalError("disk I/O error")]

    def work() -> None:
        if errors:
            raise errors.pop()

    owed.write(work)
    assert owed.waiting == 1
    assert owed.settle() is True


def test_a_work_that_writes_itself_is_done_once() -> None:
    """What it writes comes after it; nothing is done twice and nothing is lost."""
    owed, done = Owed(), []

    def outer() -> None:
        done.append("outer")
        owed.write(lambda: done.append("inner"))

    owed.write(outer)
    owed.write(lambda: done.append("later"))
    assert done == ["outer", "inner", "later"]
    assert owed.waiting == 0


def test_a_fault_of_the_program_does_not_come_back_for_ever() -> None:
    """Its caller learns of it; the next writer is not struck by it."""
    owed, book = Owed(), Book()

    def wrong() -> None:
        raise KeyError("x")

    with pytest.raises(KeyError):
        owed.write(wrong)
    owed.write(book.writing(1))
    assert book.lines == [1]


def test_what_may_be_left_out_is_not_owed() -> None:
    """Tried behind what is owed, and forgotten where that cannot be."""
    owed, book = Owed(), Book()
    book.open = False
    owed.write(book.writing(0))
    assert owed.try_now(book.writing(1)) is False
    assert owed.waiting == 1
    book.open = True
    assert owed.try_now(book.writing(2)) is True
    assert book.lines == [0, 2]
