"""Versions of the rule: proposed, decided, in force on their date, pushed to a real recorder."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from mihariban.base.clock import DAY, TurnedClock
from mihariban.ledger.entry import read_leaf
from mihariban.office.base.acting import Acting, system
from mihariban.office.base.errors import ChangedMeanwhile, NotAllowed
from mihariban.office.base.ledger import ledger
from mihariban.office.base.rule import policy_on, rule_book
from mihariban.office.days.models import Delivery
from mihariban.office.days.outbox import deliver_waiting
from mihariban.office.rule.actions.adopt_rule import adopt_rule
from mihariban.office.rule.actions.approve_version import approve_version
from mihariban.office.rule.actions.propose_version import propose_version
from mihariban.office.rule.actions.refuse_version import refuse_version, retract_version
from mihariban.office.rule.errors import RuleTextDamaged, RuleTextTooLong, VersionTooLate
from mihariban.office.rule.in_force import version_of
from mihariban.office.rule.models import RuleVersion
from mihariban.policy.errors import (
    NoPolicyInForce,
    PolicyIncomplete,
    PolicyInvalid,
    PolicySyntax,
    PolicyVersionsConflict,
)
from tests.office.days.recorders import known_recorder
from tests.office.rule.texts import FIRST, second

Someone = Callable[..., Acting]


def _approve(row: RuleVersion, acting: Acting, stamp: int | None = None) -> None:
    approve_version(
        row, acting=acting, approver="市長", document_number="市窓 9", stamp=stamp or row.stamp, deliver=False
    )


def _tags() -> list[str]:
    store = ledger().store
    return [read_leaf(leaf)["tag"] for leaf in store.leaves(0, store.size())]


def test_until_a_version_is_registered_the_file_counts(office: Path) -> None:
    """Adopting it changes no answer, and doing it twice changes nothing."""
    before = policy_on(date(2026, 11, 23))
    row = adopt_rule(acting=system())
    assert adopt_rule(acting=system()) == row
    assert policy_on(date(2026, 11, 23)).policy == before.policy
    assert _tags() == ["policy:version:adopt"]
    (office.parent / "policy.toml").unlink()
    assert policy_on(date(2026, 11, 23)).sha256 == before.sha256
    with pytest.raises(NoPolicyInForce):
        policy_on(date(2016, 1, 21))


def test_a_version_takes_force_on_its_date(someone: Someone, office: Path) -> None:
    """Not before it is approved, and not before its first day; the old one stays readable."""
    manager = someone("manager")
    row = propose_version(second(), acting=someone("operator", name="見本 花子"), why="保存を短くする")
    assert policy_on(date(2026, 12, 1)).policy.version == 1
    _approve(row, manager)
    assert [policy_on(day).policy.version for day in (date(2026, 11, 30), date(2026, 12, 1))] == [1, 2]
    assert [each.policy.version for each in rule_book().versions] == [1, 2]
    assert _tags() == ["policy:version:adopt", "policy:version:propose", "policy:version:approve"]
    states = [
        str(each.state_on(date(2026, 11, 30), policy_on(date(2026, 11, 30)).sha256))
        for each in RuleVersion.objects.order_by("version")
    ]
    assert states == ["施行中", "施行前"]
    states = [
        str(each.state_on(date(2026, 12, 1), policy_on(date(2026, 12, 1)).sha256))
        for each in RuleVersion.objects.order_by("version")
    ]
    assert states == ["旧版", "施行中"]


def test_a_real_recorder_gets_the_version(
    someone: Someone, office: Path, office_clock: TurnedClock, tmp_path: Path
) -> None:
    """Also when it was away on the day of the decision."""
    known = known_recorder(tmp_path / "site", office, office_clock)
    row = propose_version(second(), acting=someone("manager"))
    approve_version(row, acting=someone("manager"), approver="市長", document_number="市窓 9", stamp=row.stamp)
    assert Delivery.objects.get(kind="policy").delivered_at is None
    with known.answering() as recorder:
        assert deliver_waiting() == 1
        assert [each.policy.version for each in recorder.book.versions] == [1, 2]
        assert recorder.book.versions[1].sha256 == row.sha256


def test_two_proposals_one_is_approved(someone: Someone, office: Path) -> None:
    """The other does not follow any more, and says so; it can still be refused."""
    manager = someone("manager")
    one, other = (propose_version(second(hours=hours), acting=manager) for hours in (1440, 2880))
    _approve(one, manager)
    with pytest.raises(PolicyVersionsConflict):
        _approve(other, manager)
    other.refresh_from_db()
    assert other.state == "proposed"
    refuse_version(other, acting=manager, reason="別の版を決めた", stamp=other.stamp)
    assert other.state == "refused"
    with pytest.raises(NotAllowed):
        _approve(one, manager)


def test_two_clerks_at_one_version(someone: Someone, office: Path) -> None:
    """The second is told."""
    manager = someone("manager")
    row = propose_version(second(), acting=manager)
    same = RuleVersion.objects.get(pk=row.pk)
    retract_version(row, acting=manager, reason="書き直す", stamp=row.stamp)
    with pytest.raises(ChangedMeanwhile):
        _approve(same, manager, stamp=1)
    assert RuleVersion.objects.get(pk=row.pk).state == "retracted"


def test_a_version_cannot_begin_in_the_past(someone: Someone, office: Path, office_clock: TurnedClock) -> None:
    """Neither when proposed nor when approved; today is early enough."""
    manager = someone("manager")
    with pytest.raises(VersionTooLate):
        propose_version(second("2026-11-22"), acting=manager)
    row = propose_version(second("2026-11-23"), acting=manager)
    office_clock.turn(DAY)
    with pytest.raises(NotAllowed):
        _approve(row, Acting.of(manager.user))  # type: ignore[arg-type]  # an account of a test


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("", PolicyInvalid),
        ("version = ", PolicySyntax),
        (second().replace("amount = 1440", 'amount = "long"'), PolicyInvalid),
        (second().replace("excerpt = false", "excerpt = true"), PolicyIncomplete),
        (second().replace('id = "saga-kiosk-2016"', 'id = "other"', 1), PolicyVersionsConflict),
        (second(version=1), PolicyVersionsConflict),
        (FIRST, PolicyVersionsConflict),
        ("#" * 300_001, RuleTextTooLong),
    ],
)  # fmt: skip
def test_what_is_no_version_is_refused_and_nothing_is_entered(
    someone: Someone, office: Path, text: str, error: type[Exception]
) -> None:
    """Not even the one of set-up."""
    acting = someone("it")
    with pytest.raises(error):
        propose_version(text, acting=acting)
    assert not RuleVersion.objects.exists()
    assert _tags() == []


def test_a_text_that_was_tampered_with_is_told(someone: Someone, office: Path) -> None:
    """Before it governs anything."""
    manager = someone("manager")
    row = propose_version(second(), acting=manager)
    RuleVersion.objects.filter(pk=row.pk).update(text=second(hours=24))
    with pytest.raises(RuleTextDamaged):
        _approve(RuleVersion.objects.get(pk=row.pk), manager)
    RuleVersion.objects.filter(pk=row.pk).update(state="approved")
    version_of.cache_clear()
    with pytest.raises(RuleTextDamaged):
        rule_book()
