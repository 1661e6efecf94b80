"""What today's screen is told of people, with the clock turned."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from axes.models import AccessAttempt
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from mihariban.base.clock import DAY, HOUR, MINUTE, TurnedClock
from mihariban.ledger.entry import read_leaf
from mihariban.office.base.acting import Acting
from mihariban.office.base.dates import now
from mihariban.office.base.errors import NotAllowed
from mihariban.office.base.ledger import ledger
from mihariban.office.people.actions import activate_deputy, confirm_reset, reset_factor, reset_password
from mihariban.office.people.models import Designation, Holding, LoginReset, Person, Post, SetUp, User
from mihariban.office.people.today import SHOWN, tasks

Make = Callable[..., Acting]


def _told(acting: Acting) -> list[tuple[str, str]]:
    return [(task.title.ja, task.state) for task in tasks(acting, now())]


@pytest.fixture
def manager(someone: Make) -> Acting:
    """Of a set-up that was signed, so that IT staff designates nobody but its own."""
    SetUp.objects.create(pk=1, signed_at=now())
    return someone("manager")


def test_a_deputy_who_still_acts_is_told(manager: Acting, vice: Make, someone: Make, office_clock: TurnedClock) -> None:
    """To the manager and the deputy; on the last day by its hour; an hour after the end nothing."""
    deputy = vice()
    assert deputy.user is not None and deputy.user.person is not None
    ends = now() + timedelta(days=1, hours=2)
    activate_deputy(deputy.user.person, begins=now(), ends=ends, reason="出張", acting=manager)
    assert _told(manager) == [("例 一郎さんの職務代理が続いている", "due")]
    assert _told(Acting.of(deputy.user)) == _told(manager) and _told(someone("operator")) == []
    office_clock.turn(DAY)
    (task,) = tasks(manager, now())
    assert task.title.ja == "例 一郎さんの職務代理は今日まで" and task.when is not None
    assert (task.when.ja, task.url) == ("10:30 まで", "/people/deputy/")
    office_clock.turn(3 * HOUR)
    assert _told(manager) == []


def test_designations_that_end_are_told_to_who_designates(
    manager: Acting, someone: Make, office_clock: TurnedClock
) -> None:
    """Two weeks ahead up to the last day itself; IT staff hears of vendors alone."""
    clerk, vendor, it = someone("operator", name="例 二郎"), someone("vendor", name="例 三郎"), someone("it")
    Designation.objects.filter(person__user=clerk.user).update(last=date(2026, 12, 8))
    Designation.objects.filter(person__user=vendor.user).update(last=date(2026, 12, 8))
    assert _told(manager) == _told(it) == []
    office_clock.turn(DAY)
    assert _told(manager) == [
        ("例 二郎さんの取扱者の指定が終わる", "due"),
        ("例 三郎さんの保守業者の指定が終わる", "due"),
    ]
    assert _told(it) == [("例 三郎さんの保守業者の指定が終わる", "due")] and _told(clerk) == []
    office_clock.turn(14 * DAY)
    assert len(_told(manager)) == 2
    office_clock.turn(DAY)
    assert _told(manager) == []


def test_a_manager_who_leaves_and_posts_that_are_empty(
    manager: Acting, someone: Make, office_clock: TurnedClock
) -> None:
    """A warning ahead, an alarm once nobody decides."""
    it, post = someone("it"), Post.objects.create(name="主任", rank=20)
    assert _told(it) == [("職「主任」に人がいない", "warning")] and _told(someone("auditor")) == []
    Holding.objects.create(post=post, person=Person.objects.create(name="例"), first=date(2026, 11, 1))
    Holding.objects.filter(post__manages=True).update(last=date(2026, 12, 1))
    assert _told(it) == [("2026-12-02 から管理者がいなくなる", "warning")]
    office_clock.turn(9 * DAY)
    assert _told(it) == [("管理者の職の人がいない", "alarm")]


def test_accounts_that_open_nothing(manager: Acting, someone: Make) -> None:
    """Without an owner; closed while the owner has a role."""
    clerk = someone("operator", name="例 二郎")
    User.objects.create(username="loose", password="!")
    User.objects.filter(pk=clerk.user and clerk.user.pk).update(is_active=False)
    assert _told(manager) == [
        ("例 二郎さんのアカウントが止まっている", "warning"),
        ("アカウント「loose」に持ち主がない", "warning"),
    ]
    assert _told(someone("operator")) == []


def test_a_login_that_is_locked(manager: Acting, office_clock: TurnedClock) -> None:
    """Names that are an account, until the lock opens."""
    person = Person.objects.create(name="例 二郎")
    User.objects.create(username="Jiro", person=person, password="!")
    for name, failures in (("jiro", 5), ("nobody", 9), ("user", 2)):
        row = AccessAttempt.objects.create(username=name, ip_address="192.0.2.1", failures_since_start=failures)
        AccessAttempt.objects.filter(pk=row.pk).update(attempt_time=now())
    office_clock.turn(5 * MINUTE)
    (task,) = tasks(manager, now())
    assert task.title.ja == "「Jiro」へのログインの失敗が続いた" and task.url == f"/people/{person.pk}/"
    assert task.detail is not None and "10 分" in task.detail.ja
    office_clock.turn(10 * MINUTE)
    assert _told(manager) == []


def test_queries_do_not_grow(manager: Acting) -> None:
    """Three of each or thirty; no more lines than a screen takes."""
    seen, lines = [], []
    for upto in (3, 30):
        for number in range(Post.objects.count(), upto):
            Post.objects.create(name=f"職 {number}")
            person = Person.objects.create(name=f"例 {number}")
            User.objects.create(username=f"u{number}", person=person, password="!", is_active=False)
            Designation.objects.create(person=person, role="operator", first=date(2026, 1, 1), last=now().date())
        with CaptureQueriesContext(connection) as queries:
            lines = _told(manager)
        seen.append(len(queries))
    assert seen[0] == seen[1] and len(lines) == 4 * SHOWN


def test_a_managers_login_that_was_reset_by_it_is_told_until_it_is_confirmed(manager: Acting, someone: Make) -> None:
    """To manager and auditor, with who did it; the owner's own reset and one of an operator are none of this."""
    it, auditor, clerk = someone("it", name="例 五郎"), someone("auditor"), someone("operator", name="例 二郎")
    assert manager.user is not None and clerk.user is not None and manager.user.person_id is not None
    reset_password(clerk.user, acting=it)
    reset_password(manager.user, acting=manager)
    assert _told(manager) == _told(auditor) == []
    reset_password(manager.user, acting=it)
    reset_factor(manager.user, acting=it)
    name = manager.user.shown_name
    expected = [
        (f"{name}さんのパスワードが出し直された", "warning"),
        (f"{name}さんの二段階認証が出し直された", "warning"),
    ]
    assert _told(manager) == _told(auditor) == expected
    assert _told(it) == _told(clerk) == []
    task = next(iter(tasks(manager, now())))
    assert task.detail is not None and "例 五郎" in task.detail.ja
    assert task.url == f"/people/{manager.user.person_id}/account/confirm/"
    assert next(iter(tasks(auditor, now()))).url == f"/people/{manager.user.person_id}/"
    for refused in (it, auditor, clerk):
        with pytest.raises(NotAllowed):
            confirm_reset(manager.user, acting=refused)
    assert _told(manager) == expected
    assert confirm_reset(manager.user, acting=manager) == 2
    assert _told(manager) == _told(auditor) == []
    row = LoginReset.objects.first()
    assert row is not None and row.confirmed_by == manager.user.person


def test_the_manager_confirms_it_on_its_page(manager: Acting, someone: Make, client: Client) -> None:
    """Two presses from today's screen, entered in the ledger; a second press finds nothing that waits."""
    assert manager.user is not None and manager.user.person_id is not None
    reset_password(manager.user, acting=someone("it"))
    manager.user.must_change = False
    manager.user.save()
    client.force_login(manager.user)
    path = f"/people/{manager.user.person_id}/account/confirm/"
    assert "心当たりがなければ" in client.get(path, secure=True).content.decode()
    assert client.post(path, {}, secure=True).status_code == 302
    size = ledger().store.size()
    (entry,) = [read_leaf(leaf) for leaf in ledger().store.leaves(size - 1, size)]
    assert (entry["tag"], entry["object"]["count"]) == ("account:reset:confirm", 1)
    assert client.post(path, {}, secure=True).status_code == 403
