"""Going on after a ledger was restored that somebody else had cosigned further on.

The other one is right to refuse: from where it stands the book was rolled back. A person who knows why lets it go on
from the restored state; that is entered in the ledger of the one who had cosigned, with both sizes, and stays there.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

from mihariban.backup.enter import office_ledger, recorder_ledger
from mihariban.backup.errors import NothingToAccept
from mihariban.base.clock import Clock
from mihariban.ledger import tree
from mihariban.ledger.checkpoint import Checkpoint, open_checkpoint, parse_checkpoint
from mihariban.ledger.entry import Draft
from mihariban.ledger.ledger import Ledger
from mihariban.ledger.tags import Tag

Party = Literal["recorder", "office"]


def accept_restored(folder: Path, restored: Party, *, reason: str, clock: Clock) -> tuple[int, int]:
    """Let the other party go on with the ledger of ``restored`` as it is now.

    Args:
        folder: DIR, where both are. Nobody need be stopped.
        reason: why it was restored; committed to in the entry.

    Returns:
        entries that had been cosigned, and entries that there are.

    Raises:
        NothingToAccept: its ledger continues what was cosigned.
        LedgerMissing: one of the two is not here.
    """
    office, recorder = office_ledger(folder / "office", clock), recorder_ledger(folder / "recorder", clock)
    with office as office_book, recorder as recorder_book:
        if restored == "office":
            return _accept(recorder_book, office_book, reason)
        return _accept(office_book, recorder_book, reason)


def _accept(witness: Ledger[Any], log: Ledger[Any], reason: str) -> tuple[int, int]:
    note = log.checkpoint()
    found = parse_checkpoint(note.text).size
    with witness.change() as change:
        seen = witness.store.seen(log.origin)
        if seen is None:
            raise NothingToAccept(origin=log.origin, why="it was never cosigned")
        cosigned, _ = open_checkpoint(seen[1], log.key)
        if continues(log, cosigned):
            raise NothingToAccept(origin=log.origin, why="it continues what was cosigned")
        witness.store.put_seen(log.origin, found, note.encode())
        why = witness.keep_text(change.db, reason).hex()
        facts: dict[str, str | int] = {"origin": log.origin, "size": cosigned.size, "found": found}
        change.enter(Draft(Tag.COSIGN_CHECKPOINT_ACCEPT, {**facts}, note=why))
    return cosigned.size, found


def continues(log: Ledger[Any], cosigned: Checkpoint) -> bool:
    """Whether a ledger holds all that was cosigned."""
    return log.store.size() >= cosigned.size and tree.root(log.store, cosigned.size) == cosigned.root
