"""Erase the free texts of things that are gone long enough."""

from __future__ import annotations

from mihariban.ledger.entry import Draft
from mihariban.ledger.tags import Tag
from mihariban.office.base.acting import Acting, system
from mihariban.office.base.action import action
from mihariban.office.base.dates import now
from mihariban.office.base.ledger import ledger
from mihariban.office.found.models import TEXTS, Thing, ThingCorrection
from mihariban.office.found.policy import FOUND
from mihariban.office.found.shelf import forgettable
from mihariban.office.sites.models import RecorderUnit

AT_ONCE = 500
"""Things a call: a transaction is short."""


def forget_texts(*, acting: Acting) -> int:
    """A duty of every day. The texts go from the rows, from their corrections and from beside the ledger; kind, times,
    numbers and entries stay. Returns how many things are forgotten; call again while it is not 0.

    Raises:
        NotAllowed: the policy refuses.
        LedgerUnwritable: nothing was erased; call again.
    """
    verdict = FOUND.may_forget(acting)
    if verdict and not forgettable().exists():
        return 0
    with action(acting, verdict) as act:
        things = list(forgettable()[:AT_ONCE])
        gone = sum(_forget(thing) for thing in things)
        ThingCorrection.objects.filter(thing__in=things).update(before="", after="", reason="")
        act.enter(Draft(Tag.FOUND_TEXT_FORGET, {"count": len(things)}))
        if gone:
            act.enter(Draft(Tag.LEDGER_TEXT_ERASE, {"count": gone}))
    return len(things)


def forget_on_contact(_recorder: RecorderUnit, _client: object) -> None:
    """The office's regular beat; one query where nothing is due."""
    forget_texts(acting=system())


def _forget(thing: Thing) -> int:
    """Returns how many texts beside the ledger went."""
    store = ledger().store
    gone = sum(store.erase_text(bytes.fromhex(hash_)) for hash_ in thing.commitments)
    for name in TEXTS:
        setattr(thing, name, "")
    thing.commitments, thing.forgotten_at = [], now()
    thing.save()
    return gone
