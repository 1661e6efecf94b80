"""Remove the second factor of somebody who lost it."""

from __future__ import annotations

from allauth.mfa.models import Authenticator

from mihariban.ledger.entry import Draft
from mihariban.ledger.tags import Tag
from mihariban.office.base.acting import Acting
from mihariban.office.base.action import action
from mihariban.office.people.models import User
from mihariban.office.people.policy import ACCOUNTS
from mihariban.office.people.resets import note_reset


def reset_factor(user: User, *, acting: Acting) -> int:
    """One-time codes, passkeys and recovery codes are gone; returns how many there were.

    Raises:
        NotAllowed: the policy refuses.
    """
    with action(acting, ACCOUNTS.may_reset(acting, user)) as act:
        count, _ = Authenticator.objects.filter(user=user).delete()
        note_reset(user, "factor", acting)
        act.enter(Draft(Tag.ACCOUNT_FACTOR_RESET, {"person": act.commit(user.shown_name), "count": count}))
    return int(count)
