"""Give somebody an account."""

from __future__ import annotations

from mihariban.ledger.entry import Draft
from mihariban.ledger.tags import Tag
from mihariban.office.base.acting import Acting
from mihariban.office.base.action import action
from mihariban.office.people.errors import UsernameTaken
from mihariban.office.people.models import Person, User
from mihariban.office.people.policy import ACCOUNTS


def create_account(  # the facts of an account
    person: Person,
    *,
    username: str,
    password: str | None,
    acting: Acting,
    language: str = "ja",
    must_change: bool = False,
) -> User:
    """A new account for ``person``. Without a password it can log in by single sign-on alone.

    Args:
        must_change: the owner is asked for another password; for one that was told on paper.

    Raises:
        NotAllowed: the policy refuses.
        UsernameTaken: another account has this name.
    """
    with action(acting, ACCOUNTS.may_create(acting, person)) as act:
        if User.objects.filter(username__iexact=username).exists():
            raise UsernameTaken
        user = User.objects.create_user(username, password, person=person, language=language, must_change=must_change)
        act.enter(Draft(Tag.ACCOUNT_PERSON_CREATE, {"person": act.commit(person.name)}))
    return user
