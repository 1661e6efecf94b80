"""Give a thing back."""

from __future__ import annotations

from mihariban.ledger.entry import Draft
from mihariban.ledger.tags import Tag
from mihariban.office.base.acting import Acting
from mihariban.office.base.action import action
from mihariban.office.base.dates import now
from mihariban.office.base.text import T
from mihariban.office.found.guard import guard
from mihariban.office.found.models import Thing
from mihariban.office.found.policy import FOUND
from mihariban.office.found.shelf import person_of
from mihariban.office.found.words import FIELDS


def return_thing(
    thing: Thing, *, recognised: str, stamp: int, acting: Acting, how: str = "", sure: bool = False
) -> None:
    """It went back to whose it is.

    Args:
        recognised: kind of the identification, see ``words.RECOGNISED``; its number is not copied.
        how: how it was recognised whose it is, in words.

    Raises:
        NotAllowed: the policy refuses; it is gone already.
        IndividualNumberRefused, LooksPersonal: ``how`` holds more than it should.
        ChangedMeanwhile: somebody was faster.
    """
    with action(acting, FOUND.may_return(acting, thing)) as act:
        guard({FIELDS["how"]: how}, sure=sure)
        thing.check_stamp(stamp, T("この記録", "this entry"))
        thing.state, thing.closed_at, thing.closed_by = "returned", now(), person_of(acting)
        thing.recognised, thing.how = recognised, how
        facts: dict[str, str | int] = {"number": thing.number, "recognised": recognised}
        if how:
            facts["how"] = act.commit(how)
            thing.commitments = [*thing.commitments, facts["how"]]
        thing.save()
        act.enter(Draft(Tag.FOUND_THING_RETURN, facts))
