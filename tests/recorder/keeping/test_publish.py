"""The ledger as an auditor copies it."""

from __future__ import annotations

import pytest

from mihariban.base.clock import HOUR
from mihariban.ledger.errors import LedgerUnwritable
from mihariban.ledger.verify import verify
from mihariban.office.exchange import exchange
from mihariban.recorder.client import RecorderClient
from mihariban.recorder.keeping.publish import cosigners, publish_ledger
from mihariban.recorder.site_service import open_door
from tests.support.office import OfficeSite


def test_what_is_published_grows_with_the_ledger(site: OfficeSite) -> None:
    """Each checkpoint continues the last."""
    first = site.verified()
    site.grant()
    site.recorder.control.end_gap(site.recorder.control.begin_gap("cam1", 0, "test", ""), 1)
    assert site.verified().checkpoint.size == first.checkpoint.size + 2


def test_it_is_published_each_hour_and_at_the_end(site: OfficeSite) -> None:
    """By the keeper."""
    site.recorder.tick()
    first = verify(site.folder.ledger).checkpoint.size
    site.clock.turn(HOUR)
    site.recorder.tick()
    second = verify(site.folder.ledger).checkpoint.size
    assert second >= first
    site.recorder.control.begin_gap("cam1", 0, "test", "")
    size = site.recorder.control.store.size()
    site.stop()
    assert verify(site.folder.ledger).checkpoint.size == size + 1 > second  # with the entry of the stop itself


def test_cosignatures_are_published_with_it(site: OfficeSite) -> None:
    """Exchanged through the door; a verifier that asks for the office's finds it."""
    with open_door(site.recorder) as served, RecorderClient(served.socket) as client:
        exchange(site.office, client)
    publish_ledger(site.recorder, site.clock.wall())
    (key,) = cosigners(site.recorder)
    assert verify(site.folder.ledger, contents=True, cosigners=[key]).cosigned[key][0] > 0


def test_what_cannot_be_kept_is_not_published(site: OfficeSite) -> None:
    """The folder stays as it was and whole."""
    before = site.verified().checkpoint.size
    site.recorder.control.begin_gap("cam1", 0, "test", "")
    with site.unwritable(), pytest.raises(LedgerUnwritable):
        publish_ledger(site.recorder, site.clock.wall())
    assert verify(site.folder.ledger, contents=True).checkpoint.size == before
