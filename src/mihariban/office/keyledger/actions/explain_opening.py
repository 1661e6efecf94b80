"""Explain why the recorder was handled without a key use."""

from __future__ import annotations

from mihariban.ledger.entry import Draft
from mihariban.ledger.tags import Tag
from mihariban.office.base.acting import Acting
from mihariban.office.base.action import action
from mihariban.office.base.dates import now
from mihariban.office.base.reasons import need_reason
from mihariban.office.base.text import T
from mihariban.office.keyledger.holders import person_of
from mihariban.office.keyledger.models import Opening
from mihariban.office.keyledger.policy import KEYS


def explain_opening(opening: Opening, *, reason: str, stamp: int, acting: Acting) -> None:
    """The manager says what happened; the alarm ends.

    Raises:
        NotAllowed: the policy refuses.
        ReasonMissing: no reason.
        ChangedMeanwhile: more was seen, or somebody was faster.
    """
    with action(acting, KEYS.may_explain(acting, opening)) as act:
        need_reason(reason, T("説明", "An explanation"))
        opening.check_stamp(stamp, T("この操作", "this opening"))
        opening.reason, opening.explained_at, opening.explained_by = reason, now(), person_of(acting)
        opening.save()
        act.enter(Draft(Tag.CASEKEY_OPENING_EXPLAIN, {"opening": opening.pk}, note=act.commit(reason)))
