"""What the pages of the rule share: who may be here, and what a version would change."""

from __future__ import annotations

from typing import Any

from mihariban.office.base.errors import NotAllowed
from mihariban.office.base.policy import Verdict
from mihariban.office.base.text import language
from mihariban.office.rule.effect import effects
from mihariban.office.rule.explained import changed_fields, differences
from mihariban.policy import LoadedPolicy, PolicyBook


def seen(loaded: LoadedPolicy, book: PolicyBook) -> dict[str, Any]:
    """What a version changes, against the newest one there is; and what it would do to footage."""
    old = book.versions[-1]
    follows = loaded.policy.version > old.policy.version
    return {
        "old": old.policy,
        "new": loaded.policy,
        "differences": differences(old.policy, loaded.policy, language()),
        "fields": changed_fields(old.policy, loaded.policy),
        "effects": effects(loaded, book) if follows else [],
        "findings": loaded.findings,
    }


def require(verdict: Verdict) -> None:
    """Refuse what the policy refuses.

    Raises:
        NotAllowed: with the policy's sentence.
    """
    if not verdict:
        raise NotAllowed(why_ja=verdict.why.ja, why_en=verdict.why.en)
