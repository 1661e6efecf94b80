"""Give somebody an account."""

from __future__ import annotations

from mihariban.ledger.entry import Draft
from mihariban.ledger.tags import Tag
from mihariban.office.base.acting import Acting
from mihariban.office.base.action import action
from mihariban.office.people.models import Person, User
from mihariban.office.people.policy import ACCOUNTS


def create_account(
    person: Person, *, username: str, password: str | None, acting: Acting, language: str = "ja"
) -> User:
    """A new account for ``person``. Without a password it can log in by single sign-on alone.

    Raises:
        NotAllowed: the policy refuses.
    """
    with action(acting, ACCOUNTS.may_create(acting, person)) as act:
        user = User.objects.create_user(username, password, person=person, language=language)
        act.enter(Draft(Tag.ACCOUNT_PERSON_CREATE, {"person": act.commit(person.name)}))
    return user
