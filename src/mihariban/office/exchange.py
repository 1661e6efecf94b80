"""Office and recorder: delivering orders, and cosigning each other's ledgers."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from mihariban.ledger.checkpoint import parse_checkpoint
from mihariban.ledger.entry import Draft
from mihariban.ledger.errors import CosignConflict, LedgerForked
from mihariban.ledger.keys import PublicKey, base64_bytes
from mihariban.ledger.note import Signature, parse_note
from mihariban.ledger.tags import Tag
from mihariban.ledger.witness import Request, Witness, request
from mihariban.ledger.witness import overdue as _overdue
from mihariban.office.signer import Office
from mihariban.recorder.client import RecorderClient
from mihariban.recorder.contract.errors import GrantOutdated

T = TypeVar("T")


def deliver(office: Office, order: str, send: Callable[[bytes], T]) -> T:
    """Present an order to the recorder: ``deliver(office, grant, client.open_grant)``.

    Where the recorder has cosigned more than we knew of, the same decision is proven anew, once.

    Raises:
        whatever ``send`` raises.
    """
    try:
        return send(office.present(order))
    except GrantOutdated as error:
        return send(office.present(order, continues=_size(error)))


def exchange(office: Office, client: RecorderClient) -> None:
    """Cosign the recorder's newest checkpoint and have ours cosigned.

    Raises:
        LedgerForked: one of the two ledgers contradicts what was cosigned; the refusal is entered. Tell the auditor.
        RecorderUnavailable: try again later; late is a finding (``overdue``), never a reason to stop.
    """
    cosign_recorder(office, client)
    have_cosigned(office, client)


def cosign_recorder(office: Office, client: RecorderClient) -> Signature:
    """Cosign the recorder's newest checkpoint, where it continues what we cosigned last, and give it the line."""
    book, key = office.book, office.party.keys.ledger
    store = book.ledger.store
    seen = store.seen(key.name)
    reply = client.checkpoint(seen[0] if seen else 0)
    note = parse_note(reply.checkpoint.encode())
    proof = tuple(base64_bytes(each, "consistency proof") for each in reply.proof)
    witness = Witness(book.keys.cosign, {key.name: key}, store, book.clock.wall)
    try:
        with store.transaction():
            signature = witness.cosign(Request(reply.old, proof, note.encode()))
    except LedgerForked as error:
        with book.ledger.change(Draft(Tag.COSIGN_CHECKPOINT_REFUSE, {"origin": key.name, "cause": error.code})):
            pass
        raise
    client.add_cosignature(parse_checkpoint(note.text).size, signature)
    return signature


def have_cosigned(office: Office, client: RecorderClient) -> None:
    """Have the recorder cosign our newest checkpoint."""
    ledger, key = office.book.ledger, office.party.keys.cosign
    note = ledger.checkpoint()
    size = parse_checkpoint(note.text).size
    known = ledger.cosigned(key)
    try:
        signature = client.cosign(request(ledger, note, known[0] if known else 0))
    except CosignConflict as error:  # its last cosignature got lost on the way to us
        signature = client.cosign(request(ledger, note, _size(error)))
    ledger.add_cosignature(size, signature, key)


def overdue(office: Office, limit: int) -> list[PublicKey]:
    """The recorder's cosigning key where its newest cosignature is older than ``limit`` ns, else nothing."""
    return _overdue(office.book.ledger, [office.party.keys.cosign], office.book.clock.wall(), limit)


def _size(error: GrantOutdated | CosignConflict) -> int:
    size = error.facts.get("size")
    return size if isinstance(size, int) else 0
