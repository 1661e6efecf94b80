"""The office's ledger in this process."""

from __future__ import annotations

import threading
from collections.abc import Callable

from django.conf import settings
from django.db.backends.base.base import BaseDatabaseWrapper

from mihariban.ledger.ledger import Ledger
from mihariban.office.book import OfficeBook

_book: OfficeBook | None = None
_opening = threading.Lock()
"""Opening closes the intents of an earlier life: a second opening at once would close those of the first."""


def book() -> OfficeBook:
    """The office's book: keys, ledger, folder.

    Raises:
        LedgerMissing: ``mihariban init`` made no office here.
    """
    global _book  # noqa: PLW0603  # one book for the process
    found = _book
    if found is not None:
        return found
    with _opening:
        if _book is None:
            from mihariban.office.base.clock import clock

            _book = OfficeBook(settings.OFFICE_FOLDER, clock=clock())
        return _book


def ledger() -> Ledger[BaseDatabaseWrapper]:
    """The office's ledger. Its transactions are Django's."""
    return book().ledger


def open_book(quality: Callable[[], str]) -> OfficeBook:
    """Open the book for a server, with the quality of its clock in every entry."""
    global _book  # noqa: PLW0603  # the same
    from mihariban.office.base.clock import clock

    with _opening:
        _book = OfficeBook(settings.OFFICE_FOLDER, clock=clock(), quality=quality)
        return _book


def forget() -> None:
    """Open the book anew on the next call: after ``init`` and in tests."""
    global _book  # noqa: PLW0603  # the same
    with _opening:
        _book = None
