"""Values as TOML writes them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date

_LONG = 110
"""Letters of an array that still stands in one line."""
_BARE = re.compile(r"[A-Za-z0-9_-]+")


def literal(value: object) -> str:
    """A value: text (several lines as a block), number, truth, date, array, or inline table."""
    if isinstance(value, str):
        return _block(value) if "\n" in value else quoted(value)
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        inside = ", ".join(f"{key(name)} = {_flat(item)}" for name, item in value.items())
        return f"{{ {inside} }}" if inside else "{}"
    if isinstance(value, Sequence):
        items = [_flat(item) for item in value]
        short = f"[{', '.join(items)}]"
        tables = any(isinstance(item, Mapping) for item in value)
        return short if len(short) <= _LONG and not tables else "[\n" + "".join(f"  {item},\n" for item in items) + "]"
    return str(value)


def key(name: str) -> str:
    """The name of a value."""
    return name if _BARE.fullmatch(name) else quoted(name)


def quoted(text: str) -> str:
    """A text in one line."""
    return f'"{_escaped(text)}"'


def _flat(value: object) -> str:
    """A value inside another: TOML allows no line end in an inline table."""
    if isinstance(value, str):
        return quoted(value)
    if isinstance(value, Sequence):
        return f"[{', '.join(_flat(item) for item in value)}]"
    return literal(value)


def _block(text: str) -> str:
    lines = (_escaped(line) for line in text.split("\n"))
    return '"""\n' + "\n".join(lines) + '"""'


def _escaped(text: str) -> str:
    text = text.replace("\\", "\\\\").replace('"', '\\"')
    return "".join(letter if letter >= " " and letter != "\x7f" else f"\\u{ord(letter):04x}" for letter in text)
