"""Enter that somebody holds a post, as the city's personnel order says."""

from __future__ import annotations

from datetime import date

from mihariban.ledger.entry import Draft
from mihariban.ledger.tags import Tag
from mihariban.office.base.acting import Acting
from mihariban.office.base.action import action
from mihariban.office.people.errors import PostTaken
from mihariban.office.people.models import Holding, Person, Post, touching
from mihariban.office.people.policy import PEOPLE
from mihariban.office.people.spans import check_days, check_reason


def appoint(  # the facts of a personnel order
    person: Person,
    post: Post,
    *,
    first: date,
    acting: Acting,
    last: date | None = None,
    document: str = "",
    reason: str = "",
) -> Holding:
    """``person`` holds ``post`` from ``first`` on.

    Args:
        reason: why it is entered late, where ``first`` has passed.

    Raises:
        NotAllowed: the policy refuses.
        SpanUnsound: it ends before it begins.
        ReasonMissing: the first day has passed.
        PostTaken: it is the manager's post and somebody holds it in these days.
    """
    with action(acting, PEOPLE.may_appoint(acting, post, person)) as act:
        check_days(first, last)
        check_reason(first, reason)
        if post.manages:
            _check_free(first, last)
        row = Holding(person=person, post=post, first=first, last=last, document=document, note=reason)
        row.save()
        facts: dict[str, str | int] = {"person": act.commit(person.name), "post": post.name}
        facts.update(first=first.isoformat(), last=last.isoformat() if last else "")
        note = act.commit(reason) if reason else ""
        act.enter(Draft(Tag.POST_PERSON_APPOINT, facts, case=document, note=note))
    return row


def _check_free(first: date, last: date | None) -> None:
    other = Holding.objects.filter(touching(first, last), post__manages=True).order_by("first").first()
    if other is not None:
        raise PostTaken(since=other.first.isoformat())
