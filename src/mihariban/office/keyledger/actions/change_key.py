"""Say anew what a key is."""

from __future__ import annotations

from mihariban.ledger.entry import Draft
from mihariban.ledger.tags import Tag
from mihariban.office.base.acting import Acting
from mihariban.office.base.action import action
from mihariban.office.base.text import T
from mihariban.office.keyledger.models import Key
from mihariban.office.keyledger.policy import KEYS
from mihariban.office.sites.models import RecorderUnit


def change_key(
    key: Key,
    *,
    label: str,
    opens: str,
    hangs: str,
    pieces: int,
    recorder: RecorderUnit | None,
    stamp: int,
    acting: Acting,
) -> None:
    """What is known of a key is brought up to what is so; see ``register_key``.

    Raises:
        NotAllowed: the policy refuses.
        ChangedMeanwhile: somebody was faster.
    """
    with action(acting, KEYS.may_change(acting, key)) as act:
        key.check_stamp(stamp, T("この鍵", "this key"))
        key.label, key.opens, key.hangs, key.pieces, key.recorder = label, opens, hangs, pieces, recorder
        key.save()
        act.enter(Draft(Tag.CASEKEY_BOARD_CHANGE, {"key": key.pk, "pieces": pieces}, note=act.commit(label)))
