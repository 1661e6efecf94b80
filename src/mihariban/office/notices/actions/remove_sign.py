"""Enter that a sign was taken down."""

from __future__ import annotations

from mihariban.ledger.entry import Draft
from mihariban.ledger.tags import Tag
from mihariban.office.base.acting import Acting
from mihariban.office.base.action import action
from mihariban.office.base.dates import today
from mihariban.office.base.text import T
from mihariban.office.notices.models import Sign
from mihariban.office.notices.policy import NOTICES


def remove_sign(sign: Sign, *, acting: Acting, reason: str, stamp: int) -> None:
    """The sign hangs no longer.

    Raises:
        NotAllowed: the policy refuses.
        ChangedMeanwhile: somebody else changed it.
    """
    with action(acting, NOTICES.may_remove(acting, sign)) as act:
        sign.check_stamp(stamp, T("この表示", "this sign"))
        sign.removed = today()
        sign.save()
        act.enter(Draft(Tag.NOTICE_SIGN_REMOVE, {"sign": sign.pk}, note=act.commit(reason)))
