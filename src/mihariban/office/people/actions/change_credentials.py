"""The owner of an account changes how to log in: password, one-time codes, passkeys, recovery codes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeVar

from allauth.mfa.models import Authenticator

from mihariban.ledger.entry import Draft
from mihariban.ledger.tags import Tag
from mihariban.office.base.acting import Acting
from mihariban.office.base.action import action
from mihariban.office.base.ledger import ledger
from mihariban.office.people.models import User
from mihariban.office.people.policy import SESSIONS

R = TypeVar("R")
Held = tuple[str, dict[int, str]]


def change_credentials(user: User, *, acting: Acting, deed: Callable[[], R]) -> R:
    """Run ``deed`` and enter what is different afterwards, as one transaction. Pages of the login library change these
    in many places; what is there before and after cannot be forgotten in one of them.

    Raises:
        NotAllowed: the account is somebody else's, or closed.
        LedgerUnwritable: nothing is changed.
    """
    with ledger().store.transaction():
        before = _held(user)
        result = deed()
        drafts = list(_differences(before, _held(user)))
        if drafts:
            with action(acting, SESSIONS.may_change_credentials(acting, user)) as act:
                for draft in drafts:
                    act.enter(draft)
    return result


def _held(user: User) -> Held:
    password = User.objects.values_list("password", flat=True).get(pk=user.pk)
    return password, dict(Authenticator.objects.filter(user=user).values_list("pk", "type"))


def _differences(before: Held, after: Held) -> Iterator[Draft]:
    if before[0] != after[0]:
        yield Draft(Tag.ACCOUNT_PASSWORD_CHANGE)
    for pk in sorted(before[1].keys() - after[1].keys()):
        yield Draft(Tag.ACCOUNT_FACTOR_REMOVE, {"kind": before[1][pk]})
    for pk in sorted(after[1].keys() - before[1].keys()):
        yield Draft(Tag.ACCOUNT_FACTOR_ADD, {"kind": after[1][pk]})
