"""Canonical JSON: one value, one sequence of bytes (RFC 8785 for the part of JSON that is allowed here).

Allowed are strings, integers of at most 53 bits, lists, and objects with plain names. Not allowed: floats (their text
differs between languages), booleans and null (write "yes", or leave the name out). What needs more than 53 bits, such
as nanoseconds, is a string.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from mihariban.ledger.errors import EntryRefused

Json = str | int | Sequence["Json"] | Mapping[str, "Json"]
"""What an entry may hold."""

MAX_INTEGER = (1 << 53) - 1
MAX_DEPTH = 8
MAX_BYTES = 65_535
"""Longest entry: an entry bundle writes its length as 16 bits (C2SP tlog-tiles)."""

_NAME = re.compile(r"[A-Za-z0-9_.:-]{1,64}")
_ENCODER = json.JSONEncoder(ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":"))


def encode(value: Mapping[str, Json]) -> bytes:
    """``value`` as canonical JSON.

    Raises:
        EntryRefused: it holds what is not allowed, or is longer than ``MAX_BYTES``.
    """
    _check(value, "", MAX_DEPTH)
    try:
        data = _ENCODER.encode(value).encode("utf-8")
    except UnicodeEncodeError:
        raise EntryRefused(why="half of a surrogate pair in a string") from None
    if len(data) > MAX_BYTES:
        raise EntryRefused(why=f"{len(data)} bytes, at most {MAX_BYTES}")
    return data


def decode(data: bytes) -> dict[str, Any]:
    """The object behind canonical JSON; accepts no other spelling of the same value.

    Raises:
        EntryRefused: not canonical.
    """
    try:
        value = json.loads(data.decode("utf-8"), parse_float=_no_float, parse_constant=_no_float)
    except (ValueError, RecursionError) as error:
        raise EntryRefused(why=f"not JSON: {error}") from None
    if not isinstance(value, dict):
        raise EntryRefused(why="not an object")
    if encode(value) != data:
        raise EntryRefused(why="not the canonical spelling")
    return value


def _no_float(text: str) -> Any:
    raise ValueError(f"{text} is not an integer")


def _check(value: object, where: str, depth: int) -> None:
    kind = type(value)
    if kind is str:
        return
    if kind is int:
        if not -MAX_INTEGER <= value <= MAX_INTEGER:  # type: ignore[operator]  # its type was just compared
            raise EntryRefused(why=f"{where}: an integer of more than 53 bits; write it as a string")
    elif depth == 0:
        raise EntryRefused(why=f"{where}: nested too deep")
    elif kind is dict:
        for name, inner in value.items():  # type: ignore[attr-defined]  # the same
            if type(name) is not str or not _NAME.fullmatch(name):
                raise EntryRefused(why=f"{where}: {name!r} is not a plain name")
            _check(inner, f"{where}.{name}" if where else name, depth - 1)
    elif kind in (list, tuple):
        for inner in value:  # type: ignore[attr-defined]  # the same
            _check(inner, f"{where}[]", depth - 1)
    else:
        raise EntryRefused(why=f"{where}: {kind.__name__} is neither a string nor an integer")
