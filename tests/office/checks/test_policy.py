"""Role by state for every question the policy of checks answers."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from mihariban.base.clock import DAY, HOUR, TurnedClock
from mihariban.office.base.acting import Acting, Role, system
from mihariban.office.base.dates import now, today
from mihariban.office.checks.actions.confirm_sheet import confirm_sheet, explain_missing
from mihariban.office.checks.actions.fill_sheet import Answer, save_sheet, sign_sheet
from mihariban.office.checks.day import CheckDay, check_day
from mihariban.office.checks.models import CheckSheet
from mihariban.office.checks.policy import CHECKS
from mihariban.office.sites.models import Kiosk

Someone = Callable[..., Acting]
Answers = Callable[..., dict[str, Answer]]
ROLES: tuple[Role, ...] = ("operator", "manager", "deputy", "it", "vendor", "auditor", "system")
STAFF, HEADS = {"operator", "manager", "deputy"}, {"manager", "deputy"}
STATES = ("coming", "due", "late", "missing", "explained", "closed", "signed", "confirmed")


def as_(role: Role) -> Acting:
    """Somebody with one role."""
    return system() if role == "system" else Acting("見本 太郎", frozenset((role,)), now().date())


@pytest.fixture
def day_in(kiosk: Kiosk, someone: Someone, fine: Answers, office_clock: TurnedClock) -> Callable[[str], CheckDay]:
    """``day_in("late")``: today's check in that state."""
    manager = someone("manager")

    def make(state: str) -> CheckDay:
        day = today()
        if state in ("signed", "confirmed"):
            sheet = sign_sheet(check_day(kiosk, day), fine(), acting=manager, stamp=0)
            if state == "confirmed":
                confirm_sheet(sheet, acting=manager, stamp=sheet.stamp)
        turn = {"coming": -DAY, "closed": -DAY, "late": HOUR, "missing": 12 * HOUR, "explained": 12 * HOUR}.get(
            state, 0
        )
        (office_clock.step if turn < 0 else office_clock.turn)(turn)
        found = check_day(kiosk, today() if state == "closed" else day)
        if state == "explained":
            explain_missing(found, reason="停電", acting=manager, stamp=0)
            found = check_day(kiosk, day)
        assert found.state == state
        return found

    return make


@pytest.mark.parametrize("state", STATES)
def test_role_by_state(day_in: Callable[[str], CheckDay], state: str) -> None:
    """The whole table."""
    day = day_in(state)
    for role in ROLES:
        acting = as_(role)
        assert bool(CHECKS.may_fill(acting, day)) == (state in ("due", "late") and role in STAFF), role
        assert bool(CHECKS.may_explain(acting, day)) == (state == "missing" and role in HEADS), role
        sheet = day.sheet or CheckSheet()
        assert bool(CHECKS.may_confirm(acting, sheet)) == (state == "signed" and role in HEADS), role
        who = {"signed": STAFF, "confirmed": HEADS}.get(state, set())
        assert bool(CHECKS.may_correct(acting, sheet)) == (role in who), role


@pytest.mark.parametrize("role", ROLES)
def test_who_reads(role: Role) -> None:
    """Vendors do not."""
    assert bool(CHECKS.may_see(as_(role))) == (role not in ("vendor", "system"))


def test_nobody_without_a_role(day_in: Callable[[str], CheckDay], someone: Someone) -> None:
    """An account alone opens nothing; the sentence says whom to ask."""
    refused = CHECKS.may_fill(someone(), day_in("due"))
    assert not refused and "役割がありません。管理者に頼んで" in refused.why.ja


def test_a_draft_is_not_corrected(kiosk: Kiosk, someone: Someone, fine: Answers) -> None:
    """It is written on."""
    sheet = save_sheet(check_day(kiosk, today()), fine(), acting=someone("operator"), stamp=0)
    assert not CHECKS.may_correct(as_("manager"), sheet) and not CHECKS.may_confirm(as_("manager"), sheet)
