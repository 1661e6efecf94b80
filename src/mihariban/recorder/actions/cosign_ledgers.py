"""Recorder and office cosign each other's checkpoints, so that neither can rewrite its book alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mihariban.base.clock import HOUR
from mihariban.ledger.checkpoint import Checkpoint, open_checkpoint
from mihariban.ledger.entry import Draft
from mihariban.ledger.errors import LedgerForked
from mihariban.ledger.keys import PublicKey, Signer
from mihariban.ledger.note import Note, Signature
from mihariban.ledger.tags import Tag
from mihariban.ledger.witness import Request, Witness, overdue
from mihariban.recorder.contract.errors import NoSuchThing
from mihariban.recorder.contract.keys import OFFICE_KEYS, PartyKeys, load_keys
from mihariban.recorder.control.base import COSIGN_KEY

if TYPE_CHECKING:
    from mihariban.recorder.service import Recorder


COSIGN_WITHIN = 25 * HOUR
"""A cosignature older than this (ns) is overdue: a day and a little."""


def office_keys(recorder: Recorder) -> PartyKeys | None:
    """Keys of the office; None where none was laid here yet."""
    path = recorder.folder.recorder / OFFICE_KEYS
    return load_keys(path) if path.exists() else None


def late_cosigners(recorder: Recorder, wall: int) -> list[str]:
    """Names of cosigners who are overdue: an alarm, never a reason to stop."""
    keys = office_keys(recorder)
    if keys is None or wall - recorder.control.created() < COSIGN_WITHIN:
        return []
    late = overdue(recorder.control.ledger, [keys.cosign], wall, COSIGN_WITHIN)
    return [key.name for key in late]


def last_seen(recorder: Recorder, office: PublicKey) -> Checkpoint | None:
    """The checkpoint of the office's ledger that was cosigned last."""
    seen = recorder.control.store.seen(office.name)
    return None if seen is None else open_checkpoint(seen[1], office)[0]


def cosign(recorder: Recorder, asked: Request) -> Signature:
    """Cosign the office's checkpoint.

    Raises:
        SignatureInvalid, CosignConflict, NoteMalformed: see ``Witness.cosign``.
        LedgerForked: it contradicts what was cosigned; the refusal is entered.
    """
    keys = office_keys(recorder)
    logs = {} if keys is None else {keys.ledger.name: keys.ledger}
    signer = Signer.load(recorder.folder.recorder / COSIGN_KEY)
    witness = Witness(signer, logs, recorder.control.store, recorder.clock.wall)
    try:
        with recorder.control.transaction():
            return witness.cosign(asked)
    except LedgerForked as error:
        facts = {"origin": str(error.facts["origin"]), "cause": error.code}
        with recorder.control.transaction() as db:
            recorder.control.ledger.append(db, Draft(Tag.COSIGN_CHECKPOINT_REFUSE, facts))
        raise


def add_cosignature(recorder: Recorder, size: int, signature: Signature) -> Note:
    """Keep the office's cosignature under our checkpoint of ``size``.

    Raises:
        NoSuchThing: no office is known here.
        SignatureInvalid: it is false, or there is no such checkpoint any more.
    """
    keys = office_keys(recorder)
    if keys is None:
        raise NoSuchThing(what="office to be cosigned by")
    return recorder.control.ledger.add_cosignature(size, signature, keys.cosign)
