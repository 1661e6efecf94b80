"""Enter that somebody looked at a sign."""

from __future__ import annotations

from mihariban.ledger.entry import Draft
from mihariban.ledger.tags import Tag
from mihariban.office.base.acting import Acting
from mihariban.office.base.action import action
from mihariban.office.base.dates import now
from mihariban.office.base.text import T
from mihariban.office.notices.models import Sign, SignCheck
from mihariban.office.notices.policy import NOTICES


def check_sign(sign: Sign, *, acting: Acting, state: str, note: str, stamp: int) -> SignCheck:
    """The sign was looked at, and found so.

    Raises:
        NotAllowed: the policy refuses.
        ChangedMeanwhile: somebody else changed it.
    """
    with action(acting, NOTICES.may_check(acting, sign)) as act:
        sign.check_stamp(stamp, T("この表示", "this sign"))
        made = SignCheck.objects.create(sign=sign, at=now(), by=acting.name[:100], state=state, note=note)
        sign.checked_at, sign.state = made.at, state
        sign.save()
        act.enter(Draft(Tag.NOTICE_SIGN_CHECK, {"sign": sign.pk, "state": state}, note=act.commit(note)))
    return made
