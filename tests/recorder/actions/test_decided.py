"""The entry that the recorder makes of an order: who decided, with names that can be forgotten."""

from __future__ import annotations

import pytest

from mihariban.ledger.errors import LedgerUnwritable
from mihariban.ledger.tags import Tag
from mihariban.recorder.actions.decided import draft_of, known, remember
from mihariban.recorder.contract.orders import StillOrder
from tests.support.office import DECIDED, OfficeSite


def test_names_are_committed_anew(site: OfficeSite) -> None:
    """Not the office's commitment: each book can forget its own."""
    decision = site.decided(StillOrder, site.office.order_still(DECIDED, "cam1"))
    draft = draft_of(site.recorder, decision, Tag.FOOTAGE_STILL_TAKE, {"camera": "cam1"})
    assert draft.actor is not None
    who = str(draft.actor["who"])
    store = site.recorder.control.store
    told = store.text(bytes.fromhex(who))
    assert told is not None
    assert told.text == "見本 太郎"
    assert draft.actor["office"] == decision.order.decided_by.name.hash != who
    assert draft.object["digest"] == decision.digest.hex()
    assert (draft.basis, draft.case) == ("第8条", "市窓 7")
    with site.recorder.control.transaction():
        assert store.erase_text(bytes.fromhex(who))
    assert store.text(bytes.fromhex(who)) is None


def test_an_order_is_known_once_it_was_carried_out(site: OfficeSite) -> None:
    """By kind and id, over a restart."""
    decision = site.decided(StillOrder, site.office.order_still(DECIDED, "cam1"))
    assert known(site.recorder, decision) is None
    with site.recorder.control.transaction() as db:
        remember(site.recorder, db, decision)
    site.restart()
    found = known(site.recorder, decision)
    assert found is not None
    assert found.digest == decision.digest


def test_without_a_writable_book_there_is_no_draft(site: OfficeSite) -> None:
    """The first thing an action does, and it already refuses."""
    decision = site.decided(StillOrder, site.office.order_still(DECIDED, "cam1"))
    with site.unwritable(), pytest.raises(LedgerUnwritable):
        draft_of(site.recorder, decision, Tag.FOOTAGE_STILL_TAKE, {})
