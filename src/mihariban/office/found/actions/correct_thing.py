"""Correct an entry; what it said stays readable until its texts are erased."""

from __future__ import annotations

from datetime import datetime

from mihariban.ledger.entry import Draft
from mihariban.ledger.tags import Tag
from mihariban.office.base.acting import Acting
from mihariban.office.base.action import action
from mihariban.office.base.dates import era_text, now
from mihariban.office.base.reasons import need_reason
from mihariban.office.base.text import T
from mihariban.office.found.errors import FoundInFuture
from mihariban.office.found.guard import guard
from mihariban.office.found.models import Thing, ThingCorrection
from mihariban.office.found.policy import FOUND
from mihariban.office.found.shelf import person_of
from mihariban.office.found.words import FIELDS, KINDS

Value = str | int | datetime | None


def correct_thing(
    thing: Thing, *, field: str, value: Value, reason: str, stamp: int, acting: Acting, sure: bool = False
) -> None:
    """Give ``field`` (one of ``words.FIELDS``) another value.

    Raises:
        NotAllowed: the policy refuses.
        ReasonMissing: no reason.
        IndividualNumberRefused, LooksPersonal, FoundInFuture: as when it is entered.
        ChangedMeanwhile: somebody was faster.
    """
    with action(acting, FOUND.may_correct(acting, thing)) as act:
        need_reason(reason, T("訂正", "A correction"))
        label = FIELDS[field]
        guard({label: value if isinstance(value, str) else "", T("理由", "The reason"): reason}, sure=sure)
        if isinstance(value, datetime) and value > now():
            raise FoundInFuture(at=era_text(value))
        thing.check_stamp(stamp, T("この記録", "this entry"))
        before, by = _shown(getattr(thing, field)), person_of(acting)
        setattr(thing, field, value)
        thing.corrections += 1
        thing.commitments = [*thing.commitments, act.commit(reason)]
        thing.save()
        ThingCorrection.objects.create(
            thing=thing, field=field, before=before, after=_shown(value), reason=reason, by=by, at=now()
        )
        facts: dict[str, str | int] = {"number": thing.number, "field": field}
        act.enter(Draft(Tag.FOUND_THING_CORRECT, facts, note=thing.commitments[-1]))


def _shown(value: Value) -> str:
    if isinstance(value, datetime):
        return era_text(value)
    if value is None:
        return ""
    return KINDS[value].ja if isinstance(value, str) and value in KINDS else str(value)
