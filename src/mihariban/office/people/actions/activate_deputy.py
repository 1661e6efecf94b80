"""A deputy begins to act for the manager (article 5(3)): who, why, from when, until when, started by whom."""

from __future__ import annotations

from datetime import datetime

from mihariban.base.clock import from_datetime
from mihariban.ledger.entry import Draft, moment
from mihariban.ledger.tags import Tag
from mihariban.office.base.acting import Acting
from mihariban.office.base.action import action
from mihariban.office.base.dates import day_of, era_text, now
from mihariban.office.people.deputies import candidates
from mihariban.office.people.errors import DeputyActsAlready, ReasonMissing
from mihariban.office.people.models import Activation, Person
from mihariban.office.people.policy import DEPUTIES
from mihariban.office.people.spans import check_moments

BASIS = "第5条第3項"


def activate_deputy(  # the facts of an activation
    person: Person, *, reason: str, begins: datetime, ends: datetime, acting: Acting, document: str = ""
) -> Activation:
    """``person`` acts for the manager from ``begins`` up to and without ``ends`` (aware), and not a second longer.

    Raises:
        NotAllowed: the policy refuses.
        ReasonMissing: no reason was given.
        SpanUnsound: it lies in the past, ends before it begins, or is longer than a year.
        DeputyActsAlready: another activation overlaps.
    """
    day = day_of(begins)
    with action(acting, DEPUTIES.may_activate(acting, person, day)) as act:
        if not reason.strip():
            raise ReasonMissing
        check_moments(begins, ends)
        begins = max(begins, now())  # the form was open for a minute; nobody deputises for the past
        _check_free(begins, ends)
        how = next(each.selection for each in candidates(day) if each.person.pk == person.pk)
        by = acting.user.person if acting.user else None
        row = Activation(person=person, selection=how, reason=reason, begins=begins, ends=ends, started_by=by)
        row.document = document
        row.save()
        facts = {"activation": f"{row.pk}", "person": act.commit(person.name), "selection": how}
        facts.update({"from": moment(from_datetime(begins)), "until": moment(from_datetime(ends))})
        act.enter(Draft(Tag.DEPUTY_ACTIVATION_BEGIN, facts, basis=BASIS, case=document, note=act.commit(reason)))
    return row


def _check_free(begins: datetime, ends: datetime) -> None:
    for other in Activation.objects.filter(begins__lt=ends, ends__gt=begins):
        if other.begins < other.until and other.until > begins:
            raise DeputyActsAlready(since=era_text(other.begins), until=era_text(other.until))
