"""Give somebody who forgot it a new first password."""

from __future__ import annotations

import os

from mihariban.base.ids import Random
from mihariban.ledger.entry import Draft
from mihariban.ledger.tags import Tag
from mihariban.office.base.acting import Acting
from mihariban.office.base.action import action
from mihariban.office.people.models import User
from mihariban.office.people.passwords import first_password
from mihariban.office.people.policy import ACCOUNTS
from mihariban.office.people.resets import note_reset


def reset_password(user: User, *, acting: Acting, random: Random = os.urandom) -> str:
    """A new password, to be told once; sessions of the old one end.

    Raises:
        NotAllowed: the policy refuses.
    """
    password = first_password(random)
    with action(acting, ACCOUNTS.may_reset(acting, user)) as act:
        user.set_password(password)
        user.must_change = True
        user.save(update_fields=["password", "must_change"])
        note_reset(user, "password", acting)
        act.enter(Draft(Tag.ACCOUNT_PASSWORD_RESET, {"person": act.commit(user.shown_name)}))
    return password
