"""Verifying what the office signed: no order that does not stand in its ledger, none for another recorder, none twice.

Pure: keys, the present, and what this recorder has cosigned come in as parameters. The numbered promises are in
docs/design/grants.md.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, tzinfo
from typing import Generic, TypeVar

from mihariban.base.clock import MINUTE, to_datetime
from mihariban.ledger.canonical import Json
from mihariban.ledger.checkpoint import Checkpoint, open_checkpoint
from mihariban.ledger.entry import from_moment, read_leaf
from mihariban.ledger.errors import EntryRefused, NoteMalformed, ProofInvalid, SignatureInvalid
from mihariban.ledger.hashing import EMPTY, leaf_hash
from mihariban.ledger.keys import PublicKey, base64_bytes
from mihariban.ledger.proof import check_consistency, check_inclusion
from mihariban.ledger.tags import Outcome
from mihariban.recorder.contract.errors import (
    GrantElsewhere,
    GrantForged,
    GrantNotYet,
    GrantOutdated,
    GrantReplayed,
    GrantRevoked,
)
from mihariban.recorder.contract.keys import PartyKeys
from mihariban.recorder.contract.order import Order
from mihariban.recorder.contract.signed import Proof, open_signed

CLOCK_SLACK = 2 * MINUTE
"""How far (ns) the office's clock may be ahead of the recorder's."""

O = TypeVar("O", bound=Order)  # noqa: E741  # O for order


@dataclass(frozen=True, slots=True)
class Trust:
    """What a recorder knows when it judges an order.

    Attributes:
        keys: of its office.
        site, recorder, cameras: who it is.
        now: wall ns.
        last_seen: the checkpoint of the office's ledger that it cosigned last; None for none yet.
        zone: in which its sentences tell the time.
    """

    keys: PartyKeys
    site: str
    recorder: str
    cameras: Collection[str]
    now: int
    last_seen: Checkpoint | None
    zone: tzinfo = UTC


@dataclass(frozen=True, slots=True)
class Decision(Generic[O]):
    """An order that was verified.

    Attributes:
        order: what is ordered.
        digest: identity of its content; the same decision proven anew has the same one.
        entry: number of its entry in the office's ledger, ``origin``.
        text: what travelled with it (the text of a rule).
    """

    order: O
    digest: bytes
    entry: int
    origin: str
    text: str | None

    def actor(self, who: bytes) -> dict[str, Json]:
        """The actor of the recorder's own entries.

        Args:
            who: the name, committed to anew in the recorder's own ledger (``ledger.keep_text``): it can be erased
                there too. ``office`` names the commitment in the office's ledger.
        """
        by = self.order.decided_by
        return {"role": by.role, "who": who.hex(), "office": by.name.hash, "entry": self.entry}


@dataclass(frozen=True, slots=True)
class Known:
    """What the recorder's book says of an id that came before."""

    digest: bytes
    ended: bool = False
    revoked: bool = False


def verify_order(body: bytes, kind: type[O], trust: Trust) -> Decision[O]:
    """The order in ``body``, after everything about it was verified.

    Raises:
        GrantMalformed, GrantForged, GrantElsewhere, GrantNotYet, GrantOutdated: see there.
    """
    if trust.keys.grant is None:
        raise GrantForged(why="no grant key of the office is known here")
    opened = open_signed(body, kind, trust.keys.grant)
    order = opened.order
    _check_here(order, trust)
    if from_moment(order.issued) > trust.now + CLOCK_SLACK:
        issued = to_datetime(from_moment(order.issued), trust.zone)
        raise GrantNotYet(grant=order.id, issued=f"{issued:%Y-%m-%d %H:%M:%S}")
    leaf = _check_proof(opened.proof, trust)
    _check_entry(leaf, opened.proof.index, order)
    return Decision(order, order.digest(), opened.proof.index, trust.keys.ledger.name, opened.text)


def check_fresh(decision: Decision[O], known: Known | None) -> bool:
    """Whether an order is new; False where the same decision came before, so that it is answered and not done again.

    Raises:
        GrantRevoked: it was taken back.
        GrantReplayed: its id was used for another decision, or it has ended.
    """
    if known is None:
        return True
    grant = decision.order.id
    if known.digest != decision.digest:
        raise GrantReplayed(grant=grant, why="its id was used for another decision")
    if known.revoked:
        raise GrantRevoked(grant=grant)
    if known.ended:
        raise GrantReplayed(grant=grant, why="it was used and has ended")
    return False


def check_sequence(decision: Decision[O], sequence: int, last: int) -> None:
    """Make sure that a push is newer than the last one that was taken.

    Raises:
        GrantReplayed: it is not.
    """
    if sequence <= last:
        raise GrantReplayed(grant=decision.order.id, why=f"push {sequence} comes after push {last}")


def _check_here(order: Order, trust: Trust) -> None:
    if order.site != trust.site:
        raise GrantElsewhere(what="site", found=order.site, here=trust.site)
    if order.recorder != trust.recorder:
        raise GrantElsewhere(what="recorder", found=order.recorder, here=trust.recorder)
    camera = getattr(order, "camera", None)
    if camera is not None and camera not in trust.cameras:
        raise GrantElsewhere(what="camera", found=camera, here=", ".join(sorted(trust.cameras)) or "-")


def _check_proof(proof: Proof, trust: Trust) -> bytes:
    """The entry's bytes, after its place under a checkpoint that continues what was cosigned here was verified."""
    shown = _checkpoint(proof.checkpoint, trust.keys.ledger)
    seen = trust.last_seen or Checkpoint(shown.origin, 0, EMPTY)
    if proof.continues != seen.size or shown.size < seen.size:
        raise GrantOutdated(size=seen.size)
    leaf = base64_bytes(proof.leaf, "entry")
    try:
        check_consistency(seen.size, shown.size, seen.root, shown.root, _hashes(proof.growth))
        check_inclusion(proof.index, shown.size, leaf_hash(leaf), _hashes(proof.inclusion), shown.root)
    except ProofInvalid as error:
        raise GrantForged(why=str(error.facts["why"])) from None
    return leaf


def _checkpoint(note: str, key: PublicKey) -> Checkpoint:
    try:
        shown, _ = open_checkpoint(note.encode(), key)
    except (NoteMalformed, SignatureInvalid) as error:
        raise GrantForged(why=f"its checkpoint: {error.facts['why']}") from None
    if shown.origin != key.name:
        raise GrantForged(why="its checkpoint is of another ledger")
    return shown


def _check_entry(leaf: bytes, index: int, order: Order) -> None:
    """The entry says the same as the order, in every fact."""
    try:
        entry = read_leaf(leaf)
    except EntryRefused:
        raise GrantForged(why="its entry is no entry") from None
    draft = order.draft()
    wanted = {
        "_seq": index,
        "tag": str(draft.tag),
        "outcome": str(Outcome.DONE),
        "object": draft.object,
        "actor": draft.actor,
        "basis": draft.basis,
        "case": draft.case,
        "note": draft.note,
    }
    if any(entry.get(name) != value for name, value in wanted.items()):
        raise GrantForged(why="its entry in the office's ledger says something else")


def _hashes(texts: list[str]) -> list[bytes]:
    return [base64_bytes(each, "proof") for each in texts]
