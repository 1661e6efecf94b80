"""Who may do what with changes of days and hours: role by state."""

from __future__ import annotations

from datetime import date

import pytest

from mihariban.office.base.acting import ROLE_NAMES, Acting, Role
from mihariban.office.days.models import STATES, CalendarChange
from mihariban.office.days.policy import DAYS

DAY = date(2026, 11, 23)
MANAGERS: set[Role] = {"manager", "deputy"}
MAY: dict[str, set[Role]] = {
    "see": {"manager", "deputy", "operator", "auditor", "it", "vendor", "system"},
    "propose": {"manager", "deputy", "operator"},
    "put": MANAGERS,
}


def _change(state: str, first: date = DAY, last: date = DAY) -> CalendarChange:
    return CalendarChange(kind="closure", state=state, first_day=first, last_day=last)


@pytest.mark.parametrize("role", list(ROLE_NAMES))
def test_by_role(role: Role) -> None:
    """What needs no change."""
    acting = Acting("見本 太郎", frozenset((role,)), DAY)
    for name, roles in MAY.items():
        assert bool(getattr(DAYS, f"may_{name}")(acting)) == (role in roles), name


@pytest.mark.parametrize("role", list(ROLE_NAMES))
@pytest.mark.parametrize("state", list(STATES))
def test_by_role_and_state(role: Role, state: str) -> None:
    """A wish is decided once; a decision is withdrawn by those who decide, a wish by operators too."""
    acting = Acting("見本 太郎", frozenset((role,)), DAY)
    withdraw = {"approved": MANAGERS, "proposed": {*MANAGERS, "operator"}}.get(state, set())
    wanted = {
        "approve": state == "proposed" and role in MANAGERS,
        "decide": state == "proposed" and role in MANAGERS,
        "withdraw": role in withdraw,
    }
    for name, may in wanted.items():
        verdict = getattr(DAYS, f"may_{name}")(acting, _change(state))
        assert bool(verdict) == may, name
        assert verdict or (verdict.why.ja and verdict.why.en)


def test_days_gone_by_stay_as_they_were() -> None:
    """A wish for yesterday is refused, not approved; a closure that ended is not withdrawn, one under way is."""
    acting, before = Acting("見本 太郎", frozenset(("manager",)), DAY), date(2026, 11, 22)
    assert not DAYS.may_approve(acting, _change("proposed", before))
    assert DAYS.may_decide(acting, _change("proposed", before))
    assert not DAYS.may_withdraw(acting, _change("approved", before, before))
    assert DAYS.may_withdraw(acting, _change("approved", before, DAY))
