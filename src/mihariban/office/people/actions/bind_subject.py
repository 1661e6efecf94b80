"""The first login by single sign-on with an address that was linked: from now on the subject counts."""

from __future__ import annotations

from mihariban.ledger.entry import Draft
from mihariban.ledger.tags import Tag
from mihariban.office.base.acting import system
from mihariban.office.base.action import action
from mihariban.office.people.errors import LinkTaken
from mihariban.office.people.models import User
from mihariban.office.people.policy import ACCOUNTS


def bind_subject(user: User, subject: str) -> None:
    """Keep ``subject`` beside the address: an address is given to somebody else one day, a subject never is.

    Raises:
        NotAllowed: the account is closed.
        LinkTaken: a login at the same time kept another one.
        LedgerUnwritable: nothing is kept.
    """
    acting = system()
    with action(acting, ACCOUNTS.may_link(acting, user)) as act:
        if User.objects.filter(pk=user.pk, subject=None).update(subject=subject) != 1:
            raise LinkTaken
        act.enter(Draft(Tag.ACCOUNT_LINK_SET, {"person": act.commit(user.shown_name), "by": "first_login"}))
    user.subject = subject
