"""A key goes out."""

from __future__ import annotations

from mihariban.ledger.entry import Draft
from mihariban.ledger.tags import Tag
from mihariban.office.base.acting import Acting
from mihariban.office.base.action import action
from mihariban.office.base.dates import now
from mihariban.office.base.reasons import need_reason
from mihariban.office.base.text import T
from mihariban.office.keyledger.board import is_out
from mihariban.office.keyledger.errors import CompanionMissing
from mihariban.office.keyledger.holders import person_of, role_of
from mihariban.office.keyledger.models import Key, KeyUse
from mihariban.office.keyledger.policy import KEYS
from mihariban.office.people.models import Person


def take_key(
    key: Key,
    *,
    purpose: str,
    stamp: int,
    acting: Acting,
    holder: Person | None = None,
    companion: str = "",
    lamp: str = "",
    remark: str = "",
) -> KeyUse:
    """Enter that a key goes out now.

    Args:
        purpose: see ``purposes.PURPOSES``.
        stamp: of the key, as the clerk saw it; it grows with each use, so that a key is out only once.
        holder: who takes it; whoever acts where it is None. A vendor needs a companion.
        lamp: of the recorder, where somebody looked.

    Raises:
        NotAllowed: the policy refuses; it is out already.
        CompanionMissing, ReasonMissing: a vendor alone; another purpose without a remark.
        ChangedMeanwhile: somebody was faster.
    """
    with action(acting, KEYS.may_take(acting, key, out=is_out(key))) as act:
        key.check_stamp(stamp, T("この鍵", "this key"))
        by = person_of(acting)
        who = holder or by
        role = act.role if who == by else role_of(who, acting.day)
        if role == "vendor" and not companion.strip():
            raise CompanionMissing
        if purpose == "other":
            need_reason(remark, T("その他の使用目的", "Another purpose"))
        key.save()
        use = KeyUse.objects.create(
            key=key,
            holder=who,
            role=role,
            purpose=purpose,
            companion=companion.strip(),
            lamp_before=lamp,
            remark=remark,
            out_at=now(),
            entered_by=by,
        )
        facts: dict[str, str | int] = {"key": key.pk, "use": use.pk, "purpose": purpose, "holder": act.commit(who.name)}
        if use.companion:
            facts["companion"] = act.commit(use.companion)
        act.enter(Draft(Tag.CASEKEY_USE_TAKE, facts, note=act.commit(remark) if remark else ""))
    return use
