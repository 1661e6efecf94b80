"""The orders of the office: grants, holds, releases, calendar, rule, set-up stills. Instants are UTC, to the ns."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, model_validator

from mihariban.ledger.canonical import Json
from mihariban.ledger.entry import from_moment
from mihariban.ledger.tags import Tag
from mihariban.policy import CalendarEntry
from mihariban.policy.errors import CalendarEntryInvalid
from mihariban.recorder.contract.fields import Count, Hash, Id, Line, Moment, Plain
from mihariban.recorder.contract.order import Kind, Order


class _Span(Order):
    """An order about footage of one camera, from ``from`` up to and without ``to``."""

    camera: Plain
    start: Moment = Field(alias="from")
    end: Moment = Field(alias="to")

    @model_validator(mode="after")
    def _forward(self) -> Self:
        if from_moment(self.end) <= from_moment(self.start):
            raise ValueError("it ends before it begins")
        return self

    def _facts(self) -> Mapping[str, Json]:
        return {"camera": self.camera, "from": self.start, "to": self.end}


Purpose = Literal["view", "extract"]
"""What a grant is for; single: a grant to view gives no extract."""


class GrantOrder(_Span):
    """Footage of one camera may be seen, or extracted, until ``until``."""

    kind: ClassVar[Kind] = Kind.GRANT
    purpose: Purpose
    until: Moment

    @model_validator(mode="after")
    def _lasts(self) -> Self:
        if from_moment(self.until) <= from_moment(self.issued):
            raise ValueError("it expires before it was issued")
        return self

    def _tag(self) -> Tag:
        return Tag.GRANT_FOOTAGE_ISSUE

    def _facts(self) -> Mapping[str, Json]:
        return {**super()._facts(), "grant": self.id, "purpose": self.purpose, "until": self.until}


class RevokeOrder(Order):
    """A grant is taken back; an open session ends."""

    kind: ClassVar[Kind] = Kind.REVOKE
    grant: Id

    def _tag(self) -> Tag:
        return Tag.GRANT_FOOTAGE_REVOKE

    def _facts(self) -> Mapping[str, Json]:
        return {"grant": self.grant}


class HoldOrder(_Span):
    """Footage is kept beyond its deadline. ``review``: when the manager looks at it again."""

    kind: ClassVar[Kind] = Kind.HOLD
    review: Moment

    def _tag(self) -> Tag:
        return Tag.HOLD_FOOTAGE_PLACE

    def _facts(self) -> Mapping[str, Json]:
        return {**super()._facts(), "hold": self.id, "review": self.review}


class ReleaseOrder(Order):
    """A hold ends; what is past its deadline is erased."""

    kind: ClassVar[Kind] = Kind.RELEASE
    hold: Id

    def _tag(self) -> Tag:
        return Tag.HOLD_FOOTAGE_RELEASE

    def _facts(self) -> Mapping[str, Json]:
        return {"hold": self.hold}


class CalendarOrder(Order):
    """Calendar entries are put or withdrawn. ``sequence`` counts up; an older push is refused.

    Attributes:
        put: calendar entries, each the JSON of ``policy.CalendarEntry``.
        withdrawn: ids of entries.
    """

    kind: ClassVar[Kind] = Kind.CALENDAR
    sequence: Count
    put: Annotated[list[str], Field(max_length=64)]
    withdrawn: Annotated[list[Line], Field(max_length=64)]

    @model_validator(mode="after")
    def _sound(self) -> Self:
        try:
            ids = [each.id for each in self.entries()] + self.withdrawn
        except CalendarEntryInvalid:
            raise ValueError("not a calendar entry") from None
        if not ids or len(set(ids)) != len(ids):
            raise ValueError("no entry, or one entry twice")
        return self

    def entries(self) -> list[CalendarEntry]:
        """The entries that are put."""
        return [CalendarEntry.from_json(each) for each in self.put]

    def _tag(self) -> Tag:
        return Tag.CALENDAR_ENTRY_PUT if self.put else Tag.CALENDAR_ENTRY_WITHDRAW

    def _facts(self) -> Mapping[str, Json]:
        ids = [each.id for each in self.entries()]
        return {
            "entry": " ".join(ids or self.withdrawn),
            "put": ids,
            "withdrawn": self.withdrawn,
            "sequence": self.sequence,
        }


class PolicyOrder(Order):
    """A version of the rule; its text travels beside the document, bound by its hash.

    Attributes:
        sequence: counts up; an older push is refused.
        version: of the rule, as its text says.
        sha256: of the text in UTF-8.
    """

    kind: ClassVar[Kind] = Kind.POLICY
    sequence: Count
    version: Line
    sha256: Hash
    document_number: Line

    def _tag(self) -> Tag:
        return Tag.POLICY_VERSION_USE

    def _facts(self) -> Mapping[str, Json]:
        return {
            "version": self.version,
            "sha256": self.sha256,
            "document": self.document_number,
            "sequence": self.sequence,
        }


class StillOrder(Order):
    """One picture of a camera for setting it up. It is given out and never kept."""

    kind: ClassVar[Kind] = Kind.STILL
    camera: Plain

    def _tag(self) -> Tag:
        return Tag.FOOTAGE_STILL_TAKE

    def _facts(self) -> Mapping[str, Json]:
        return {"camera": self.camera}
