"""Designate somebody for a role (article 7(2))."""

from __future__ import annotations

from datetime import date

from mihariban.ledger.entry import Draft
from mihariban.ledger.tags import Tag
from mihariban.office.base.acting import Acting
from mihariban.office.base.action import action
from mihariban.office.people.errors import RoleHeldAlready
from mihariban.office.people.models import Designation, Person, touching
from mihariban.office.people.names import DESIGNATED
from mihariban.office.people.policy import DESIGNATIONS
from mihariban.office.people.spans import check_days, check_reason

BASIS = {"operator": "第7条第2項"}


def designate(  # the facts of a designation
    person: Person,
    role: str,
    *,
    first: date,
    acting: Acting,
    last: date | None = None,
    document: str = "",
    reason: str = "",
) -> Designation:
    """``person`` has ``role`` from ``first`` on, up to and with ``last`` (a contract's end).

    Raises:
        NotAllowed: the policy refuses.
        SpanUnsound: it ends before it begins.
        ReasonMissing: the first day has passed.
        RoleHeldAlready: the person is designated in these days.
    """
    with action(acting, DESIGNATIONS.may_designate(acting, person, role)) as act:
        check_days(first, last)
        check_reason(first, reason)
        if Designation.objects.filter(touching(first, last), person=person, role=role).exists():
            raise RoleHeldAlready(role_ja=DESIGNATED[role].ja, role_en=DESIGNATED[role].en)
        row = Designation(person=person, role=role, first=first, last=last, document=document, note=reason)
        row.save()
        facts: dict[str, str | int] = {"role": role, "person": act.commit(person.name), "first": first.isoformat()}
        facts["last"] = last.isoformat() if last else ""
        note = act.commit(reason) if reason else ""
        act.enter(Draft(Tag.ROLE_PERSON_ASSIGN, facts, basis=BASIS.get(role, ""), case=document, note=note))
    return row
