"""Kinds of values in signed documents, and their base: strict, frozen, no unknown names, strings and integers only."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from mihariban.base.ids import id_bytes
from mihariban.ledger.entry import from_moment, moment
from mihariban.ledger.errors import NoteMalformed
from mihariban.ledger.keys import base64_bytes

MAX_INSTANT = 1 << 62
"""Latest instant in ns that volume and book can hold (year 2116)."""

_HEX32 = re.compile(r"[0-9a-f]{64}")
_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:-]{0,63}")


class Signed(BaseModel):
    """A part of a signed document."""

    # what was written may be a name: it must not reach a message or a traceback
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, hide_input_in_errors=True)


def _moment(text: str) -> str:
    try:
        wall = from_moment(text)
    except (ValueError, OverflowError):
        raise ValueError("not a moment to the nanosecond in UTC") from None
    if not 0 <= wall < MAX_INSTANT or moment(wall) != text:
        raise ValueError("not a moment to the nanosecond in UTC")
    return text


def _ulid(text: str) -> str:
    id_bytes(text)  # its ValueError is what pydantic expects
    return text


def _hash(text: str) -> str:
    if not _HEX32.fullmatch(text):
        raise ValueError("not 32 bytes in hexadecimal")
    return text


def _base64(text: str) -> str:
    try:
        base64_bytes(text, "proof")
    except NoteMalformed:
        raise ValueError("not Base 64") from None
    return text


def _plain(text: str) -> str:
    if not _PLAIN.fullmatch(text):
        raise ValueError("not a plain name")
    return text


Moment = Annotated[str, AfterValidator(_moment)]
"""An instant, exact to the nanosecond: 2026-11-23T08:30:00.000000000Z."""

Id = Annotated[str, AfterValidator(_ulid)]
"""26 letters, see base.ids."""

Hash = Annotated[str, AfterValidator(_hash)]
"""32 bytes in hexadecimal."""

Plain = Annotated[str, AfterValidator(_plain)]
"""Id of a site, recorder or camera."""

Base64 = Annotated[str, AfterValidator(_base64)]
Line = Annotated[str, Field(min_length=1, max_length=200)]
Count = Annotated[int, Field(ge=0, le=(1 << 53) - 1)]
