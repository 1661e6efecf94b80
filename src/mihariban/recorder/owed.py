"""Entries that are owed: recording goes on where the book cannot be written, and what happened is entered later.

Nobody gets to see footage meanwhile: access needs its entry first. What is owed here are only facts of recording
itself, which the ring knows too.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable

import structlog

from mihariban.base import sqlite
from mihariban.ledger.errors import LedgerUnwritable

_log = structlog.get_logger(__name__)

MOST = 100_000
"""Beyond this many the oldest are dropped and counted: a machine must not run out of memory over a full disk."""


class Owed:
    """Writes that are done at once where possible, else later, always in their order."""

    def __init__(self) -> None:
        self._waiting: deque[Callable[[], object]] = deque()
        self._lock = threading.RLock()
        self._settling = False
        self.why = ""
        self.dropped = 0

    @property
    def waiting(self) -> int:
        """How many writes are owed; 0 while the book is in order."""
        return len(self._waiting)

    def write(self, work: Callable[[], object]) -> None:
        """Do ``work`` now, or later behind what is owed already. A work may itself write: that is done after it."""
        with self._lock:
            if len(self._waiting) >= MOST:
                self._waiting.popleft()
                self.dropped += 1
            self._waiting.append(work)
            if not self._settling:
                self.settle()

    def settle(self) -> bool:
        """Do what is owed as far as the book can be written. True where nothing is owed any more."""
        with self._lock:
            if self._settling:
                return False
            self._settling = True
            try:
                return self._settle()
            finally:
                self._settling = False

    def _settle(self) -> bool:
        while self._waiting:
            work = self._waiting.popleft()
            if not self._try(work):
                self._waiting.appendleft(work)
                return False
        self.why = ""
        return True

    def try_now(self, work: Callable[[], object]) -> bool:
        """Do ``work`` behind all that is owed; where that cannot be, it is not done at all."""
        with self._lock:
            return self.settle() and self._try(work)

    def _try(self, work: Callable[[], object]) -> bool:
        try:
            work()
        except sqlite.IntegrityError as error:
            # Doing it again would fail again: it must not hold up everything behind it.
            _log.error("a write of the book was refused", why=str(error))
        except (LedgerUnwritable, sqlite.DatabaseError) as error:
            if not self.why:
                _log.error("the book cannot be written; recording goes on", why=str(error))
            self.why = str(error)
            return False
        return True
