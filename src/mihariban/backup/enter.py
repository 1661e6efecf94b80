"""Entering what was done in the ledgers of a site, beside processes that may be running."""

from __future__ import annotations

from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mihariban.base.clock import Clock
from mihariban.ledger.entry import Draft
from mihariban.ledger.ledger import Ledger

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def office_ledger(office: Path, clock: Clock) -> Iterator[Ledger[Any]]:
    """The office's ledger. Not ``OfficeBook``: that would close the open intents of a running office as unknown.

    Raises:
        LedgerMissing: there is none.
    """
    from mihariban.office.base.store import DjangoStore
    from mihariban.office.book import OfficeKeys
    from mihariban.office.web.setup import check_migrated, database_of

    alias = database_of(office, clock)
    check_migrated(alias, office)
    store = DjangoStore(alias)
    try:
        yield Ledger(store, OfficeKeys.load(office).ledger, clock)
    finally:
        store.connection.close()


@contextmanager
def recorder_ledger(recorder: Path, clock: Clock) -> Iterator[Ledger[Any]]:
    """The recorder's ledger."""
    from mihariban.recorder.control import Control

    with closing(Control(recorder / "control.db", clock=clock)) as control:
        yield control.ledger


def enter(ledger: Ledger[Any], draft: Draft) -> None:
    """Enter what happened outside of the database.

    Raises:
        LedgerUnwritable: it was not entered.
    """
    with ledger.change(draft):
        pass
