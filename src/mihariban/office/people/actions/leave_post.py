"""Enter the last day of somebody in a post."""

from __future__ import annotations

from datetime import date

from mihariban.ledger.entry import Draft
from mihariban.ledger.tags import Tag
from mihariban.office.base.acting import Acting
from mihariban.office.base.action import action
from mihariban.office.base.text import T
from mihariban.office.people.history import keep_before
from mihariban.office.people.managers import manager_stays
from mihariban.office.people.models import Holding
from mihariban.office.people.policy import PEOPLE
from mihariban.office.people.spans import check_days, check_reason, gone


def leave_post(  # the facts of a personnel order
    holding: Holding, *, last: date, stamp: int, acting: Acting, document: str = "", reason: str = ""
) -> None:
    """``last`` is the last day in the post.

    Raises:
        NotAllowed: the policy refuses.
        ChangedMeanwhile: somebody else was faster.
        SpanUnsound: it lies before the first day.
        ReasonMissing: it has passed.
        LastManager: nobody would be manager afterwards.
    """
    with action(acting, PEOPLE.may_leave(acting, holding)) as act, manager_stays():
        holding.check_stamp(stamp, T("この職の記録", "this record of a post"))
        check_days(holding.first, last)
        check_reason(last, reason)
        if gone(last):
            keep_before(holding, reason, acting)
        holding.last = last
        holding.save()
        facts = {"person": act.commit(holding.person.name), "post": holding.post.name, "last": last.isoformat()}
        act.enter(Draft(Tag.POST_PERSON_LEAVE, facts, case=document, note=act.commit(reason) if reason else ""))
