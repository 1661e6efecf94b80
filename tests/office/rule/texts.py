"""Versions of Saga's rule for tests."""

from __future__ import annotations

from tests.support.office import second_version
from tests.support.sites import SAGA

FIRST = SAGA.read_text(encoding="utf-8")


def second(effective_from: str = "2026-12-01", **more: object) -> str:
    """The second version: 1,440 hours, kept for what was filmed before unless said otherwise."""
    told = {"hours": 1440, **more}
    return second_version(FIRST, effective_from=effective_from, **told)  # type: ignore[arg-type]  # passed on
