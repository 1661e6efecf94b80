"""Somebody has gone out, or was led out."""

from __future__ import annotations

from mihariban.ledger.entry import Draft
from mihariban.ledger.tags import Tag
from mihariban.office.base.acting import Acting
from mihariban.office.base.action import action
from mihariban.office.people.models import User
from mihariban.office.people.policy import SESSIONS


def end_session(user: User, *, cause: str, began: int) -> None:
    """Enter that a session is over.

    Args:
        cause: ``logout`` or ``idle``.
        began: number of the entry with which it began; -1 where it is not known.

    Raises:
        LedgerUnwritable: it is over all the same.
    """
    acting = Acting.of(user)
    with action(acting, SESSIONS.may_end(acting)) as act:
        act.enter(Draft(Tag.SESSION_PERSON_END, {"cause": cause, "began": began}))
