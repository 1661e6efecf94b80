"""Which version of the rule governs on a day: those that were approved, by their dates."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from pathlib import Path

from mihariban.office.rule.errors import RuleTextDamaged
from mihariban.office.rule.models import RuleVersion
from mihariban.policy import LoadedPolicy, PolicyBook, parse_policy


def book() -> PolicyBook | None:
    """The approved versions, those of days to come included; None while the office keeps none.

    Raises:
        RuleTextDamaged: a text was changed behind the office's back.
    """
    approved = RuleVersion.objects.filter(state="approved").order_by("version")
    hashes = list(approved.values_list("version", "sha256"))
    return PolicyBook([version_of(version, sha256) for version, sha256 in hashes]) if hashes else None


def policy_on(day: date) -> LoadedPolicy:
    """The version in force on ``day``; see ``office.base.rule``, from where every other app takes it."""
    from mihariban.office.base.rule import policy_on as found

    return found(day)


@lru_cache(maxsize=64)
def version_of(version: int, sha256: str) -> LoadedPolicy:
    """A version that the office keeps, read once for each process: the hash names the text.

    Raises:
        RuleTextDamaged: the text is another one.
    """
    row = RuleVersion.objects.filter(version=version, sha256=sha256).only("text", "rule").first()
    if row is None:
        raise RuleTextDamaged(version=version)
    return read_version(row.text, row.rule, version, sha256)


def read_version(text: str, rule: str, version: int, sha256: str) -> LoadedPolicy:
    """The rule in the text of a row.

    Raises:
        RuleTextDamaged: its hash is another one.
    """
    loaded = parse_policy(text, Path(f"{rule}-{version}.toml"))
    if loaded.sha256 != sha256:
        raise RuleTextDamaged(version=version)
    return loaded
