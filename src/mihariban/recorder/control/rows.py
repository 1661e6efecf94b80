"""What the rows of control.db say, for those who read them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from mihariban.base import sqlite


@dataclass(frozen=True, slots=True)
class VisitRow:
    """One visit as the book holds it. Instants are wall ns since 1970 UTC; see ``schema.sql``."""

    id: bytes
    camera: str
    policy: str
    started: int
    ended: int | None
    recorded_from: int
    recorded_to: int | None
    reason: str
    score: float
    end_reason: str | None
    end_score: float | None
    handovers: list[int]
    left_behind: list[int]
    expires: int | None
    erased: int | None


@dataclass(frozen=True, slots=True)
class Span:
    """A gap or a closed period. ``ended`` is None while it lasts."""

    camera: str
    started: int
    ended: int | None
    cause: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class LifeRow:
    """A life of the recorder's process. ``ended`` is None while it lives, and after a crash."""

    started: int
    last_seen: int
    ended: int | None


@dataclass(frozen=True, slots=True)
class HoldRow:
    """One hold; see ``schema-2.sql``. ``document`` is what the office ordered."""

    id: bytes
    camera: str
    from_wall: int
    to_wall: int
    document: Mapping[str, Any]
    review: int | None
    kept_ns: int
    bytes: int
    placed: int
    released: int | None


@dataclass(frozen=True, slots=True)
class ErasureRow:
    """One clip whose key is gone; see ``schema-2.sql``."""

    clip: bytes
    visit: bytes
    camera: str
    region: int
    generation: int
    filmed_from: int
    filmed_to: int
    bytes: int
    deadline: int
    cause: str
    destroyed: int
    read_back: bool
    overwritten: int | None
    level: str


@dataclass(frozen=True, slots=True)
class FindingRow:
    """A finding of camera or machine. ``ended`` is None while it lasts."""

    kind: str
    subject: str
    began: int
    ended: int | None
    figures: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class GrantRow:
    """A grant that was opened; see ``schema-2.sql``."""

    id: str
    digest: bytes
    camera: str
    from_wall: int
    to_wall: int
    purpose: str
    request: str
    until_wall: int
    opened: int
    closed: int | None
    revoked: int | None


@dataclass(frozen=True, slots=True)
class PastVisit:
    """What stays of a visit when its footage is gone: local date, hour, whole seconds."""

    camera: str
    date: str
    hour: int
    seconds: int
    policy: str


def visit_row(row: sqlite.Row) -> VisitRow:
    """A row of ``visit``."""
    facts = dict(row)
    facts["handovers"] = json.loads(facts["handovers"])
    facts["left_behind"] = json.loads(facts["left_behind"])
    return VisitRow(**facts)


def hold_row(row: sqlite.Row) -> HoldRow:
    """A row of ``hold``."""
    facts = dict(row)
    facts["document"] = json.loads(facts["document"])
    return HoldRow(**facts)


def erasure_row(row: sqlite.Row) -> ErasureRow:
    """A row of ``erasure``."""
    facts = dict(row)
    facts["read_back"] = bool(facts["read_back"])
    return ErasureRow(**facts)


def finding_row(row: sqlite.Row) -> FindingRow:
    """A row of ``finding``."""
    facts = dict(row)
    del facts["id"]
    facts["figures"] = json.loads(facts["figures"])
    return FindingRow(**facts)
