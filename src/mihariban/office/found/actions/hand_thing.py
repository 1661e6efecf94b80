"""Hand a thing to the police as lost property (Lost Property Act, article 4)."""

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


def hand_thing(thing: Thing, *, station: str, stamp: int, acting: Acting, receipt: str = "") -> None:
    """It went to the police.

    Args:
        station: police station. receipt: the number that it gave, where it gave one.

    Raises:
        NotAllowed: the policy refuses; it is gone already.
        IndividualNumberRefused: the number of the receipt is an individual number.
        ChangedMeanwhile: somebody was faster.
    """
    with action(acting, FOUND.may_hand(acting, thing)) as act:
        guard({T("警察署", "The station"): station, T("受理番号", "The receipt"): receipt}, sure=True)
        thing.check_stamp(stamp, T("この記録", "this entry"))
        thing.state, thing.closed_at, thing.closed_by = "handed", now(), person_of(acting)
        thing.station, thing.receipt = station, receipt
        thing.save()
        act.enter(Draft(Tag.FOUND_THING_HAND, {"number": thing.number, "station": act.commit(station)}))
