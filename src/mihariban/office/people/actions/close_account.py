"""Stop an account: nobody logs in with it, and its sessions end."""

from __future__ import annotations

from mihariban.ledger.entry import Draft
from mihariban.ledger.tags import Tag
from mihariban.office.base.acting import Acting
from mihariban.office.base.action import action
from mihariban.office.people.managers import manager_stays
from mihariban.office.people.models import User
from mihariban.office.people.policy import ACCOUNTS


def close_account(user: User, *, acting: Acting) -> None:
    """The account stays with its name, so that nobody else gets it.

    Raises:
        NotAllowed: the policy refuses.
        LastManager: it is the last manager's.
    """
    with action(acting, ACCOUNTS.may_close(acting, user)) as act, manager_stays():
        user.is_active = False
        user.save(update_fields=["is_active"])
        act.enter(Draft(Tag.ACCOUNT_PERSON_CLOSE, {"person": act.commit(user.shown_name)}))
