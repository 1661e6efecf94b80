"""Changes put, approved, refused, withdrawn: entries, papers, two clerks, an ended deputy."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from mihariban.ledger.entry import read_leaf
from mihariban.office.base.acting import Acting, Role
from mihariban.office.base.errors import ChangedMeanwhile, NotAllowed
from mihariban.office.base.ledger import ledger
from mihariban.office.days.actions.approve_change import approve_change
from mihariban.office.days.actions.refuse_change import refuse_change
from mihariban.office.days.actions.withdraw_change import withdraw_change
from mihariban.office.days.errors import ChangeUnsound, DayPassed
from mihariban.office.days.hours import hours_on
from mihariban.office.days.models import CalendarChange
from tests.office.days.changes import closure, enter

Someone = Callable[..., Acting]
DAY = date(2026, 11, 25)


def _entries() -> list[dict[str, object]]:
    store = ledger().store
    return [read_leaf(leaf) for leaf in store.leaves(0, store.size())]


def test_an_entry_names_days_and_paper_and_no_text(someone: Someone) -> None:
    """Reason and name are commitments."""
    enter(closure(DAY, reason="見本の理由"), someone("manager"))
    entry = _entries()[-1]
    assert entry["tag"] == "calendar:change:approve"
    told = entry["object"]
    assert isinstance(told, dict) and (told["first"], told["last"], told["kind"]) == (
        "2026-11-25",
        "2026-11-25",
        "closure",
    )
    assert entry["case"] == "市窓 7" and "見本" not in str(entry)


@pytest.mark.parametrize("role", ["vendor", "auditor", "it", "system"])
def test_who_may_not_enters_nothing(someone: Someone, role: Role) -> None:
    """Neither row nor entry."""
    with pytest.raises(NotAllowed):
        enter(closure(DAY), Acting("見本 太郎", frozenset((role,)), date(2026, 11, 23)))
    assert not CalendarChange.objects.exists() and _entries() == []


def test_without_post_or_paper_nothing_is_decided(someone: Someone) -> None:
    """By the manager or on a wish."""
    manager = someone("manager")
    lacks: list[dict[str, Any]] = [{"approver": " "}, {"document_number": ""}]
    for lacking in lacks:
        with pytest.raises(ChangeUnsound):
            enter(closure(DAY, **lacking), manager)
    wish = enter(closure(DAY, approver="", document_number=""), someone("operator"))
    with pytest.raises(ChangeUnsound):
        approve_change(wish, acting=manager, approver="市長", document_number="", stamp=wish.stamp)
    assert CalendarChange.objects.get().state == "proposed"
    assert [entry["tag"] for entry in _entries()] == ["calendar:change:propose"]


def test_two_clerks_decide_one_wish(someone: Someone) -> None:
    """One wins; the other is told, before and after reading it anew."""
    manager = someone("manager")
    wish = enter(closure(DAY), someone("operator"))
    same = CalendarChange.objects.get()
    approve_change(wish, acting=manager, approver="市長", document_number="1", stamp=wish.stamp, deliver=False)
    with pytest.raises(ChangedMeanwhile):
        refuse_change(same, acting=manager, reason="だめ", stamp=1)
    with pytest.raises(NotAllowed):
        refuse_change(CalendarChange.objects.get(), acting=manager, reason="だめ", stamp=2)
    assert CalendarChange.objects.get().state == "approved"


def test_a_deputy_decides_only_while_active(someone: Someone) -> None:
    """An hour after the end of it the wish still waits."""
    wish = enter(closure(DAY), someone("operator"))
    deputy = Acting("見本 花子", frozenset(("deputy",)), date(2026, 11, 23))
    ended = Acting("見本 花子", frozenset(("operator",)), date(2026, 11, 23))
    with pytest.raises(NotAllowed):
        approve_change(wish, acting=ended, approver="市長", document_number="1", stamp=wish.stamp, deliver=False)
    approve_change(wish, acting=deputy, approver="市長", document_number="1", stamp=wish.stamp, deliver=False)
    assert not hours_on(DAY).open
    actor = _entries()[-1]["actor"]
    assert isinstance(actor, dict) and actor["role"] == "deputy"


def test_days_gone_by_and_nonsense_are_refused(someone: Someone) -> None:
    """With a sentence in both languages."""
    manager = someone("manager")
    with pytest.raises(DayPassed) as passed:
        enter(closure(date(2026, 11, 22)), manager)
    assert "過ぎた日" in passed.value.text("ja") and "past" in passed.value.text("en")
    with pytest.raises(ChangeUnsound):
        enter(closure(DAY, date(2026, 11, 24)), manager)
    with pytest.raises(ChangeUnsound):
        enter(closure(DAY, kind="extension"), manager)


def test_a_wish_is_taken_back_without_an_order(someone: Someone, office: Path) -> None:
    """It had no effect, so nothing is sent."""
    operator = someone("operator")
    wish = enter(closure(DAY), operator)
    withdraw_change(wish, acting=operator, reason="いらない", stamp=wish.stamp)
    assert (wish.state, wish.withdrawn_from, wish.last_effective()) == ("withdrawn", None, None)
    assert hours_on(DAY).open
