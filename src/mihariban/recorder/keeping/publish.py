"""The ledger signed as it stands, and its tiles brought up to it: what an auditor copies."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mihariban.ledger.keys import PublicKey
from mihariban.ledger.tiles import publish
from mihariban.recorder.actions.cosign_ledgers import office_keys

if TYPE_CHECKING:
    from mihariban.recorder.service import Recorder


def publish_ledger(recorder: Recorder, _wall: int) -> None:
    """Sign and publish.

    Raises:
        LedgerUnwritable, LedgerRolledBack, LedgerForked.
    """
    recorder.folder.ledger.mkdir(mode=0o700, exist_ok=True)
    publish(recorder.control.ledger, recorder.folder.ledger, cosigners(recorder))


def cosigners(recorder: Recorder) -> list[PublicKey]:
    """Who cosigns this ledger, as far as is known here."""
    keys = office_keys(recorder)
    return [] if keys is None else [keys.cosign]
