"""Mend what is known of somebody: a new name after marriage, another section."""

from __future__ import annotations

from mihariban.ledger.entry import Draft
from mihariban.ledger.tags import Tag
from mihariban.office.base.acting import Acting
from mihariban.office.base.action import action
from mihariban.office.base.text import T
from mihariban.office.people.models import Person
from mihariban.office.people.policy import PEOPLE


def change_person(person: Person, *, name: str, reading: str, organisation: str, stamp: int, acting: Acting) -> None:
    """Store it; the name of before stays beside the ledger.

    Raises:
        NotAllowed: the policy refuses.
        ChangedMeanwhile: somebody else was faster.
    """
    with action(acting, PEOPLE.may_change(acting, person)) as act:
        person.check_stamp(stamp, T("この人の登録", "this person's record"))
        before = act.commit(person.name)
        person.name, person.reading, person.organisation = name, reading, organisation
        person.save()
        act.enter(Draft(Tag.PERSON_RECORD_CHANGE, {"person": act.commit(name), "before": before}))
