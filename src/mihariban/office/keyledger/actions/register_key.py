"""Hang up a new key."""

from __future__ import annotations

from mihariban.ledger.entry import Draft
from mihariban.ledger.tags import Tag
from mihariban.office.base.acting import Acting
from mihariban.office.base.action import action
from mihariban.office.base.dates import now
from mihariban.office.keyledger.models import Key
from mihariban.office.keyledger.policy import KEYS
from mihariban.office.sites.models import RecorderUnit


def register_key(
    *, label: str, opens: str, hangs: str, pieces: int, recorder: RecorderUnit | None, acting: Acting
) -> Key:
    """A new hook on the board.

    Args:
        label: as written on its tag. opens: what it opens. hangs: where, in the rule's noun.
        pieces: how many hang on the hook. recorder: whose case it opens; None for all.

    Raises:
        NotAllowed: the policy refuses.
    """
    with action(acting, KEYS.may_register(acting)) as act:
        key = Key.objects.create(label=label, opens=opens, hangs=hangs, pieces=pieces, recorder=recorder, since=now())
        facts: dict[str, str | int] = {"key": key.pk, "pieces": pieces}
        if recorder is not None:
            facts["recorder"] = recorder.pk
        act.enter(Draft(Tag.CASEKEY_BOARD_REGISTER, facts, note=act.commit(label)))
    return key
