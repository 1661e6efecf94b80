"""Enter somebody who works with the kiosks."""

from __future__ import annotations

from mihariban.ledger.entry import Draft
from mihariban.ledger.tags import Tag
from mihariban.office.base.acting import Acting
from mihariban.office.base.action import action
from mihariban.office.people.models import Person
from mihariban.office.people.policy import PEOPLE


def enter_person(name: str, *, acting: Acting, reading: str = "", organisation: str = "") -> Person:
    """A new person, without roles and without an account.

    Raises:
        NotAllowed: the policy refuses.
    """
    with action(acting, PEOPLE.may_enter(acting)) as act:
        person = Person(name=name, reading=reading, organisation=organisation)
        person.save()
        act.enter(Draft(Tag.PERSON_RECORD_ENTER, {"person": act.commit(name)}))
    return person
