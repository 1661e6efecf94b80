"""Who may do what with people: every role, every state."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest

from mihariban.base.clock import HOUR, TurnedClock
from mihariban.office.base.acting import Acting, Role
from mihariban.office.base.dates import now, today
from mihariban.office.people.actions import activate_deputy, close_account, end_activation
from mihariban.office.people.models import NOMINEE, Designation, Holding, LoginReset, Person, Post, SetUp, User
from mihariban.office.people.policy import ACCOUNTS, DEPUTIES, DESIGNATIONS, PEOPLE

ROLES: tuple[Role, ...] = ("manager", "deputy", "operator", "vendor", "auditor", "it")
KEEPERS = ("manager", "deputy", "it")
Make = Callable[..., Acting]


def _acting(someone: Make, role: str) -> Acting:
    """Of one role; a deputy as one who acts now."""
    return someone(role) if role != "deputy" else Acting("例 一郎", frozenset(("deputy",)), today())


@pytest.mark.parametrize("role", ROLES)
def test_people_and_posts(someone: Make, role: Role) -> None:
    """Manager, acting deputy and IT keep them; a vendor does not even see them."""
    acting, person = _acting(someone, role), Person(name="見本 花子")
    assert bool(PEOPLE.may_see(acting)) == (role != "vendor")
    for verdict in (
        PEOPLE.may_enter(acting),
        PEOPLE.may_change(acting, person),
        PEOPLE.may_set_post(acting),
        PEOPLE.may_appoint(acting, Post(name="係長"), person),
        PEOPLE.may_leave(acting, Holding()),
    ):
        assert bool(verdict) == (role in KEEPERS)
    assert not PEOPLE.may_leave(acting, Holding(void=True))


@pytest.mark.parametrize("state", ["not signed", "nobody manages", "somebody manages"])
@pytest.mark.parametrize("role", ROLES)
def test_nobody_makes_themselves_manager_while_there_is_one(someone: Make, role: Role, state: str) -> None:
    """After the set-up was signed posts and the manager's own are the manager's; an office without one can still be given
    one."""
    acting, person = _acting(someone, role), Person.objects.create(name="見本 花子")
    head, _ = Post.objects.get_or_create(name="市民窓口課長", defaults={"manages": True, "rank": 1})
    if state != "not signed":
        SetUp.objects.create(pk=1, signed_at=now())
    if state == "somebody manages":
        Holding.objects.create(person=Person.objects.create(name="例 次郎"), post=head, first=date(2020, 4, 1))
    elif role == "manager":
        Holding.objects.filter(post__manages=True).delete()
    narrow = state == "somebody manages"
    expected = role in ("manager", "deputy") if narrow else role in KEEPERS
    assert bool(PEOPLE.may_appoint(acting, head, person)) == expected
    assert bool(PEOPLE.may_appoint(acting, Post(name="主管", manages=True), person)) == expected
    assert bool(PEOPLE.may_set_post(acting, head)) == expected
    assert bool(PEOPLE.may_appoint(acting, Post(name="係長"), person)) == (role in KEEPERS)


@pytest.mark.parametrize("signed", [False, True])
@pytest.mark.parametrize("role", ROLES)
def test_designations(someone: Make, role: Role, signed: bool) -> None:
    """Operators and auditors are the manager's once the set-up is signed; nobody designates a manager."""
    acting, person = _acting(someone, role), Person.objects.create(name="見本 花子")
    if signed:
        SetUp.objects.create(pk=1, signed_at=now())
    for wanted in ("operator", "auditor", NOMINEE):
        expected = role in ("manager", "deputy") or (role == "it" and not signed)
        assert bool(DESIGNATIONS.may_designate(acting, person, wanted)) == expected
        assert bool(DESIGNATIONS.may_dismiss(acting, Designation(role=wanted))) == expected
    for wanted in ("it", "vendor"):
        assert bool(DESIGNATIONS.may_designate(acting, person, wanted)) == (role in KEEPERS)
    assert not DESIGNATIONS.may_dismiss(acting, Designation(role="it", void=True))
    assert not any(
        DESIGNATIONS.may_designate(acting, person, wanted) for wanted in ("manager", "deputy", "system", "x")
    )
    assert bool(DESIGNATIONS.may_correct(acting, Designation())) == (role in ("manager", "deputy"))


@pytest.mark.parametrize("role", ROLES)
def test_accounts(someone: Make, role: Role) -> None:
    """None, open, closed."""
    acting, owner = _acting(someone, role), someone(name="見本 花子")
    user = owner.user
    assert user is not None and user.person is not None
    keeper = role in KEEPERS
    assert bool(ACCOUNTS.may_create(acting, Person.objects.create(name="例 次郎"))) == keeper
    assert not ACCOUNTS.may_create(acting, user.person)
    assert (bool(ACCOUNTS.may_close(acting, user)), bool(ACCOUNTS.may_reset(acting, user))) == (keeper, keeper)
    assert not ACCOUNTS.may_reopen(acting, user)
    user.is_active = False
    assert not ACCOUNTS.may_close(acting, user) and not ACCOUNTS.may_reset(acting, user)
    assert bool(ACCOUNTS.may_reopen(acting, user)) == keeper


@pytest.mark.parametrize("state", ["waiting", "acting", "ended", "ended_early"])
def test_a_deputy_in_four_states(someone: Make, vice: Make, office_clock: TurnedClock, state: str) -> None:
    """What the deputy may do, and who may end it."""
    manager, deputy = someone("manager"), vice()
    user = deputy.user
    assert user is not None and user.person is not None
    begins = now() + timedelta(hours=1)
    row = activate_deputy(user.person, reason="研修", begins=begins, ends=begins + timedelta(hours=2), acting=manager)
    office_clock.turn({"waiting": 0, "acting": HOUR, "ended": 3 * HOUR, "ended_early": 2 * HOUR}[state])
    if state == "ended_early":
        end_activation(row, stamp=row.stamp, acting=manager)
    me = Acting.of(user)
    assert row.state(now()) == state
    inside = state == "acting"
    person = Person.objects.create(name="見本 花子")
    for verdict in (
        PEOPLE.may_see(me),
        PEOPLE.may_enter(me),
        DESIGNATIONS.may_designate(me, person, "operator"),
        DESIGNATIONS.may_correct(me, Designation()),
        ACCOUNTS.may_create(me, person),
    ):
        assert bool(verdict) == inside
    open_ = state in ("waiting", "acting")
    for role in ("operator", "vendor", "auditor", "it"):
        assert not DEPUTIES.may_end(someone(role), row)
    assert (bool(DEPUTIES.may_end(me, row)), bool(DEPUTIES.may_end(manager, row))) == (open_, open_)


@pytest.mark.parametrize("role", ["operator", "vendor", "auditor", "it", "manager"])
def test_who_lets_a_deputy_act(someone: Make, vice: Make, role: Role) -> None:
    """The manager, or the deputy in person; only for somebody whom the rule names and who has an account."""
    acting, deputy = someone(role), vice()
    assert deputy.user is not None and deputy.user.person is not None
    assert bool(DEPUTIES.may_activate(acting, deputy.user.person)) == (role == "manager")
    assert DEPUTIES.may_activate(deputy, deputy.user.person)
    assert not DEPUTIES.may_activate(acting, Person.objects.create(name="見本 花子"))
    keeper = someone("it") if role != "it" else acting
    close_account(deputy.user, acting=keeper)
    assert not DEPUTIES.may_activate(acting, deputy.user.person)
    assert not DEPUTIES.may_activate(deputy, deputy.user.person)


@pytest.mark.parametrize(
    ("allowed", "vendor", "operator"),
    [("none", False, False), ("maintenance_only", True, False), ("operation", True, True)],
)
def test_what_the_rule_lets_be_contracted_out(
    someone: Make, saga: Path, allowed: str, vendor: bool, operator: bool
) -> None:
    """A vendor at all, a vendor's person as operator, and never as manager where the rule does not say so."""
    text = saga.read_text(encoding="utf-8")
    saga.write_text(text.replace('allowed = "maintenance_only"', f'allowed = "{allowed}"'), encoding="utf-8")
    manager, person = someone("manager"), Person.objects.create(name="例 次郎")
    assert bool(DESIGNATIONS.may_designate(manager, person, "vendor")) == vendor
    Designation.objects.create(person=person, role="vendor", first=date(2020, 4, 1))
    assert bool(DESIGNATIONS.may_designate(manager, person, "operator")) == operator
    assert not PEOPLE.may_appoint(manager, Post(name="課長", manages=True), person)
    assert PEOPLE.may_appoint(manager, Post(name="係長"), person)


def test_without_a_rule_nothing_breaks(someone: Make, saga: Path) -> None:
    """The narrower reading holds."""
    text = saga.read_bytes()
    saga.unlink()
    manager, person = someone("manager"), Person.objects.create(name="例 次郎")
    assert DESIGNATIONS.may_designate(manager, person, "vendor")
    assert User.objects.count() == 1
    saga.write_bytes(text)


@pytest.mark.parametrize("state", ["nothing waits", "waits", "waits, own deed", "confirmed"])
@pytest.mark.parametrize("role", ROLES)
def test_a_reset_of_the_managers_login(someone: Make, role: Role, state: str) -> None:
    """Manager and acting deputy confirm it, never who did it; the auditor hears of it too, IT staff does not confirm."""
    owner, acting = someone("manager", name="例 太郎").user, _acting(someone, role)
    assert owner is not None
    if state != "nothing waits":
        by = acting.user.person if state == "waits, own deed" and acting.user is not None else None
        confirmed = now() if state == "confirmed" else None
        LoginReset.objects.create(user=owner, kind="password", at=now(), by=by, confirmed_at=confirmed)
    mine = state == "waits, own deed" and acting.user is not None
    expected = state.startswith("waits") and role in ("manager", "deputy") and not mine
    assert bool(ACCOUNTS.may_confirm_reset(acting, owner)) == expected
    assert bool(ACCOUNTS.may_see_resets(acting)) == (role in ("manager", "deputy", "auditor"))
    assert not ACCOUNTS.may_mail_resets(acting)
