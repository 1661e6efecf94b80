"""Where each value comes from: the city's article, the consultation paper, our own reading, or nowhere yet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal

from pydantic import BaseModel

from mihariban.policy.doc import Section, doc
from mihariban.policy.fields import field_of, model_at, walk

Reading = Literal["rule", "consultation", "law", "ours", "unknown"]

WITHOUT_SOURCE = frozenset({"format", "id", "version", "excerpt", "provenance", "article", "source"})
"""Top-level names that speak of the file, not of the rule."""


class Source(Section):
    """Values that share one origin."""

    article: str | None = doc(None, "条項（例 第10条第1項第2号、諮問書5(3)）。", "The clause, as the city cites it.")
    reading: Reading = doc(
        ...,
        "読み方。規則の文言、諮問書、法令、当方の読み、まだ読んでいない。",
        "Whose word it is: the rule, the consultation paper, a law, our own reading, or not read yet.",
    )
    note_ja: str | None = doc(None, "読み方の説明。", "Why it is read so.")
    note_en: str | None = doc(None, "読み方の説明（英語）。", "Why it is read so, in English.")
    fields: tuple[str, ...] = doc(
        ...,
        "値のパス。表の名はその中のすべてを指す。配列の要素は番号か id で指す。",
        "Dotted paths of values; a table means all inside it; array elements go by number or id.",
        min_length=1,
    )


def leaves(data: Any, prefix: str = "") -> Iterator[str]:
    """Dotted paths of every value given in ``data``; elements of arrays of tables go by id, else by number."""
    if isinstance(data, Mapping):
        for name, value in data.items():
            if prefix or name not in WITHOUT_SOURCE:
                yield from leaves(value, f"{prefix}{name}.")
    elif isinstance(data, tuple) and data and all(isinstance(item, Mapping) for item in data):
        for number, item in enumerate(data):
            yield from leaves(item, f"{prefix}{item.get('id', number)}.")
    else:
        yield prefix.rstrip(".")


def covers(field: str, path: str) -> bool:
    """Whether the source path ``field`` speaks of the value at ``path``."""
    return path == field or path.startswith(field + ".")


def given(data: Any, path: str) -> bool:
    """Whether ``data`` has something at the dotted ``path``."""
    current = data
    for part in path.split("."):
        if isinstance(current, Mapping) and part in current:
            current = current[part]
        elif isinstance(current, tuple):
            current = _element(current, part)
            if current is None:
                return False
        else:
            return False
    return True


def known_field(model: type[BaseModel], path: str) -> bool:
    """Whether the model has a field at ``path``, given or not."""
    *parent, last = path.split(".")
    return field_of(model_at(model, parent), last) is not None


def live_fields(model: type[BaseModel]) -> list[str]:
    """Paths that a policy must give before it starts a live site."""
    return [field.path for field in walk(model) if field.live and field.nested]


def _element(items: tuple[Any, ...], part: str) -> Any:
    for item in items:
        if isinstance(item, Mapping) and item.get("id") == part:
            return item
    if part.isdigit() and int(part) < len(items):
        return items[int(part)]
    return None
