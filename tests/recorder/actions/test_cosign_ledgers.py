"""Recorder and office cosign each other, and neither signs over a rewritten book."""

from __future__ import annotations

import pytest

from mihariban.base.clock import HOUR
from mihariban.ledger.checkpoint import Checkpoint, parse_checkpoint
from mihariban.ledger.errors import LedgerForked, SignatureInvalid
from mihariban.ledger.tags import Tag
from mihariban.ledger.witness import Request, Witness, request
from mihariban.recorder.actions.cosign_ledgers import add_cosignature, cosign, last_seen, office_keys
from mihariban.recorder.contract.errors import NoSuchThing
from mihariban.recorder.contract.keys import OFFICE_KEYS
from mihariban.recorder.keeping.publish import publish_ledger
from tests.support.office import OfficeSite


def _cosign_office(site: OfficeSite, old: int = 0) -> int:
    """The recorder cosigns the office's newest checkpoint; its size."""
    ledger = site.book.ledger
    note = ledger.checkpoint()
    signature = cosign(site.recorder, request(ledger, note, old))
    size = parse_checkpoint(note.text).size
    ledger.add_cosignature(size, signature, site.office.party.keys.cosign)
    return size


def _office_cosigns(site: OfficeSite) -> None:
    keys = site.book.keys
    reply = site.door.checkpoint(0)
    witness = Witness(keys.cosign, {site.office.party.keys.ledger.name: site.office.party.keys.ledger},
                      site.book.ledger.store, site.clock.wall)  # fmt: skip
    with site.book.ledger.store.transaction():
        signature = witness.cosign(Request(0, (), reply.checkpoint.encode()))
    size = parse_checkpoint(reply.checkpoint.split("\n\n")[0] + "\n").size
    add_cosignature(site.recorder, size, signature)


def _late(site: OfficeSite) -> list[str]:
    return site.door.status().ledger.overdue


def test_what_was_cosigned_is_remembered(site: OfficeSite) -> None:
    """It is what the next order must continue, also after a restart."""
    site.grant()
    size = _cosign_office(site)
    site.restart()
    keys = office_keys(site.recorder)
    assert keys is not None
    seen = last_seen(site.recorder, keys.ledger)
    assert seen is not None
    assert seen.size == size
    grant = site.grant()
    assert site.open_grant(grant).grant.id == grant


def test_a_rewritten_book_of_the_office_is_refused_and_entered(site: OfficeSite) -> None:
    """Signed with the office's own key, but it does not continue what was cosigned."""
    site.grant()
    size = _cosign_office(site)
    forged = Checkpoint(site.book.ledger.origin, size, b"\x01" * 32).signed(site.book.keys.ledger)
    with pytest.raises(LedgerForked):
        cosign(site.recorder, Request(size, (), forged.encode()))
    (entry,) = site.entries(Tag.COSIGN_CHECKPOINT_REFUSE)
    assert entry["object"]["cause"] == LedgerForked.code
    keys = office_keys(site.recorder)
    assert keys is not None
    seen = last_seen(site.recorder, keys.ledger)
    assert seen is not None
    assert seen.root != b"\x01" * 32


def test_a_stranger_is_not_cosigned(site: OfficeSite) -> None:
    """Another key than the office's."""
    stranger = Checkpoint("stranger.example/x", 1, b"\x01" * 32).signed(site.book.keys.grant)
    with pytest.raises(SignatureInvalid):
        cosign(site.recorder, Request(0, (), stranger.encode()))


def test_the_offices_cosignature_is_published(site: OfficeSite) -> None:
    """Who verifies the folder can ask for it."""
    _office_cosigns(site)
    assert _late(site) == []
    publish_ledger(site.recorder, site.clock.wall())
    verdict = site.verified()
    assert site.book.keys.cosign.public in verdict.cosigned


def test_a_late_cosignature_is_said(site: OfficeSite) -> None:
    """A day and a little; an alarm, never a stop."""
    _office_cosigns(site)
    site.clock.turn(24 * HOUR)
    assert _late(site) == []
    site.clock.turn(2 * HOUR)
    name = site.book.keys.cosign.public.name
    assert _late(site) == [name]


def test_a_false_cosignature_is_not_kept(site: OfficeSite) -> None:
    """Of a checkpoint that was never signed here."""
    _office_cosigns(site)
    note = site.recorder.control.ledger.checkpoint()
    with pytest.raises(SignatureInvalid):
        add_cosignature(site.recorder, 9999, note.signatures[0])


def test_without_an_office_nobody_is_cosigned(site: OfficeSite) -> None:
    """A site that knows none yet."""
    note = site.recorder.control.ledger.checkpoint()
    (site.folder.recorder / OFFICE_KEYS).unlink()
    assert office_keys(site.recorder) is None
    assert _late(site) == []
    with pytest.raises(SignatureInvalid):
        _cosign_office(site)
    with pytest.raises(NoSuchThing):
        add_cosignature(site.recorder, 1, note.signatures[0])
