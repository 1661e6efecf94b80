"""Who may do what with versions of the rule: role by state."""

from __future__ import annotations

from datetime import date

import pytest

from mihariban.office.base.acting import ROLE_NAMES, Acting, Role
from mihariban.office.rule.models import STATES, RuleVersion
from mihariban.office.rule.policy import RULES

DAY = date(2026, 11, 23)
MAY: dict[str, set[Role]] = {
    "see": {"manager", "deputy", "operator", "auditor", "it", "vendor", "system"},
    "adopt": {"manager", "deputy", "it", "system"},
    "propose": {"manager", "deputy", "operator", "it"},
}
WHILE_PROPOSED: dict[str, set[Role]] = {
    "approve": {"manager", "deputy"},
    "decide": {"manager", "deputy"},
    "retract": {"manager", "deputy", "operator", "it"},
}


@pytest.mark.parametrize("role", list(ROLE_NAMES))
def test_by_role(role: Role) -> None:
    """What needs no version."""
    acting = Acting("見本 太郎", frozenset((role,)), DAY)
    for name, roles in MAY.items():
        assert bool(getattr(RULES, f"may_{name}")(acting)) == (role in roles), name


@pytest.mark.parametrize("role", list(ROLE_NAMES))
@pytest.mark.parametrize("state", list(STATES))
def test_by_role_and_state(role: Role, state: str) -> None:
    """Only a proposal is decided, once."""
    acting = Acting("見本 太郎", frozenset((role,)), DAY)
    version = RuleVersion(state=state, effective_from=DAY)
    for name, roles in WHILE_PROPOSED.items():
        verdict = getattr(RULES, f"may_{name}")(acting, version)
        assert bool(verdict) == (state == "proposed" and role in roles), name
        assert verdict or (verdict.why.ja and verdict.why.en)


@pytest.mark.parametrize(("effective", "may"), [(date(2026, 11, 22), False), (DAY, True), (None, False)])
def test_a_date_gone_by_cannot_be_approved(effective: date | None, may: bool) -> None:
    """But refused."""
    acting = Acting("見本 太郎", frozenset(("manager",)), DAY)
    version = RuleVersion(state="proposed", effective_from=effective)
    assert bool(RULES.may_approve(acting, version)) is may
    assert RULES.may_decide(acting, version)
