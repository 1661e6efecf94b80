"""The rule as the office holds it: which version is in force on a day (article 12).

Until a version is registered (``rule.actions.adopt_rule``) the office goes by DIR/policy.toml, from then on by its own
table alone.
"""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from mihariban.policy import LoadedPolicy, PolicyBook, load_policy

FILE = "policy.toml"
"""In DIR, beside the office's folder: the rule that ``mihariban init`` laid there."""


def policy_on(day: date) -> LoadedPolicy:
    """The version in force on ``day`` (the office's zone).

    Raises:
        NoPolicyInForce: none is.
        InputError: the rule cannot be read.
    """
    return rule_book().in_force(day)


def rule_book() -> PolicyBook:
    """All versions that were approved, those of days to come included; ask it once for many days.

    Raises:
        InputError: the rule cannot be read.
    """
    from mihariban.office.rule.in_force import book  # its table is known once Django is set up

    return book() or PolicyBook([policy_file()])


def policy_file() -> LoadedPolicy:
    """The rule in DIR/policy.toml, read again where the file was changed.

    Raises:
        InputError: it is not there, or no rule.
    """
    path = Path(settings.OFFICE_FOLDER).parent / FILE
    found = path.stat() if path.exists() else None
    return _loaded(path, (found.st_mtime_ns, found.st_size) if found else None)


@lru_cache(maxsize=8)
def _loaded(path: Path, version: tuple[int, int] | None) -> LoadedPolicy:  # noqa: ARG001  # what makes it another one
    return load_policy(path)
