"""Facts that the recorder tells. Readers pass over names they do not know: a later recorder may tell more."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field


class Fact(BaseModel):
    """A fact; names of later versions are kept and passed on."""

    model_config = ConfigDict(extra="allow", frozen=True, hide_input_in_errors=True)


State = Literal["ok", "warning", "failing"]
"""How a recorder or camera does: nothing to do, look at it soon, act now."""


class Finding(Fact):
    """Something that is not as it should be. ``code`` is stable; figures only, never a picture."""

    code: str
    camera: str | None = None
    since: str
    ja: str
    en: str
    figures: dict[str, float | int | str] = {}


class CameraStatus(Fact):
    """One camera now."""

    id: str
    state: State
    watched: bool
    recording: bool


class LedgerStatus(Fact):
    """The recorder's own ledger. ``overdue``: cosigners who are late."""

    origin: str
    size: int
    writable: bool
    overdue: list[str] = []


class HoldsStatus(Fact):
    """What is held now, and how much more may be."""

    count: int
    seconds: float
    bytes: int
    free_bytes: int


class Status(Fact):
    """The recorder now. ``at`` and ``since``: ISO 8601 with offset."""

    site: str
    recorder: str
    version: str
    at: str
    time_quality: str
    state: State
    cameras: list[CameraStatus]
    findings: list[Finding]
    ledger: LedgerStatus
    holds: HoldsStatus


class VisitPart(Fact):
    """A clip of a visit, or the place where one was."""

    start: str = Field(alias="from")
    end: str = Field(alias="to")
    state: str


class VisitItem(Fact):
    """A visit as ``mihariban visits --json`` prints it."""

    id: str
    recorder: str
    camera: str
    started_at: str
    ended_at: str | None
    recorded_from: str
    recorded_to: str | None
    expires_at: str | None
    held_until: str | None
    seconds: float
    bytes: int
    state: str
    policy: str
    parts: list[VisitPart]


class Event(Fact):
    """An entry of the recorder's ledger. ``texts``: commitments (hex) to the names and texts not erased since."""

    seq: int
    entry: dict[str, Any]
    texts: dict[str, str] = {}


class EventPage(Fact):
    """Entries from a cursor on. ``next`` is the cursor of what follows; ``size`` the entries there are."""

    events: list[Event]
    next: int
    size: int


class CheckpointReply(Fact):
    """The newest checkpoint (signed note), and the proof (Base 64) that it continues ``old`` entries."""

    checkpoint: str
    old: int
    proof: list[str]


class CosignReply(Fact):
    """A cosignature, as a line of a signed note without its newline."""

    signature: str


class Cosignature(BaseModel):
    """A cosignature that is given to the recorder's checkpoint of ``size``: the line without its newline."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    size: Annotated[int, Field(ge=0, lt=1 << 63)]
    signature: Annotated[str, Field(max_length=1000)]


class HoldState(Fact):
    """A hold as the recorder keeps it. Instants are exact to the ns; ``released``: when, None while it holds."""

    id: str
    camera: str
    start: str = Field(alias="from")
    end: str = Field(alias="to")
    basis: str
    request: str
    review: str
    placed: str
    released: str | None
    seconds: float
    bytes: int
    copied: int = 0


class Accepted(Fact):
    """An order was carried out, now or when it came before."""

    id: str
    entry: int


class SessionReply(Fact):
    """An open grant. ``token`` goes into ``Authorization: Bearer``; ``until`` ends it whatever happens."""

    id: str
    token: str
    camera: str
    start: str = Field(alias="from")
    end: str = Field(alias="to")
    until: str
    purpose: str
    path: str


class ErrorBody(Fact):
    """An error in both languages. ``size``: where MH379 and MH408 want the proof to continue from."""

    code: Annotated[str, Field(pattern="MH[0-9]{3}")]
    ja: str
    en: str
    size: int | None = None


class ErrorReply(Fact):
    """Every answer of status 400 and above."""

    error: ErrorBody
