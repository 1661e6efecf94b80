"""The manager has looked at a use."""

from __future__ import annotations

from mihariban.ledger.entry import Draft
from mihariban.ledger.tags import Tag
from mihariban.office.base.acting import Acting
from mihariban.office.base.action import action
from mihariban.office.base.dates import now
from mihariban.office.base.text import T
from mihariban.office.keyledger.holders import person_of
from mihariban.office.keyledger.models import KeyUse
from mihariban.office.keyledger.policy import KEYS


def confirm_use(use: KeyUse, *, stamp: int, acting: Acting) -> None:
    """Confirm a use as it is written.

    Raises:
        NotAllowed: the policy refuses.
        ChangedMeanwhile: it was corrected since the manager read it.
    """
    with action(acting, KEYS.may_confirm(acting, use)) as act:
        use.check_stamp(stamp, T("この鍵の使用", "this use of the key"))
        use.confirmed_by, use.confirmed_at = person_of(acting), now()
        use.save()
        act.enter(Draft(Tag.CASEKEY_USE_CONFIRM, {"use": use.pk}))
