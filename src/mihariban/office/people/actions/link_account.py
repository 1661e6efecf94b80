"""Whom of the city's single sign-on an account belongs to."""

from __future__ import annotations

from django.db.models import Q

from mihariban.ledger.entry import Draft
from mihariban.ledger.tags import Tag
from mihariban.office.base.acting import Acting
from mihariban.office.base.action import action
from mihariban.office.people.errors import LinkTaken
from mihariban.office.people.models import User
from mihariban.office.people.policy import ACCOUNTS


def link_account(user: User, *, subject: str, email: str, acting: Acting) -> None:
    """``user`` comes in by single sign-on as ``subject``, or, until the first time, as the owner of ``email``. Both
    empty: not at all any more.

    Raises:
        NotAllowed: the policy refuses.
        LinkTaken: another account has this subject or address.
    """
    subject, email = subject.strip(), email.strip()
    with action(acting, ACCOUNTS.may_link(acting, user)) as act:
        same = (Q(subject=subject) if subject else Q(pk=None)) | (Q(email__iexact=email) if email else Q(pk=None))
        if User.objects.filter(same).exclude(pk=user.pk).exists():
            raise LinkTaken
        user.subject, user.email = subject or None, email
        user.save(update_fields=["subject", "email"])
        by = "subject" if subject else "email" if email else "none"
        act.enter(Draft(Tag.ACCOUNT_LINK_SET, {"person": act.commit(user.shown_name), "by": by}))
