"""The manager says that the own login was reset because it was asked for; until then everybody concerned is told."""

from __future__ import annotations

from mihariban.ledger.entry import Draft
from mihariban.ledger.tags import Tag
from mihariban.office.base.acting import Acting
from mihariban.office.base.action import action
from mihariban.office.base.dates import now
from mihariban.office.people.models import LoginReset, User
from mihariban.office.people.policy import ACCOUNTS


def confirm_reset(user: User, *, acting: Acting) -> int:
    """Confirm every reset of this account that waits; returns how many.

    Raises:
        NotAllowed: the policy refuses.
    """
    with action(acting, ACCOUNTS.may_confirm_reset(acting, user)) as act:
        by = acting.user.person if acting.user is not None else None
        rows = LoginReset.objects.filter(user=user, confirmed_at=None)
        count = rows.update(confirmed_at=now(), confirmed_by=by)
        act.enter(Draft(Tag.ACCOUNT_RESET_CONFIRM, {"person": act.commit(user.shown_name), "count": count}))
    return count
