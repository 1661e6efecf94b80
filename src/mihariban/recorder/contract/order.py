"""What every order of the office says: who decided, why, under which article, for which recorder.

An order knows the entry it has in the office's ledger (``draft``): the recorder makes the same draft from the order it
was given and compares. So nothing can be ordered that does not stand in the book, in the same words.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from hashlib import sha256
from typing import Annotated, ClassVar, Self

from pydantic import Field, model_validator

from mihariban.ledger.canonical import Json, encode
from mihariban.ledger.commitment import Commitment, actor, opens
from mihariban.ledger.entry import Draft
from mihariban.ledger.tags import Tag
from mihariban.recorder.contract.fields import Hash, Id, Line, Moment, Plain, Signed


class Kind(StrEnum):
    """What a signed document is; part of what is signed, so that none can pass for another."""

    GRANT = "grant"
    REVOKE = "revoke"
    HOLD = "hold"
    RELEASE = "release"
    CALENDAR = "calendar"
    POLICY = "policy"
    STILL = "still"


class Committed(Signed):
    """A text, with the salt under which the office's ledger holds its hash."""

    text: Annotated[str, Field(min_length=1, max_length=2000, repr=False)]  # no name in a log
    salt: Annotated[Hash, Field(repr=False)]
    hash: Hash

    @model_validator(mode="after")
    def _opens(self) -> Self:
        try:
            held = opens(bytes.fromhex(self.hash), bytes.fromhex(self.salt), self.text)
        except UnicodeEncodeError:
            held = False
        if not held:
            raise ValueError("the text is not the one that was committed to")
        return self

    @classmethod
    def of(cls, made: Commitment) -> Committed:
        """The text behind a commitment of the ledger."""
        return cls(text=made.text, salt=made.salt.hex(), hash=made.hash.hex())


class Decider(Signed):
    """Who decided: a role of the rule, and the name as committed in the office's ledger."""

    role: Plain
    name: Committed


class Order(Signed):
    """What every order says. ``basis`` is an article of the rule, ``request`` the number of the paper."""

    kind: ClassVar[Kind]

    id: Id
    site: Plain
    recorder: Plain
    issued: Moment
    decided_by: Decider
    reason: Committed
    basis: Line
    request: Line

    def core(self) -> dict[str, Json]:
        """The order as an object for canonical JSON; names that are not set are left out."""
        found: dict[str, Json] = self.model_dump(by_alias=True, exclude_none=True)
        return found

    def digest(self) -> bytes:
        """Hash of the order: what its entry in the office's ledger commits to. Salts inside keep names unguessable."""
        return sha256(encode(self.core())).digest()

    def draft(self) -> Draft:
        """The entry that this order has in the office's ledger."""
        return Draft(
            self._tag(),
            {
                **self._facts(),
                "order": self.id,
                "site": self.site,
                "recorder": self.recorder,
                "digest": self.digest().hex(),
            },
            actor=actor(self.decided_by.role, bytes.fromhex(self.decided_by.name.hash)),
            basis=self.basis,
            case=self.request,
            note=self.reason.hash,
        )

    def _tag(self) -> Tag:
        raise NotImplementedError  # each kind has its own

    def _facts(self) -> Mapping[str, Json]:
        raise NotImplementedError
