"""Count what hangs on the board."""

from __future__ import annotations

from collections.abc import Mapping

from mihariban.ledger.entry import Draft
from mihariban.ledger.tags import Tag
from mihariban.office.base.acting import Acting
from mihariban.office.base.action import Act, action
from mihariban.office.base.dates import now
from mihariban.office.base.reasons import need_reason
from mihariban.office.base.text import T
from mihariban.office.keyledger.board import expected
from mihariban.office.keyledger.errors import CountImpossible
from mihariban.office.keyledger.holders import person_of
from mihariban.office.keyledger.models import Key, KeyCount
from mihariban.office.keyledger.policy import KEYS


def count_keys(found: Mapping[int, int], *, acting: Acting, remark: str = "") -> list[KeyCount]:
    """Enter how many pieces of each key hang there now. What should hang there is read now too, not when the clerk
    opened the page: a key may have gone out in between.

    Args:
        found: pieces by the key's number, of every key in use.

    Raises:
        NotAllowed: the policy refuses.
        CountImpossible: a key was left out, or a number is not from 0 to 99.
        ReasonMissing: something is missing or too many, and there is no remark.
    """
    with action(acting, KEYS.may_count(acting)) as act:
        should = expected()
        for key in should:
            if not 0 <= found.get(key.pk, -1) <= 99:
                raise CountImpossible(what=key.label)
        if any(found[key.pk] != pieces for key, pieces in should.items()):
            need_reason(remark, T("本数が合わないとき", "A number that does not fit"))
        return [_count(act, key, pieces, found[key.pk], remark) for key, pieces in should.items()]


def _count(act: Act, key: Key, pieces: int, found: int, remark: str) -> KeyCount:
    day = act.acting.day
    row = KeyCount.objects.create(
        key=key, day=day, at=now(), expected=pieces, found=found, by=person_of(act.acting), remark=remark
    )
    facts: dict[str, str | int] = {"date": day.isoformat(), "key": key.pk, "expected": pieces, "found": found}
    act.enter(Draft(Tag.CASEKEY_DAY_COUNT, facts, note=act.commit(remark) if remark else ""))
    return row
