"""Somebody comes in."""

from __future__ import annotations

from collections.abc import Callable

from mihariban.ledger.entry import Draft
from mihariban.ledger.tags import Tag
from mihariban.office.base.acting import Acting
from mihariban.office.base.action import action
from mihariban.office.people.failures import take_pending
from mihariban.office.people.models import User
from mihariban.office.people.policy import SESSIONS


def begin_session(user: User, *, how: str, let_in: Callable[[], None]) -> int:
    """Let ``user`` in and enter it, both or neither; returns the number of the entry.

    Args:
        how: what the person proved to be who, such as ``password+totp``.
        let_in: makes the session of the request; called inside the transaction.

    Raises:
        NotAllowed: the account is closed.
        LedgerUnwritable: nobody comes in.
    """
    acting = Acting.of(user)
    with action(acting, SESSIONS.may_begin(acting, user)) as act:
        failures = take_pending(user)
        let_in()
        return act.enter(Draft(Tag.SESSION_PERSON_BEGIN, {"how": how, "failures": failures}))
