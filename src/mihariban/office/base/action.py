"""An action: permission, change and entry as one transaction.

def close_day(day: Day, *, acting: Acting, reason: str) -> None:
    with action(acting, DAYS.may_close(acting, day)) as act:
        day.closed = True
        day.save()
        act.enter(Draft(Tag.DAY_BOOK_CLOSE, {"date": day.date.isoformat()}, note=act.commit(reason)))
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from django.db.backends.base.base import BaseDatabaseWrapper

from mihariban.ledger.canonical import Json
from mihariban.ledger.commitment import actor
from mihariban.ledger.entry import Draft
from mihariban.ledger.ledger import Change
from mihariban.office.base.acting import Acting
from mihariban.office.base.errors import NotAllowed
from mihariban.office.base.ledger import ledger
from mihariban.office.base.policy import Allowed, Refused, Verdict


class Act:
    """An action in progress."""

    def __init__(self, acting: Acting, allowed: Allowed, change: Change[BaseDatabaseWrapper]) -> None:
        self.acting = acting
        self.role = allowed.role
        self._change = change
        self._who: bytes | None = None

    def enter(self, draft: Draft) -> int:
        """Enter what is being done; returns the number of the entry. Role and committed name of who acts are added
        where the draft names nobody."""
        if draft.actor is None:
            draft = replace(draft, actor=self._actor())
        return self._change.enter(draft)

    def commit(self, text: str) -> str:
        """Commit to a name or free text: its hash (hex) goes into the draft, the text stands beside the ledger."""
        return ledger().keep_text(self._change.db, text).hex()

    def _actor(self) -> dict[str, Json]:
        if not self.acting.name:
            return {"role": self.role}
        if self._who is None:
            self._who = ledger().keep_text(self._change.db, self.acting.name)
        return dict(actor(self.role, self._who))


@contextmanager
def action(acting: Acting, verdict: Verdict) -> Iterator[Act]:
    """Do something that the policy allows. An exception inside undoes all of it, entries included.

    Raises:
        NotAllowed: the policy refused; nothing happened.
        DeedOutOfOrder: nothing was entered; the change is undone.
        LedgerUnwritable: the change is undone.
    """
    if isinstance(verdict, Refused):
        raise NotAllowed(why_ja=verdict.why.ja, why_en=verdict.why.en)
    with ledger().change() as change:
        yield Act(acting, verdict, change)
