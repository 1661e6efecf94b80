"""Enter something that was found."""

from __future__ import annotations

from datetime import date, datetime

from django.db.models import Max

from mihariban.ledger.entry import Draft
from mihariban.ledger.tags import Tag
from mihariban.office.base.acting import Acting
from mihariban.office.base.action import action
from mihariban.office.base.dates import era_text, now
from mihariban.office.found.errors import FoundInFuture
from mihariban.office.found.guard import guard
from mihariban.office.found.models import Thing
from mihariban.office.found.policy import FOUND
from mihariban.office.found.shelf import person_of
from mihariban.office.found.words import FIELDS
from mihariban.office.people.models import Person
from mihariban.office.sites.models import Kiosk


def enter_thing(
    *,
    kind: str,
    kiosk: Kiosk | None,
    found_at: datetime,
    kept_at: str,
    acting: Acting,
    what: str = "",
    pieces: int = 1,
    yen: int | None = None,
    finder: Person | None = None,
    remark: str = "",
    sure: bool = False,
) -> Thing:
    """A new entry with the next number of the fiscal year.

    Args:
        kind: see ``words.KINDS``. found_at: aware. finder: who acts where it is None.
        sure: the clerk has looked at texts that look personal and needs them.

    Raises:
        NotAllowed: the policy refuses.
        IndividualNumberRefused, LooksPersonal: a text holds more than it should.
        FoundInFuture: the time is still to come.
    """
    with action(acting, FOUND.may_enter(acting)) as act:
        texts = {"what": what, "kept_at": kept_at, "remark": remark}
        guard({FIELDS[name]: text for name, text in texts.items()}, sure=sure)
        if found_at > now():
            raise FoundInFuture(at=era_text(found_at))
        year = fiscal_year(acting.day)
        last = Thing.objects.filter(fiscal=year).aggregate(Max("n"))["n__max"] or 0
        thing = Thing(fiscal=year, n=last + 1, kind=kind, kiosk=kiosk, found_at=found_at, pieces=pieces, yen=yen)
        thing.what, thing.kept_at, thing.remark = what, kept_at, remark
        thing.finder, thing.entered_at = finder or person_of(acting), now()
        facts: dict[str, str | int] = {"number": thing.number, "kind": kind, "pieces": pieces}
        for name, text in texts.items():
            if text:
                facts[name] = act.commit(text)
                thing.commitments.append(facts[name])
        thing.save()
        act.enter(Draft(Tag.FOUND_THING_ENTER, facts))
    return thing


def fiscal_year(day: date) -> int:
    """The Japanese fiscal year of a day: it begins on 1 April."""
    return day.year if day.month >= 4 else day.year - 1
