"""Take a key off the board for good."""

from __future__ import annotations

from mihariban.ledger.entry import Draft
from mihariban.ledger.tags import Tag
from mihariban.office.base.acting import Acting
from mihariban.office.base.action import action
from mihariban.office.base.dates import now
from mihariban.office.base.reasons import need_reason
from mihariban.office.base.text import T
from mihariban.office.keyledger.board import is_out
from mihariban.office.keyledger.models import Key
from mihariban.office.keyledger.policy import KEYS


def retire_key(key: Key, *, reason: str, stamp: int, acting: Acting) -> None:
    """The key is lost, replaced or destroyed. Its uses stay.

    Raises:
        NotAllowed: the policy refuses; it is out.
        ReasonMissing: no reason.
        ChangedMeanwhile: somebody was faster.
    """
    with action(acting, KEYS.may_retire(acting, key, out=is_out(key))) as act:
        need_reason(reason, T("鍵の使用をやめること", "Retiring a key"))
        key.check_stamp(stamp, T("この鍵", "this key"))
        key.retired_at, key.retired_why = now(), reason
        key.save()
        act.enter(Draft(Tag.CASEKEY_BOARD_RETIRE, {"key": key.pk}, note=act.commit(reason)))
