"""Say how long a key may be out, and who is written then."""

from __future__ import annotations

from mihariban.ledger.entry import Draft
from mihariban.ledger.tags import Tag
from mihariban.office.base.acting import Acting
from mihariban.office.base.action import action
from mihariban.office.base.text import T
from mihariban.office.keyledger.board import limit_row
from mihariban.office.keyledger.policy import KEYS


def set_limit(minutes: int, *, stamp: int, acting: Acting, mail: str = "") -> None:
    """From now on a key is out too long after ``minutes``, and ``mail`` is written then.

    Raises:
        NotAllowed: the policy refuses.
        ChangedMeanwhile: somebody was faster.
    """
    with action(acting, KEYS.may_set_limit(acting)) as act:
        row = limit_row()
        if row.pk is not None:
            row.check_stamp(stamp, T("この設定", "this setting"))
        row.pk, row.minutes, row.mail = 1, minutes, mail
        row.save()
        act.enter(Draft(Tag.CASEKEY_LIMIT_SET, {"minutes": minutes}, note=act.commit(mail)))
