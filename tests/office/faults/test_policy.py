"""Role by state for every question the policy of faults answers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from mihariban.office.base.acting import Acting, Role, system
from mihariban.office.base.dates import now
from mihariban.office.faults.actions.take_disk import confirm_erasure, hand_disk, take_disk
from mihariban.office.faults.models import Fault
from mihariban.office.faults.policy import FAULTS

Someone = Callable[..., Acting]
Made = Callable[..., Fault]
STATES = ("open", "repaired", "restored", "confirmed")
ROLES: tuple[Role, ...] = ("operator", "manager", "deputy", "it", "vendor", "auditor")
STAFF = {"operator", "manager", "deputy"}
LASTING = {"open", "repaired", "restored"}

WHO: dict[str, tuple[set[str], set[str]]] = {
    # question: (roles, states in which one of them may)
    "amend": (STAFF, LASTING),
    "note": (STAFF | {"it"}, LASTING),
    "tell": (STAFF, LASTING),
    "take_disk": (STAFF | {"it"}, LASTING),
    "call": (STAFF | {"it"}, LASTING),
    "link_gap": (STAFF | {"it"}, LASTING),
    "stop": (STAFF, {"open", "repaired"}),
    "repair": (STAFF | {"it"}, {"open"}),
    "restore": (STAFF, {"repaired"}),
    "confirm": ({"manager", "deputy"}, {"restored"}),
}


def as_(role: Role) -> Acting:
    """Somebody with one role; a deputy's comes from an activation, so it is given here."""
    return Acting("見本 太郎", frozenset((role,)), now().date())


@pytest.mark.parametrize("state", STATES)
def test_role_by_state(in_state: Made, state: str) -> None:
    """The whole table; nothing is allowed that it does not say."""
    fault = in_state(state)
    for question, (roles, states) in WHO.items():
        for role in ROLES:
            verdict = getattr(FAULTS, f"may_{question}")(as_(role), fault)
            assert bool(verdict) == (role in roles and state in states), (question, role, state)


@pytest.mark.parametrize("role", ROLES)
def test_a_stopped_kiosk_is_not_stopped_again_and_the_manager_alone_resumes(in_state: Made, role: Role) -> None:
    """While it lasts; not where it was never stopped."""
    stopped, running = in_state(stop=True), in_state()
    assert not FAULTS.may_stop(as_(role), stopped)
    assert bool(FAULTS.may_resume(as_(role), stopped)) == (role in ("manager", "deputy"))
    assert not FAULTS.may_resume(as_(role), running)


@pytest.mark.parametrize("role", ROLES)
def test_opening_and_reading(in_state: Made, role: Role) -> None:
    """Auditors read; a vendor reads what it was called to, and writes notes there alone."""
    fault = in_state()
    assert bool(FAULTS.may_open(as_(role))) == (role in STAFF | {"it"})
    assert FAULTS.may_see(as_(role))
    assert bool(FAULTS.may_see_one(as_(role), fault)) == (role != "vendor")
    fault.vendor_at = now()
    assert FAULTS.may_see_one(as_(role), fault)
    assert bool(FAULTS.may_note(as_(role), fault)) == (role != "auditor")


def test_the_system_opens_and_links_and_nothing_else(in_state: Made) -> None:
    """What a recorder's event brings about."""
    fault = in_state()
    assert FAULTS.may_open(system()) and FAULTS.may_link_gap(system(), fault)
    assert not any(getattr(FAULTS, f"may_{name}")(system(), fault) for name in WHO if name != "link_gap")


def test_nobody_without_a_role_may_anything(in_state: Made, someone: Someone) -> None:
    """An account alone opens nothing."""
    nobody, fault = someone(), in_state()
    assert not FAULTS.may_see(nobody) and not FAULTS.may_open(nobody)
    assert not any(getattr(FAULTS, f"may_{name}")(nobody, fault) for name in WHO)


@pytest.mark.parametrize("role", ROLES)
def test_disks_by_state(in_state: Made, someone: Someone, role: Role) -> None:
    """Handed over once by whoever works with it; the manager answers for the erasure, also after the fault closed."""
    fault, manager, at = in_state(), someone("manager"), now()
    disk = take_disk(
        fault, serial="S1", taken_at=at, taken_by="見本", kept_at="金庫", acting=manager, stamp=fault.stamp
    )
    may_hand, may_erase = role in STAFF | {"it"}, role in ("manager", "deputy")
    assert bool(FAULTS.may_hand_disk(as_(role), disk)) == may_hand
    assert bool(FAULTS.may_erase_disk(as_(role), disk)) == may_erase
    hand_disk(disk, at=at, to="例 一郎", acting=manager, stamp=disk.stamp)
    assert not FAULTS.may_hand_disk(as_(role), disk)
    assert bool(FAULTS.may_erase_disk(as_(role), disk)) == may_erase
    confirm_erasure(disk, at=at, method="破砕", acting=manager, stamp=disk.stamp)
    assert not FAULTS.may_erase_disk(as_(role), disk)


def test_what_the_rule_asks_for_comes_before_the_confirmation(in_state: Made) -> None:
    """A fault of the system: the vendor (article 9)."""
    fault = in_state("restored", kind="system")
    refused = FAULTS.may_confirm(as_("manager"), fault)
    assert not refused and "保守業者" in refused.why.ja and "vendor" in refused.why.en
    fault.vendor_at = now() - timedelta(minutes=1)
    assert FAULTS.may_confirm(as_("manager"), fault)
    fault = in_state("restored", kind="paper", stop=True)
    fault.told_at = None
    refused = FAULTS.may_confirm(as_("manager"), fault)
    assert not refused and "周知" in refused.why.ja
