"""Changes values in the text of a policy file and leaves every other letter of it, comments included, as it was.

Positions come from ``Locator``. What is written is read again in the tests against the same change made to the data.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mihariban.policy.literal import key, literal
from mihariban.policy.locate import Locator, Pair, Path
from mihariban.policy.source import covers, given, leaves

Order = Sequence[int | Mapping[str, Any]]
"""Elements of an array of tables: numbers of those there are, tables for new ones."""


@dataclass(frozen=True, slots=True)
class _Patch:
    """What takes the place of a span."""

    start: int
    end: int
    text: str


def edited(text: str, values: Mapping[Path, Any], orders: Mapping[Path, Order] | None = None) -> str:
    """The text with other values.

    Args:
        text: valid TOML.
        values: by path; None takes the value away. Every element of an array that a path passes must be there.
        orders: arrays of tables that get other elements, or the same in another order; after ``values``.
    """
    text = _patched(text, _patches(text, Locator(text), values))
    for path, order in (orders or {}).items():
        text = _reordered(text, path, order)
    return text


def with_sources(text: str, note_ja: str, note_en: str) -> str:
    """The text with an origin for every value: those that went are named no more, new ones get a ``[[source]]`` of ours
    with a note."""
    data = frozen(tomllib.loads(text))
    stated = [source["fields"] for source in data.get("source", ())]
    kept = [_still_there(data, source) for source in data.get("source", ())]
    values: dict[Path, Any] = {
        ("source", number, "fields"): fields
        for number, (fields, was) in enumerate(zip(kept, stated, strict=True))
        if fields and fields != list(was)
    }
    order: list[int | Mapping[str, Any]] = [number for number, fields in enumerate(kept) if fields]
    new = [path for path in leaves(data) if not any(covers(field, path) for fields in kept for field in fields)]
    if new:
        order.append({"reading": "ours", "note_ja": note_ja, "note_en": note_en, "fields": new})
    return edited(text, values, {("source",): order} if new or len(order) < len(kept) else None)


def frozen(value: Any) -> Any:
    """Arrays as tuples, as models and origins take them."""
    if isinstance(value, dict):
        return {name: frozen(item) for name, item in value.items()}
    return tuple(frozen(item) for item in value) if isinstance(value, list) else value


def _still_there(data: Any, source: Mapping[str, Any]) -> list[str]:
    """Fields that a source may still name: those given, or, of an unknown one, those that are not."""
    return [field for field in source["fields"] if given(data, field) != (source.get("reading") == "unknown")]


def _patched(text: str, patches: Sequence[_Patch]) -> str:
    """All at once, so that offsets stay those of the old text; equal places in the order given."""
    parts, at = [], 0
    for patch in sorted(patches, key=lambda patch: patch.start):
        parts += [text[at : patch.start], patch.text]
        at = patch.end
    return "".join([*parts, text[at:]])


def _patches(text: str, places: Locator, values: Mapping[Path, Any]) -> list[_Patch]:
    patches: list[_Patch] = []
    homeless: dict[Path, list[tuple[str, Any]]] = {}
    for path, value in values.items():
        pair = places.pairs.get(path)
        if pair is not None:
            change = _without(text, pair) if value is None else _Patch(pair.value, pair.end, literal(value))
            patches.append(change)
        elif value is None and path in places.headers:
            patches.append(_Patch(*_block(text, places, path), ""))
        elif value is not None:
            added = _added(text, places, path, value)
            if added is None:
                homeless.setdefault(path[:-1], []).append((str(path[-1]), value))
            else:
                patches.append(added)
    for table, pairs in homeless.items():
        lines = "".join(f"{key(name)} = {literal(value)}\n" for name, value in pairs)
        start = "" if text.endswith("\n") or not text else "\n"
        header = ".".join(key(str(part)) for part in table)
        patches.append(_Patch(len(text), len(text), f"{start}\n[{header}]\n{lines}"))
    return patches


def _added(text: str, places: Locator, path: Path, value: Any) -> _Patch | None:
    """Where a value comes to stand that was not there; None where its table is not there either."""
    table = path[:-1]
    beside = [(each, pair) for each, pair in places.pairs.items() if each[:-1] == table]
    if beside and beside[-1][1].inline:
        return _Patch(beside[-1][1].end, beside[-1][1].end, f", {key(str(path[-1]))} = {literal(value)}")
    around = places.pairs.get(table)
    if around is not None:  # an inline table with nothing in it
        return _Patch(around.value, around.end, literal({str(path[-1]): value}))
    if beside:
        _, pair = beside[-1]
        name = ".".join(key(str(part)) for part in path[len(pair.table) :])
        at = _line_end(text, pair.end)
    elif table in places.headers:
        name = key(str(path[-1]))
        at = _line_end(text, places.headers[table][1])
    elif not table:
        return _Patch(0, 0, f"{key(str(path[-1]))} = {literal(value)}\n")
    else:
        return None
    before = "" if text[:at].endswith("\n") else "\n"
    return _Patch(at, at, f"{before}{name} = {literal(value)}\n")


def _without(text: str, pair: Pair) -> _Patch:
    """The pair taken away: with its line, or with one comma of its inline table."""
    if not pair.inline:
        return _Patch(pair.start, _line_end(text, pair.end), "")
    behind = len(text[pair.end :]) - len(text[pair.end :].lstrip(" \t"))
    if text.startswith(",", pair.end + behind):
        rest = text[pair.end + behind + 1 :]
        return _Patch(pair.start, len(text) - len(rest.lstrip(" \t")), "")
    before = text[: pair.start].rstrip(" \t")
    return _Patch(len(before) - before.endswith(","), pair.end, "")


def _line_end(text: str, at: int) -> int:
    """Behind the line that holds ``at``."""
    found = text.find("\n", at)
    return len(text) if found < 0 else found + 1


def _reordered(text: str, path: Path, order: Order) -> str:
    places = Locator(text)
    starts = [places.headers[(*path, number)][0] for number in range(_count(places, path))]
    if not starts:
        return edited(text, {path: _elements(text, path, order)})
    blocks = [_block(text, places, (*path, number)) for number in range(len(starts))]
    header = ".".join(key(str(part)) for part in path)
    texts = [text[slice(*blocks[each])] if isinstance(each, int) else _table(header, each) for each in order]
    patches = [_Patch(start, _blank_end(text, end), "") for start, end in blocks]
    last = patches[-1]
    together = "\n".join(each.rstrip("\n") + "\n" for each in texts)
    gap = "\n" if texts and last.end < len(text) else ""
    patches[-1] = _Patch(last.start, last.end, together + gap)
    return _patched(text, patches)


def _count(places: Locator, path: Path) -> int:
    number = 0
    while (*path, number) in places.headers:
        number += 1
    return number


def _block(text: str, places: Locator, path: Path) -> tuple[int, int]:
    """From the header of an element to the end of the last line that belongs to it."""
    start, end = places.headers[path]
    inside = [pair.end for each, pair in places.pairs.items() if each[: len(path)] == path]
    inside += [behind for each, (_, behind) in places.headers.items() if each[: len(path)] == path]
    return start, _line_end(text, max([end, *inside]))


def _blank_end(text: str, at: int) -> int:
    """Behind the empty lines at ``at``."""
    while text.startswith("\n", at):
        at += 1
    return at


def _table(header: str, table: Mapping[str, Any]) -> str:
    return f"[[{header}]]\n" + "".join(f"{key(name)} = {literal(value)}\n" for name, value in table.items())


def _elements(text: str, path: Path, order: Order) -> list[Mapping[str, Any]]:
    data: Any = tomllib.loads(text)
    for part in path:
        data = data[part] if not isinstance(part, str) or part in data else []
    return list(_chosen(data, order))


def _chosen(elements: Sequence[Mapping[str, Any]], order: Order) -> Iterator[Mapping[str, Any]]:
    for each in order:
        yield elements[each] if isinstance(each, int) else each
