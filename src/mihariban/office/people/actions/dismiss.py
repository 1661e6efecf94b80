"""End a designation."""

from __future__ import annotations

from datetime import date

from mihariban.ledger.entry import Draft
from mihariban.ledger.tags import Tag
from mihariban.office.base.acting import Acting
from mihariban.office.base.action import action
from mihariban.office.base.text import T
from mihariban.office.people.history import keep_before
from mihariban.office.people.models import Designation
from mihariban.office.people.policy import DESIGNATIONS
from mihariban.office.people.spans import check_days, check_reason, gone


def dismiss(  # the facts of a dismissal
    designation: Designation, *, last: date, stamp: int, acting: Acting, document: str = "", reason: str = ""
) -> None:
    """``last`` is the last day in the role.

    Raises:
        NotAllowed: the policy refuses.
        ChangedMeanwhile: somebody else was faster.
        SpanUnsound: it lies before the first day.
        ReasonMissing: it has passed.
    """
    with action(acting, DESIGNATIONS.may_dismiss(acting, designation)) as act:
        designation.check_stamp(stamp, T("この指定", "this designation"))
        check_days(designation.first, last)
        check_reason(last, reason)
        if gone(last):
            keep_before(designation, reason, acting)
        designation.last, designation.dismissal_document = last, document
        designation.save()
        facts = {"role": designation.role, "person": act.commit(designation.person.name), "last": last.isoformat()}
        act.enter(Draft(Tag.ROLE_PERSON_REMOVE, facts, case=document, note=act.commit(reason) if reason else ""))
