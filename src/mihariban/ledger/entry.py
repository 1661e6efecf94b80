"""One entry: who did what to what, when by which clock, and how far it came. Facts only, no names, no free text.

An entry is canonical JSON with these names at the top. ``_seq`` comes first in sorted order, so that a verifier reads
an entry's number without parsing it.

    _seq     number of the entry in the ledger, from 0
    actor    {"role": ..., "who": commitment of the name (hex), ...} where a person acted
    basis    article of the rule
    boot     boot to which mono belongs
    case     number of the request or document
    clock    synchronised, holdover or unknown
    intent   number of the intent whose outcome this is
    mono     monotonic microseconds of that boot
    note     commitment of a free text (hex)
    object   the facts of the tag
    outcome  done, intent, failed or unknown
    t        real time, UTC, to the nanosecond
    tag      what it is about
    v        version of this form: 1
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from mihariban.base.clock import SECOND, Clock, from_datetime, to_datetime
from mihariban.ledger.canonical import Json, decode, encode
from mihariban.ledger.errors import EntryRefused
from mihariban.ledger.sentences import facts_of
from mihariban.ledger.tags import RETIRED, Outcome, Tag

VERSION = 1
CLOCK_QUALITIES = ("synchronised", "holdover", "unknown")

_REQUIRED = {"_seq": int, "boot": str, "clock": str, "mono": int, "outcome": str, "t": str, "tag": str, "v": int}
_KINDS = {**_REQUIRED, "actor": dict, "basis": str, "case": str, "intent": int, "note": str, "object": dict}


@dataclass(frozen=True, slots=True)
class Draft:
    """What is to be entered; number and time are given by the ledger.

    Args:
        tag: what it is about.
        object: the facts; nanoseconds as strings (``moment``). They stay for ever: what must be forgotten some day
            belongs into a commitment.
        actor: role and committed name of the person, see ``commitment.actor``.
        basis: article of the rule.
        case: number of the request or document.
        note: commitment of a free text, hexadecimal.
    """

    tag: Tag
    object: Mapping[str, Json] = field(default_factory=dict)
    actor: Mapping[str, Json] | None = None
    basis: str = ""
    case: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Stamp:
    """When an entry was made. ``wall`` and ``monotonic`` in ns."""

    wall: int
    monotonic: int
    boot: str
    quality: str


def stamp(clock: Clock, quality: Callable[[], str]) -> Stamp:
    """The present."""
    return Stamp(clock.wall(), clock.monotonic(), clock.boot_id(), quality())


def leaf_of(draft: Draft, seq: int, when: Stamp, outcome: Outcome = Outcome.DONE, intent: int | None = None) -> bytes:
    """The entry as bytes.

    Raises:
        EntryRefused: a fact is missing or not allowed, or the tag is retired.
    """
    if draft.tag in RETIRED:
        raise EntryRefused(why=f"{draft.tag} is no longer written")
    missing = facts_of(draft.tag) - set(draft.object)
    if missing:
        raise EntryRefused(why=f"{draft.tag} lacks {', '.join(sorted(missing))}")
    if when.quality not in CLOCK_QUALITIES:
        raise EntryRefused(why=f"{when.quality!r} is no clock quality")
    entry: dict[str, Json] = {
        "_seq": seq,
        "boot": when.boot,
        "clock": when.quality,
        "mono": when.monotonic // 1000,
        "outcome": str(outcome),
        "t": moment(when.wall),
        "tag": str(draft.tag),
        "v": VERSION,
    }
    optional = {"basis": draft.basis, "case": draft.case, "note": draft.note}
    entry.update({name: value for name, value in optional.items() if value})
    if draft.object:
        entry["object"] = dict(draft.object)
    if draft.actor is not None:
        entry["actor"] = dict(draft.actor)
    if intent is not None:
        entry["intent"] = intent
    return encode(entry)


def read_leaf(leaf: bytes) -> dict[str, Any]:
    """The entry in ``leaf``. Tags of later versions are let through.

    Raises:
        EntryRefused: not an entry.
    """
    entry = decode(leaf)
    if not set(_REQUIRED) <= set(entry) <= set(_KINDS):
        raise EntryRefused(why="its names are not those of an entry")
    if any(type(value) is not _KINDS[name] for name, value in entry.items()):
        raise EntryRefused(why="a value is of the wrong kind")
    return entry


def moment(wall: int) -> str:
    """``wall`` (ns since 1970 UTC) as text that loses nothing: 2026-11-23T08:30:00.000000000Z."""
    return f"{to_datetime(wall - wall % SECOND):%Y-%m-%dT%H:%M:%S}.{wall % SECOND:09}Z"


def from_moment(text: str) -> int:
    """The ns behind ``moment``'s text.

    Raises:
        ValueError: not of its form.
    """
    whole, point, rest = text.partition(".")
    if not point or len(rest) != 10 or rest[-1] != "Z" or not rest[:9].isdigit():
        raise ValueError(f"not a moment: {text!r}")
    second = datetime.strptime(whole, "%Y-%m-%dT%H:%M:%S").replace(tzinfo=UTC)
    return from_datetime(second) + int(rest[:9])
