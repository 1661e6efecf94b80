"""Loads a policy file: TOML, model, origins of values, warnings."""

from __future__ import annotations

import difflib
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mihariban.policy.document import POLICY, Document, parse_document, read_document, read_model
from mihariban.policy.errors import PolicyIncomplete, Problem
from mihariban.policy.fields import walk
from mihariban.policy.findings import Finding, findings
from mihariban.policy.rule import Policy
from mihariban.policy.source import covers, given, known_field, leaves, live_fields


@dataclass(frozen=True, slots=True)
class LoadedPolicy:
    """A policy with the file it came from.

    Attributes:
        policy: the rule.
        path: the file.
        text: the file's text, kept so that a version can be shown as it was approved.
        sha256: hex digest of the text (UTF-8).
        findings: warnings and notes; errors would have been raised.
    """

    policy: Policy
    path: Path
    text: str
    sha256: str
    findings: tuple[Finding, ...]


def load_policy(path: Path) -> LoadedPolicy:
    """Read a policy file.

    Raises:
        PolicyUnreadable: no such file, or not UTF-8.
        PolicySyntax: not TOML.
        PolicyInvalid: not a policy; carries every mistake with its line.
    """
    return _loaded(read_document(path, POLICY))


def parse_policy(text: str, path: Path) -> LoadedPolicy:
    """Read a rule from its text, as somebody typed or uploaded it.

    Args:
        path: the name under which mistakes are told; nothing is read there.

    Raises:
        PolicySyntax: not TOML.
        PolicyInvalid: not a policy; carries every mistake with its line.
    """
    return _loaded(parse_document(text, path, POLICY))


def _loaded(document: Document) -> LoadedPolicy:
    policy = read_model(document, Policy)
    problems = [*_source_problems(document, policy), *_live_problems(document, policy)]
    if problems:
        raise document.refuse(problems)
    digest = hashlib.sha256(document.text.encode()).hexdigest()
    lines = tuple(finding.at(document.locator) for finding in findings(policy))
    return LoadedPolicy(policy, document.path, document.text, digest, lines)


def require_complete(policy: Policy) -> None:
    """Refuse what must not start a live site.

    Raises:
        PolicyIncomplete: an excerpt, or something that decides is unknown.
    """
    if policy.excerpt:
        raise PolicyIncomplete(policy=policy.id, what="抜粋 / an excerpt")
    unknown = sorted(field for source in policy.source if source.reading == "unknown" for field in source.fields)
    needed = [name for name in unknown if any(covers(name, live) for live in live_fields(Policy))]
    if needed:
        raise PolicyIncomplete(policy=policy.id, what=f"不明 / unknown: {', '.join(needed)}")


def _source_problems(document: Document, policy: Policy) -> Iterator[Problem]:
    """A value without an origin, an origin without its value, a clause that the rule does not have."""
    stated = [(n, m, s.reading, f) for n, s in enumerate(policy.source) for m, f in enumerate(s.fields)]
    values = list(leaves(document.data))
    for path in values:
        origins = [(reading, field) for _, _, reading, field in stated if covers(field, path)]
        if not origins:
            yield _without_source(document, path)
    for number, item, reading, field in stated:
        place = ("source", number, "fields", item)
        present = given(document.data, field)
        if reading == "unknown" and present:
            yield _at(document, place, *_contradiction(field))
        elif reading == "unknown" and not known_field(Policy, field):
            yield _at(document, place, *_no_such_field(field, [entry.path for entry in walk(Policy)]))
        elif reading != "unknown" and not present:
            yield _at(document, place, *_no_such_field(field, values))
    yield from _clause_problems(document, policy)


def _clause_problems(document: Document, policy: Policy) -> Iterator[Problem]:
    numbers = [article.number_ja for article in policy.article]
    for number, source in enumerate(policy.source):
        if source.reading != "rule":
            continue
        if source.article is None and not policy.excerpt:
            yield _at(
                document,
                ("source", number),
                "規則の文言としていますが、条がありません。",
                "The rule is named as the origin, but no article.",
                '条を書きます（例 article = "第10条第1項第2号"）',
                'name it, such as article = "第10条第1項第2号"',
            )
        elif numbers and source.article and not any(source.article.startswith(known) for known in numbers):
            yield _at(
                document,
                ("source", number, "article"),
                f"「{source.article}」という条はありません。",
                f'There is no article "{source.article}".',
                f"条文にあるもの: {', '.join(numbers)}",
                f"the articles given are: {', '.join(numbers)}",
            )


def _live_problems(document: Document, policy: Policy) -> Iterator[Problem]:
    """What decides must be given, or be marked as unknown where this is an excerpt."""
    unknown = [field for source in policy.source if source.reading == "unknown" for field in source.fields]
    for path in live_fields(Policy):
        if given(document.data, path) or any(covers(field, path) for field in unknown) or _needless(policy, path):
            continue
        yield Problem(
            document.locator.line(tuple(path.split("."))),
            path,
            "値がなく、不明とも記されていません。",
            "This is neither given nor marked as unknown.",
            '値を書くか、抜粋なら reading = "unknown" の source に名を挙げます',
            'give it, or name it in a source with reading = "unknown" (excerpts only)',
        )


def _needless(policy: Policy, path: str) -> bool:
    """Fields that another value makes void."""
    keep, sites = policy.retention, policy.operation.sites
    if path in {"operation.kiosk_hours", "operation.closed"}:
        whole = {site.id for site in policy.sites} <= {site.id for site in sites}
        return bool(sites) and whole and all(site.kiosk_hours is not None and site.closed is not None for site in sites)
    if path == "retention.amount":
        return keep.basis != "wall_clock" or (keep.unit == "minimum_necessary" and keep.own_amount is not None)
    return path in {"retention.unit", "retention.start", "retention.qualifier"} and keep.basis == "capacity"


def _without_source(document: Document, path: str) -> Problem:
    return Problem(
        document.locator.line(_place(document.data, path)),
        path,
        "この値の根拠がありません。",
        "Nothing says where this value comes from.",
        '[[source]] の fields に加えます。当方の読みなら reading = "ours" とします',
        'add it to the fields of a [[source]]; where it is our own reading, reading = "ours"',
    )


def _place(data: Any, path: str) -> tuple[str | int, ...]:
    """The locator's path of a dotted path: ids of array elements become numbers."""
    place: list[str | int] = []
    current = data
    for part in path.split("."):
        if isinstance(current, tuple):
            ids = [item.get("id", str(number)) for number, item in enumerate(current)]
            number = ids.index(part)
            place.append(number)
            current = current[number]
        else:
            place.append(part)
            current = current[part]
    return tuple(place)


def _at(document: Document, place: tuple[str | int, ...], *words: str) -> Problem:
    ja, en, do_ja, do_en = words
    return Problem(document.locator.line(place), f"source[{place[1]}]", ja, en, do_ja, do_en)


def _contradiction(field: str) -> tuple[str, str, str, str]:
    return (
        f"「{field}」は不明と記されていますが、値があります。",
        f'"{field}" is marked as unknown, but has a value.',
        "値を消すか、根拠を改めます",
        "remove the value, or say where it comes from",
    )


def _no_such_field(field: str, known: list[str]) -> tuple[str, str, str, str]:
    near = difflib.get_close_matches(field, known, n=1, cutoff=0.6)
    return (
        f"根拠が指す「{field}」はこのファイルにありません。",
        f'The source names "{field}", which is not in this file.',
        f"「{near[0]}」のことではありませんか" if near else "その名を消すか、値を書きます",
        f'did you mean "{near[0]}"?' if near else "remove the name, or give the value",
    )
