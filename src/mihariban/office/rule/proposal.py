"""A version of the rule that somebody typed or uploaded: read, and held against the versions there are."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from mihariban.office.base.text import T
from mihariban.office.rule.errors import RuleTextTooLong, VersionTooLate
from mihariban.policy import LoadedPolicy, PolicyBook, parse_policy, require_complete

MOST = 300_000
"""Characters of a rule: several times the longest that we have read."""
NAME = Path("policy.toml")


def read_proposal(text: str, book: PolicyBook, today: date) -> LoadedPolicy:
    """The version in a text, fit to follow those of ``book``.

    Raises:
        RuleTextTooLong: longer than any rule.
        PolicySyntax, PolicyInvalid: mistakes with their lines.
        PolicyIncomplete: an excerpt, or something that decides is unknown.
        PolicyVersionsConflict: another rule, or a number that does not follow.
        VersionTooLate: no date of force, or one gone by.
    """
    if len(text) > MOST:
        raise RuleTextTooLong(length=len(text), most=MOST)
    loaded = parse_policy(text, NAME)
    require_complete(loaded.policy)
    PolicyBook([*book.versions, loaded])
    effective = loaded.policy.effective_from
    if effective is None or effective < today:
        raise VersionTooLate(day=effective or "-", today=today)
    return loaded


WHAT = T("この版", "this version")
