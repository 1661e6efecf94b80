"""Deciding: each order is a change of the office's own book with its entry, then a signed document that proves it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, TypeVar

from django.db.models import Max
from pydantic import ValidationError

from mihariban.base.ids import id_text, new_id
from mihariban.ledger.canonical import Json, encode
from mihariban.ledger.checkpoint import parse_checkpoint
from mihariban.ledger.entry import moment
from mihariban.ledger.errors import LedgerRolledBack
from mihariban.ledger.keys import base64_text
from mihariban.office.book import OfficeBook
from mihariban.policy import CalendarEntry
from mihariban.recorder.contract.errors import GrantMalformed, NoSuchThing
from mihariban.recorder.contract.keys import PartyKeys
from mihariban.recorder.contract.order import Order
from mihariban.recorder.contract.orders import (
    CalendarOrder,
    GrantOrder,
    HoldOrder,
    PolicyOrder,
    Purpose,
    ReleaseOrder,
    RevokeOrder,
    StillOrder,
)
from mihariban.recorder.contract.signed import Proof, first_fault, seal

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper
    from django.db.models import QuerySet

    from mihariban.office.base.models import OrderIssued

O = TypeVar("O", bound=Order)  # noqa: E741  # O for order

_KINDS: dict[str, type[Order]] = {
    each.kind: each
    for each in (GrantOrder, RevokeOrder, HoldOrder, ReleaseOrder, CalendarOrder, PolicyOrder, StillOrder)
}


@dataclass(frozen=True, slots=True)
class Decided:
    """Who decided and why. ``basis``: article of the rule; ``request``: number of the paper."""

    role: str
    name: str
    reason: str
    basis: str
    request: str


@dataclass(frozen=True, slots=True)
class Party:
    """A recorder as its office knows it."""

    site: str
    recorder: str
    keys: PartyKeys


class Office:
    """Signs for one recorder.

    Args:
        book: the office's book.
        party: the recorder.
    """

    def __init__(self, book: OfficeBook, party: Party) -> None:
        self.book = book
        self.party = party
        self._ledger = book.ledger

    # Deciding. Each returns the order's id; ``present`` makes the document of it. Instants are wall ns.

    def issue_grant(
        self, decided: Decided, *, camera: str, start: int, end: int, until: int, purpose: Purpose = "view"
    ) -> str:
        """Footage of ``camera`` from ``start`` up to and without ``end`` may be seen or extracted until ``until``.

        Raises:
            GrantMalformed: it ends before it begins, or says something else that no grant may; nothing was entered.
            LedgerUnwritable: nothing was decided.
        """
        facts = {**_span(camera, start, end), "until": moment(until), "purpose": purpose}
        return self._issue(GrantOrder, decided, facts)

    def revoke_grant(self, decided: Decided, grant: str) -> str:
        """A grant is taken back."""
        return self._issue(RevokeOrder, decided, {"grant": grant})

    def order_hold(self, decided: Decided, *, camera: str, start: int, end: int, review: int) -> str:
        """Footage is kept beyond its deadline; the manager reviews it at ``review``."""
        return self._issue(HoldOrder, decided, {**_span(camera, start, end), "review": moment(review)})

    def release_hold(self, decided: Decided, hold: str) -> str:
        """A hold ends."""
        return self._issue(ReleaseOrder, decided, {"hold": hold})

    def push_calendar(self, decided: Decided, put: Sequence[CalendarEntry], withdrawn: Sequence[str] = ()) -> str:
        """Calendar entries are put or withdrawn."""
        facts: dict[str, Json] = {"put": [each.to_json() for each in put], "withdrawn": list(withdrawn)}
        return self._issue(CalendarOrder, decided, facts, pushed=True)

    def push_policy(self, decided: Decided, *, text: str, version: str, document_number: str) -> str:
        """A version of the rule."""
        facts = {
            "version": version,
            "sha256": sha256(text.encode()).hexdigest(),
            "document_number": document_number,
        }
        return self._issue(PolicyOrder, decided, facts, text=text, pushed=True)

    def order_still(self, decided: Decided, camera: str) -> str:
        """One picture for setting a camera up."""
        return self._issue(StillOrder, decided, {"camera": camera})

    def present(self, order: str, continues: int | None = None) -> bytes:
        """The signed document of an order, with its proof as of now. The same decision may be presented again.

        Args:
            order: its id.
            continues: size of our checkpoint that the recorder cosigned last; as far as we know where it is not given.

        Raises:
            NoSuchThing: no such order, or a name in it has been erased.
            LedgerRolledBack: the recorder has cosigned more entries than this ledger holds.
        """
        row = self._row(order)
        return seal(self._restore(row), self._proof(row.entry, continues), self.book.keys.grant, row.text)

    def order(self, order: str) -> Order:
        """An order that was issued.

        Raises:
            NoSuchThing: there is none, or a name in it has been erased.
        """
        return self._restore(self._row(order))

    def _issue(
        self,
        kind: type[O],
        decided: Decided,
        facts: Mapping[str, Json],
        *,
        text: str | None = None,
        pushed: bool = False,
    ) -> str:
        wall = self.book.clock.wall()
        identity = id_text(new_id(wall, self.book.random))
        with self._ledger.change() as change:
            core: dict[str, Json] = {**facts, "id": identity, "issued": moment(wall)}
            sequence = self._next_sequence(kind) if pushed else None
            if sequence is not None:
                core["sequence"] = sequence
            core.update(self._who(change.db, decided))
            order = _validated(kind, core)
            entry = change.enter(order.draft())
            self._rows.create(
                id=identity,
                kind=kind.kind,
                site=order.site,
                recorder=order.recorder,
                entry=entry,
                sequence=sequence,
                core=_without_texts(order),
                text=text,
            )
        return identity

    def _who(self, db: BaseDatabaseWrapper, decided: Decided) -> dict[str, Json]:
        return {
            "site": self.party.site,
            "recorder": self.party.recorder,
            "decided_by": {"role": decided.role, "name": self._commit(db, decided.name)},
            "reason": self._commit(db, decided.reason),
            "basis": decided.basis,
            "request": decided.request,
        }

    def _commit(self, db: BaseDatabaseWrapper, text: str) -> dict[str, str]:
        try:
            return self._committed(self._ledger.keep_text(db, text).hex())
        except UnicodeEncodeError:
            raise GrantMalformed(why="half of a surrogate pair in a name or reason") from None

    def _committed(self, hash_: str) -> dict[str, str]:
        made = self._ledger.text(bytes.fromhex(hash_))
        if made is None:
            raise NoSuchThing(what="text of this order any more: it was erased")
        return {"text": made.text, "salt": made.salt.hex(), "hash": hash_}

    def _next_sequence(self, kind: type[O]) -> int:
        pushed = self._rows.filter(kind=kind.kind, site=self.party.site, recorder=self.party.recorder)
        return (pushed.aggregate(last=Max("sequence"))["last"] or 0) + 1

    @property
    def _rows(self) -> QuerySet[OrderIssued]:
        from mihariban.office.base.models import OrderIssued  # known once Django is set up

        return OrderIssued.objects.using(self.book.alias).all()

    def _row(self, order: str) -> OrderIssued:
        row = self._rows.filter(pk=order).first()
        if row is None:
            raise NoSuchThing(what=f"order {order}")
        return row

    def _restore(self, row: OrderIssued) -> Order:
        core = json.loads(row.core)
        core["reason"] = self._committed(core["reason"])
        core["decided_by"]["name"] = self._committed(core["decided_by"]["name"])
        return _validated(_KINDS[row.kind], core)

    def _proof(self, entry: int, continues: int | None) -> Proof:
        note = self._ledger.checkpoint()
        size = parse_checkpoint(note.text).size
        if continues is None:
            continues = (self._ledger.cosigned(self.party.keys.cosign) or (0, 0))[0]
        if continues > size:
            raise LedgerRolledBack(origin=self._ledger.origin, size=continues, found=size)
        return Proof(
            index=entry,
            leaf=base64_text(self._ledger.store.leaves(entry, entry + 1)[0]),
            checkpoint=note.encode().decode(),
            inclusion=[base64_text(each) for each in self._ledger.inclusion(entry, size)],
            continues=continues,
            growth=[base64_text(each) for each in self._ledger.consistency(continues, size)],
        )


def _span(camera: str, start: int, end: int) -> dict[str, Json]:
    return {"camera": camera, "from": moment(start), "to": moment(end)}


def _validated(kind: type[O], core: Mapping[str, Json]) -> O:
    try:
        return kind.model_validate(core)
    except ValidationError as error:
        raise GrantMalformed(why=first_fault(error)) from None


def _without_texts(order: Order) -> str:
    core = dict(order.core())
    core["reason"] = order.reason.hash
    core["decided_by"] = {"role": order.decided_by.role, "name": order.decided_by.name.hash}
    return encode(core).decode()
