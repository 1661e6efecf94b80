"""The office's book in a process of many threads: opened once, by whoever comes first."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from mihariban.base.clock import TurnedClock
from mihariban.office.base import clock as clock_module
from mihariban.office.base import ledger as ledger_module
from mihariban.office.book import OfficeBook
from tests.support.office_web import WALL


class _Slow:
    """Opening takes until it is let go; counts how often it was begun."""

    def __init__(self) -> None:
        self.begun, self.go, self.count = threading.Event(), threading.Event(), 0

    def __call__(self, folder: Path, *, clock: TurnedClock) -> OfficeBook:
        self.count += 1
        self.begun.set()
        assert self.go.wait(10)
        return OfficeBook.__new__(OfficeBook)


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> _Slow:
    """A book that takes long to open, and none that is open."""
    made = _Slow()
    monkeypatch.setattr(ledger_module, "OfficeBook", made)
    monkeypatch.setattr(ledger_module, "_book", None)
    monkeypatch.setattr(clock_module, "_clock", TurnedClock(WALL))
    return made


def test_two_that_come_at_once_get_one_book(slow: _Slow) -> None:
    """The second opening would close the intents that the first has just made."""
    found: list[OfficeBook] = []
    threads = [threading.Thread(target=lambda: found.append(ledger_module.book())) for _ in range(4)]
    for thread in threads:
        thread.start()
    assert slow.begun.wait(10)
    slow.go.set()
    for thread in threads:
        thread.join(10)
    assert slow.count == 1
    assert len(found) == 4
    assert len(set(map(id, found))) == 1


def test_a_book_that_was_being_opened_is_forgotten_too(slow: _Slow) -> None:
    """Else whoever comes later would enter by the clock of an earlier life."""
    opening = threading.Thread(target=ledger_module.book)
    opening.start()
    assert slow.begun.wait(10)
    forgetting = threading.Thread(target=ledger_module.forget)
    forgetting.start()
    slow.go.set()
    opening.join(10)
    forgetting.join(10)
    assert ledger_module._book is None
