"""Let a stopped account be used again."""

from __future__ import annotations

from mihariban.ledger.entry import Draft
from mihariban.ledger.tags import Tag
from mihariban.office.base.acting import Acting
from mihariban.office.base.action import action
from mihariban.office.people.models import User
from mihariban.office.people.policy import ACCOUNTS


def reopen_account(user: User, *, acting: Acting) -> None:
    """With the password it had.

    Raises:
        NotAllowed: the policy refuses.
    """
    with action(acting, ACCOUNTS.may_reopen(acting, user)) as act:
        user.is_active = True
        user.save(update_fields=["is_active"])
        act.enter(Draft(Tag.ACCOUNT_PERSON_REOPEN, {"person": act.commit(user.shown_name)}))
