"""Mend a holding or a designation that was entered wrongly. The old value stays visible, with the reason."""

from __future__ import annotations

from datetime import date

from mihariban.ledger.canonical import Json
from mihariban.ledger.entry import Draft
from mihariban.ledger.tags import Tag
from mihariban.office.base.acting import Acting
from mihariban.office.base.action import action
from mihariban.office.base.text import T
from mihariban.office.people.errors import PostTaken, ReasonMissing
from mihariban.office.people.history import keep_before
from mihariban.office.people.managers import manager_stays
from mihariban.office.people.models import Designation, Holding, touching
from mihariban.office.people.policy import DESIGNATIONS
from mihariban.office.people.spans import check_days


def correct_history(  # what can be mended
    row: Holding | Designation,
    *,
    first: date,
    last: date | None,
    document: str,
    reason: str,
    stamp: int,
    acting: Acting,
    void: bool = False,
) -> None:
    """Write the right days and document; ``void`` where it never was so at all.

    Raises:
        NotAllowed: the policy refuses.
        ReasonMissing: no reason was given.
        ChangedMeanwhile: somebody else was faster.
        SpanUnsound: it ends before it begins.
        PostTaken: two would hold the manager's post on one day.
        LastManager: nobody would be manager afterwards.
    """
    with action(acting, DESIGNATIONS.may_correct(acting, row)) as act, manager_stays():
        row.check_stamp(stamp, T("この記録", "this record"))
        check_days(first, last)
        if not reason.strip():
            raise ReasonMissing
        keep_before(row, reason, acting)
        before = {"before_first": row.first.isoformat(), "before_last": row.last.isoformat() if row.last else ""}
        row.first, row.last, row.document, row.void = first, last, document, void
        _check_free(row)
        row.save()
        facts: dict[str, Json] = {
            **before,
            "first": first.isoformat(),
            "last": last.isoformat() if last else "",
            "void": int(void),
        }
        kind = "holding" if isinstance(row, Holding) else "designation"
        facts.update(record=f"{kind} {row.pk}", person=act.commit(row.person.name))
        act.enter(Draft(Tag.ROLE_HISTORY_CORRECT, facts, case=document, note=act.commit(reason)))


def _check_free(row: Holding | Designation) -> None:
    if not isinstance(row, Holding) or not row.post.manages or row.void:
        return
    others = Holding.objects.filter(touching(row.first, row.last), post__manages=True).exclude(pk=row.pk)
    other = others.order_by("first").first()
    if other is not None:
        raise PostTaken(since=other.first.isoformat())
