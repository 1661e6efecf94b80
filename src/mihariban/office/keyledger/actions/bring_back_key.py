"""A key comes back."""

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


def bring_back_key(
    use: KeyUse, *, opened: bool, stamp: int, acting: Acting, lamp: str = "", seal: str = "", remark: str = ""
) -> None:
    """Enter that a key is back on its hook now.

    Args:
        opened: whether the case was opened. lamp: of the recorder, where looked at. seal: number left on the case.
        remark: is added to the one written when it was taken.

    Raises:
        NotAllowed: the policy refuses; it is back already.
        ChangedMeanwhile: somebody was faster.
    """
    with action(acting, KEYS.may_bring_back(acting, use)) as act:
        use.check_stamp(stamp, T("この鍵の使用", "this use of the key"))
        use.in_at, use.opened, use.lamp_after, use.seal = now(), opened, lamp, seal
        use.remark = "\n".join(text for text in (use.remark, remark.strip()) if text)
        use.brought_by = person_of(acting)
        use.save()
        use.key.save()  # its stamp: who saw it out sees that it changed
        facts: dict[str, str | int] = {"key": use.key_id, "use": use.pk, "opened": int(opened)}
        act.enter(Draft(Tag.CASEKEY_USE_RETURN, facts, note=act.commit(remark) if remark else ""))
