"""A recorder whose book is lost or damaged gets a new one: the old files are moved aside, never thrown away, and why is
the new book's second entry. What the ring knows is told to it at the next start.
"""

from __future__ import annotations

from pathlib import Path

from mihariban.base.clock import Clock, iso
from mihariban.ledger.entry import Draft
from mihariban.ledger.errors import LedgerMissing
from mihariban.ledger.keys import Signer
from mihariban.ledger.tags import Tag
from mihariban.recorder.control import Control
from mihariban.recorder.control.base import COSIGN_KEY, LEDGER_KEY
from mihariban.recorder.site_folder import SiteFolder
from mihariban.volume import Volume

_PARTS = ("control.db", "control.db-wal", "control.db-shm", LEDGER_KEY, COSIGN_KEY, "ledger")


def make_new_book(folder: SiteFolder, *, clock: Clock, reason: str) -> Path:
    """Put a new book in the place of a lost or damaged one. Returns the folder with the old one's files.

    A new ledger under the key of the old one would be a fork of it, so it has keys of its own: the office must be told.

    Raises:
        NotASite: there is no site, only its book may be missing.
        VolumeInUse: the recorder runs; its book is not lost.
    """
    folder.require_papers()
    site = folder.load_site()
    Volume.open(folder.recorder, clock=clock, site=site.site.id).close()  # that nobody records meanwhile
    old_key = _old_key(folder.recorder / LEDGER_KEY)
    aside = folder.recorder / f"book-{iso(clock.wall(), site.zone)[:19].replace(':', '')}"
    aside.mkdir(mode=0o700)
    for name in _PARTS:
        if (folder.recorder / name).exists():
            (folder.recorder / name).rename(aside / name)
    control = Control.create(
        folder.control, site=site.site.id, recorder=site.recorder.id, wall=clock.wall(), clock=clock
    )
    try:
        with control.transaction() as db:
            why = control.ledger.keep_text(db, reason)
            facts: dict[str, str | int] = {"aside": aside.name, "old_key": old_key}
            control.ledger.append(db, Draft(Tag.LEDGER_BOOK_REPLACE, facts, note=why.hex()))
    finally:
        control.close()
    return aside


def _old_key(path: Path) -> str:
    """The public key of the old ledger, so that both can be told to be one recorder's; empty where it is gone too."""
    try:
        return Signer.load(path).public.text()
    except LedgerMissing:
        return ""
