"""The rule in sentences, by sections, and what differs between two versions of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mihariban.base.text import Language
from mihariban.policy import Policy, explain

_HEADS = ("■ ", "## ")
_BULLETS = ("・", "- ")


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the explained rule: its heading (empty for the head), and lines as label and value."""

    heading: str
    lines: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """What one place of the rule said and would say; empty where it said nothing."""

    place: str
    before: tuple[str, ...]
    after: tuple[str, ...]


def sections(policy: Policy, language: Language) -> list[Section]:
    """``policy.explain`` by its headings."""
    found: list[tuple[str, list[tuple[str, str]]]] = [("", [])]
    for line in explain(policy, language).splitlines():
        if line.startswith(_HEADS):
            found.append((line.split(" ", 1)[1], []))
        elif line:
            found[-1][1].append(_split(line))
    return [Section(heading, tuple(lines)) for heading, lines in found]


def differences(old: Policy, new: Policy, language: Language) -> list[Difference]:
    """What changes in words, in the order of the rule."""
    before, after = _by_place(old, language), _by_place(new, language)
    places = [*before, *(place for place in after if place not in before)]
    found = []
    for place in places:
        was, will = before.get(place, ()), after.get(place, ())
        if was != will:
            gone, come = tuple(x for x in was if x not in will), tuple(x for x in will if x not in was)
            if gone or come:
                found.append(Difference(place, gone, come))
    return found


def changed_fields(old: Policy, new: Policy) -> list[Difference]:
    """Every value that differs, by its path in the file: nothing can change unseen."""
    before, after = dict(_values(old.model_dump(mode="json"))), dict(_values(new.model_dump(mode="json")))
    paths = [*before, *(path for path in after if path not in before)]
    return [
        Difference(path, _shown(before, path), _shown(after, path))
        for path in paths
        if before.get(path) != after.get(path)
    ]


def _shown(values: Mapping[str, Any], path: str) -> tuple[str, ...]:
    value = values.get(path)
    return () if value is None else (str(value),)


def _values(data: Any, prefix: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(data, dict):
        for name, value in data.items():
            yield from _values(value, f"{prefix}.{name}" if prefix else name)
    elif isinstance(data, list) and any(isinstance(item, dict) for item in data):
        for number, item in enumerate(data):
            key = item.get("id", number) if isinstance(item, dict) else number
            yield from _values(item, f"{prefix}.{key}")
    else:
        yield prefix, "、".join(map(str, data)) if isinstance(data, list) else data


def _by_place(policy: Policy, language: Language) -> dict[str, Sequence[str]]:
    found: dict[str, list[str]] = {}
    for section in sections(policy, language):
        for label, value in section.lines:
            place = " / ".join(part for part in (section.heading, label) if part)
            found.setdefault(place, []).append(value)
    return {place: tuple(values) for place, values in found.items()}


def _split(line: str) -> tuple[str, str]:
    """「・稼働時間: 8:30…」 is a label and a value; other lines have no label."""
    text = line
    for bullet in _BULLETS:
        text = text.removeprefix(bullet)
    label, colon, value = text.partition(": ")
    return (label, value) if colon and text is not line and len(label) < 60 else ("", text)
