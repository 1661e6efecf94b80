"""An action: permission, change and entry together or not at all."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import connection

from mihariban.ledger.entry import Draft, read_leaf
from mihariban.ledger.errors import DeedOutOfOrder, LedgerUnwritable
from mihariban.ledger.tags import Tag
from mihariban.office.base.acting import Acting, system
from mihariban.office.base.action import action
from mihariban.office.base.errors import NotAllowed
from mihariban.office.base.ledger import ledger
from mihariban.office.base.policy import Allowed, Refused, by_role
from mihariban.office.base.text import T
from mihariban.office.people.actions import create_account
from mihariban.office.people.models import Person, User

Someone = Callable[..., Acting]


def _last() -> dict[str, object]:
    size = ledger().store.size()
    return read_leaf(ledger().store.leaves(size - 1, size)[0])


def test_the_change_and_its_entry_are_there_with_role_and_committed_name(someone: Someone) -> None:
    """The name stands beside the ledger alone."""
    acting = someone("it")
    person = Person.objects.create(name="見本 花子")
    before = ledger().store.size()
    user = create_account(person, username="hanako", password="x" * 12, acting=acting)
    assert User.objects.get(username="hanako") == user
    assert ledger().store.size() == before + 1
    entry = _last()
    assert entry["tag"] == "account:person:create"
    actor = entry["actor"]
    assert isinstance(actor, dict) and actor["role"] == "it"
    who = ledger().text(bytes.fromhex(actor["who"]))
    assert who is not None and who.text == "見本 太郎"
    assert "見本" not in str(entry)


def test_a_refusal_is_a_sentence_and_nothing_happens(someone: Someone) -> None:
    """It names who may."""
    acting = someone("vendor")
    person = Person.objects.create(name="見本 花子")
    before = ledger().store.size()
    with pytest.raises(NotAllowed) as refused:
        create_account(person, username="hanako", password="x" * 12, acting=acting)
    assert "管理者" in refused.value.text("ja")
    assert "manager" in refused.value.text("en")
    assert (ledger().store.size(), User.objects.filter(username="hanako").count()) == (before, 0)


def test_an_exception_inside_undoes_change_and_entry(someone: Someone) -> None:
    """Whatever it is."""
    acting = someone("it")
    before = ledger().store.size()
    with pytest.raises(ZeroDivisionError), action(acting, Allowed("it")) as act:
        Person.objects.create(name="誰か")
        act.enter(Draft(Tag.ACCOUNT_PERSON_CREATE, {"person": act.commit("誰か")}))
        1 / 0  # noqa: B018  # the failure
    assert ledger().store.size() == before
    assert not Person.objects.filter(name="誰か").exists()


def test_an_action_without_an_entry_is_undone(someone: Someone) -> None:
    """Nobody forgets the ledger unnoticed."""
    with pytest.raises(DeedOutOfOrder), action(someone("it"), Allowed("it")):
        Person.objects.create(name="誰か")
    assert not Person.objects.filter(name="誰か").exists()


def test_where_the_ledger_cannot_be_written_nothing_is_changed(someone: Someone) -> None:
    """The database refuses the entry; the change goes with it."""
    acting = someone("it")
    person = Person.objects.create(name="見本 花子")
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("ALTER TABLE ledger_entry ADD CONSTRAINT full_ CHECK (seq < 0) NOT VALID")
        else:
            cursor.execute(
                "CREATE TRIGGER full_ BEFORE INSERT ON ledger_entry BEGIN SELECT RAISE(ABORT, 'disk full'); END"
            )
    with pytest.raises(LedgerUnwritable):
        create_account(person, username="hanako", password="x" * 12, acting=acting)
    assert not User.objects.filter(username="hanako").exists()


def test_the_system_acts_without_a_name(office: Path) -> None:
    """What a clock brings about."""
    person = Person.objects.create(name="見本 花子")
    create_account(person, username="hanako", password=None, acting=system())
    assert _last()["actor"] == {"role": "system"}
    assert not User.objects.get(username="hanako").has_usable_password()


def test_a_verdict_is_true_or_false(someone: Someone) -> None:
    """Templates ask it directly; the first role held is the one that acts."""
    acting = someone("operator", "it")
    assert by_role(acting, "manager", "it", "operator") == Allowed("it")
    assert not by_role(acting, "auditor")
    assert not Refused(T("だめ。", "No."))
