"""A ledger that was put back behind what the other one cosigned is noticed, and goes on only where a person lets it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from mihariban.backup.accept import accept_restored
from mihariban.backup.errors import NothingToAccept
from mihariban.base.clock import HOUR
from mihariban.base.errors import MiharibanError
from mihariban.ledger.entry import Draft, read_leaf
from mihariban.ledger.errors import LedgerForked, LedgerRolledBack
from mihariban.ledger.tags import Tag
from mihariban.office.exchange import exchange
from mihariban.recorder.client import RecorderClient
from mihariban.recorder.site_service import open_door
from tests.backup.conftest import RestoredSite
from tests.backup.test_never import OLD_DISK
from tests.support.office import OfficeSite


def _exchange(site: OfficeSite) -> None:
    with open_door(site.recorder) as served, RecorderClient(served.socket) as client:
        exchange(site.office, client)


def _decide(site: OfficeSite, times: int) -> None:
    for _ in range(times):
        site.grant()
        site.clock.turn(HOUR)


def _mixed(site: OfficeSite, folder: Path, restored: str) -> RestoredSite:
    """One of the two is restored, the other one lives on."""
    living = "recorder" if restored == "office" else "office"
    site.close()
    shutil.rmtree(folder / living)
    shutil.copytree(site.folder.path / living, folder / living)
    if restored == "recorder":
        for name in OLD_DISK:
            shutil.copy(site.folder.recorder / name, folder / "recorder" / name)
    return RestoredSite(folder, site.clock)


def _entries(site: OfficeSite, tag: Tag) -> list[dict[str, object]]:
    store = site.book.ledger.store
    found = [read_leaf(leaf) for leaf in store.leaves(0, store.size())]
    return [entry["object"] for entry in found if entry["tag"] == str(tag)]


@pytest.mark.parametrize("restored", ["office", "recorder"])
def test_a_restored_ledger_is_refused_until_somebody_accepts_it(
    site: OfficeSite, backed_up: Callable[[], Path], put_back: Callable[[Path], Path], restored: str
) -> None:
    """The other one cosigned more than there is now: alarm, entered; accepted by a person, entered; then it goes on."""
    _exchange(site)
    backup = backed_up()
    _decide(site, 8)
    for _ in range(8):
        with site.recorder.control.entered(Draft(Tag.CLOCK_QUALITY_CHANGE, {"quality": "unknown"})):
            pass
    _exchange(site)
    again = _mixed(site, put_back(backup), restored)
    try:
        with pytest.raises((LedgerForked, MiharibanError)) as refused:
            _exchange(again)
        assert refused.value.code in ("MH406", "MH405", "MH407")
        cosigned, found = accept_restored(again.folder.path, restored, reason="ディスクの故障", clock=again.clock)  # type: ignore[arg-type]  # one of the two
        assert cosigned > found
        _exchange(again)
        told = _entries(again, Tag.COSIGN_CHECKPOINT_ACCEPT) if restored == "recorder" else [
            entry["object"] for entry in again.entries(Tag.COSIGN_CHECKPOINT_ACCEPT)
        ]  # fmt: skip
        assert [(each["size"], each["found"]) for each in told] == [(cosigned, found)]
        session = again.open_grant(again.grant(8, 22))
        assert session.grant.camera == "cam1"
        with pytest.raises(NothingToAccept):
            accept_restored(again.folder.path, restored, reason="noch einmal", clock=again.clock)  # type: ignore[arg-type]  # the same
    finally:
        again.close()


def test_both_from_one_backup_go_on_without_anybody(
    site: OfficeSite, backed_up: Callable[[], Path], put_back: Callable[[Path], Path]
) -> None:
    """They agree with each other; what the auditor kept shows that entries are missing."""
    _exchange(site)
    backup = backed_up()
    _decide(site, 3)
    note = site.book.ledger.checkpoint().encode()
    site.stop()
    folder = put_back(backup)
    for name in OLD_DISK:
        shutil.copy(site.folder.recorder / name, folder / "recorder" / name)
    again = RestoredSite(folder, site.clock)
    try:
        _exchange(again)
        for party in ("office", "recorder"):
            with pytest.raises(NothingToAccept):
                accept_restored(folder, party, reason="x", clock=again.clock)  # type: ignore[arg-type]  # one of the two
        with pytest.raises((LedgerRolledBack, LedgerForked)):
            again.book.ledger.check_continues(note)
    finally:
        again.close()


def test_a_ledger_that_was_never_cosigned_needs_nobody(site: OfficeSite) -> None:
    """Nothing is changed."""
    with pytest.raises(NothingToAccept):
        accept_restored(site.folder.path, "office", reason="x", clock=site.clock)
