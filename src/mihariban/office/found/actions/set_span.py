"""Say how long texts stay and how many witnesses a destruction needs."""

from __future__ import annotations

from mihariban.ledger.entry import Draft
from mihariban.ledger.tags import Tag
from mihariban.office.base.acting import Acting
from mihariban.office.base.action import action
from mihariban.office.base.text import T
from mihariban.office.found.policy import FOUND
from mihariban.office.found.shelf import setting


def set_span(*, text_days: int, witnesses: int, stamp: int, acting: Acting) -> None:
    """From now on.

    Args:
        text_days: days after a thing is gone. witnesses: 1 or 2.

    Raises:
        NotAllowed: the policy refuses.
        ChangedMeanwhile: somebody was faster.
    """
    with action(acting, FOUND.may_set(acting)) as act:
        row = setting()
        if row.pk is not None:
            row.check_stamp(stamp, T("この設定", "this setting"))
        row.pk, row.text_days, row.witnesses = 1, text_days, witnesses
        row.save()
        act.enter(Draft(Tag.FOUND_SPAN_SET, {"days": text_days, "witnesses": witnesses}))
