"""Destroy paper, before witnesses."""

from __future__ import annotations

from collections.abc import Sequence

from mihariban.ledger.entry import Draft
from mihariban.ledger.tags import Tag
from mihariban.office.base.acting import Acting
from mihariban.office.base.action import action
from mihariban.office.base.dates import now
from mihariban.office.base.text import T
from mihariban.office.found.errors import WitnessNotAnother
from mihariban.office.found.models import Thing
from mihariban.office.found.policy import FOUND
from mihariban.office.found.shelf import person_of, setting, staff_on
from mihariban.office.people.models import Person


def destroy_thing(thing: Thing, *, method: str, witnesses: Sequence[Person], stamp: int, acting: Acting) -> None:
    """It was destroyed in the presence of others.

    Args:
        method: see ``words.METHODS``.
        witnesses: staff, each another person than who acts, as many as the setting wants or more (two at most).

    Raises:
        NotAllowed: the policy refuses; it is gone already, or no paper.
        WitnessNotAnother: too few, the same person twice, who acts, or nobody of the staff.
        ChangedMeanwhile: somebody was faster.
    """
    with action(acting, FOUND.may_destroy(acting, thing)) as act:
        by, need = person_of(acting), max(1, setting().witnesses)
        others = {person.pk for person in witnesses} - {by.pk}
        staff = staff_on(acting.day).filter(pk__in=others).count()
        if not need <= len(others) <= 2 or len(others) != len(witnesses) or staff != len(others):
            raise WitnessNotAnother(count=need)
        thing.check_stamp(stamp, T("この記録", "this entry"))
        thing.state, thing.closed_at, thing.closed_by = "destroyed", now(), by
        thing.method, thing.witness = method, witnesses[0]
        thing.witness2 = witnesses[1] if len(witnesses) > 1 else None
        thing.save()
        facts: dict[str, str | int] = {"number": thing.number, "method": method, "witnesses": len(witnesses)}
        named: dict[str, str | int] = {f"witness{n}": act.commit(each.name) for n, each in enumerate(witnesses, 1)}
        act.enter(Draft(Tag.FOUND_THING_DESTROY, facts | named))
