"""People, posts and accounts changed: whole or not at all, by two clerks at once, never without a manager."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client

from mihariban.base.clock import DAY, TurnedClock
from mihariban.ledger.entry import read_leaf
from mihariban.office.base.acting import Acting
from mihariban.office.base.dates import now, today
from mihariban.office.base.errors import ChangedMeanwhile
from mihariban.office.base.ledger import ledger
from mihariban.office.people import actions
from mihariban.office.people.errors import (
    DeputyActsAlready,
    LastManager,
    PostTaken,
    ReasonMissing,
    RoleHeldAlready,
    SpanUnsound,
    UsernameTaken,
)
from mihariban.office.people.models import Designation, Holding, Person, Post, User
from mihariban.office.people.passwords import first_password
from mihariban.office.people.roles import who_held

Make = Callable[..., Acting]


def _person(acting: Acting) -> Person:
    assert acting.user is not None and acting.user.person is not None
    return acting.user.person


def test_nobody_removes_the_last_manager(someone: Make, office_clock: TurnedClock) -> None:
    """Not by leaving, not by closing the account, not by correcting, not by taking the post's meaning away; with a
    successor who can log in each of them is possible."""
    manager, staff = someone("manager"), someone("it", name="例 三郎")
    holding, user, post = Holding.objects.get(), manager.user, Post.objects.get()
    assert user is not None
    end = today() + timedelta(days=8)
    mend = {"first": holding.first, "last": end, "document": "", "reason": "誤記"}
    tries = (
        lambda: actions.leave_post(holding, last=end, stamp=holding.stamp, acting=staff),
        lambda: actions.close_account(user, acting=staff),
        lambda: actions.correct_history(holding, stamp=holding.stamp, acting=manager, **mend),  # type: ignore[arg-type]  # the same
        lambda: actions.correct_history(holding, stamp=holding.stamp, acting=manager, void=True, **mend),  # type: ignore[arg-type]  # the same
        lambda: actions.set_post(post, name="課長", rank=1, manages=False, stamp=post.stamp, acting=staff),
    )
    size = ledger().store.size()
    for attempt in tries:
        with pytest.raises(LastManager):
            attempt()
        for row in (holding, user, post):
            row.refresh_from_db()
    assert ledger().store.size() == size and holding.last is None and user.is_active and post.manages
    nobody = Person.objects.create(name="例 次郎")
    Holding.objects.create(person=nobody, post=post, first=end + timedelta(days=1))
    with pytest.raises(LastManager):  # a successor without an account decides nothing
        actions.leave_post(holding, last=end, stamp=holding.stamp, acting=staff)
    holding.refresh_from_db()
    successor = actions.create_account(nobody, username="jiro", password=None, acting=staff)
    actions.leave_post(holding, last=end, stamp=holding.stamp, acting=staff)
    with pytest.raises(LastManager):
        actions.close_account(successor, acting=staff)


def test_two_cannot_hold_the_managers_post(someone: Make) -> None:
    """Not one day together."""
    manager = someone("manager")
    other = Person.objects.create(name="見本 花子")
    with pytest.raises(PostTaken):
        actions.appoint(other, Post.objects.get(), first=today(), acting=manager)
    post = actions.set_post(None, name="係長", rank=20, acting=manager)
    actions.appoint(other, post, first=today(), acting=manager)
    actions.appoint(Person.objects.create(name="例 次郎"), post, first=today(), acting=manager)


def test_the_past_is_changed_with_a_reason_only_and_stays_visible(someone: Make, client: Client) -> None:
    """Who held it then is answered anew; the old value and the reason stand on the page and in the register."""
    manager = someone("manager")
    person = Person.objects.create(name="見本 花子")
    early = today() - timedelta(days=10)
    with pytest.raises(ReasonMissing):
        actions.designate(person, "operator", first=early, acting=manager)
    row = actions.designate(person, "operator", first=early, reason="入力が遅れた", acting=manager)
    with pytest.raises(ReasonMissing):
        actions.dismiss(row, last=today() - timedelta(days=1), stamp=row.stamp, acting=manager)
    right = {"first": today() - timedelta(days=5), "last": None, "document": "市窓 9"}
    with pytest.raises(ReasonMissing):
        actions.correct_history(row, reason=" ", stamp=row.stamp, acting=manager, **right)  # type: ignore[arg-type]  # the same
    row.refresh_from_db()
    actions.correct_history(row, reason="日付の誤り", stamp=row.stamp, acting=manager, **right)  # type: ignore[arg-type]  # the same
    assert who_held("operator", today() - timedelta(days=6)) == []
    assert who_held("operator", today() - timedelta(days=5))[0].document == "市窓 9"
    client.force_login(manager.user)  # type: ignore[arg-type]  # an account of a test
    for path in (f"/people/{person.pk}/", "/people/designations/", "/people/designations/?as=print"):
        page = client.get(path, secure=True).content.decode()
        assert "日付の誤り" in page and early.isoformat() in page
    entry = read_leaf(ledger().store.leaves(ledger().store.size() - 1, ledger().store.size())[0])
    assert entry["tag"] == "role:history:correct" and entry["object"]["before_first"] == early.isoformat()


def test_two_clerks_at_the_same_person(someone: Make, client: Client) -> None:
    """The second is told, sees what is there now, and what was typed stays; the next try goes through."""
    manager = someone("manager")
    person = Person.objects.create(name="見本 花子")
    client.force_login(manager.user)  # type: ignore[arg-type]  # an account of a test
    stamp = person.stamp
    actions.change_person(person, name="例 花子", reading="", organisation="市民生活課", stamp=stamp, acting=manager)
    with pytest.raises(ChangedMeanwhile):
        actions.change_person(person, name="x", reading="", organisation="", stamp=stamp, acting=manager)
    typed = {"name": "見本 華子", "reading": "みほん", "organisation": "税務課", "stamp": str(stamp)}
    page = client.post(f"/people/{person.pk}/change/", typed, secure=True)
    text = page.content.decode()
    assert page.status_code == 409 and "他の職員" in text and "例 花子" in text and "見本 華子" in text
    again = {**typed, "stamp": page.context["form"]["stamp"].value()}
    assert client.post(f"/people/{person.pk}/change/", again, secure=True).status_code == 302
    person.refresh_from_db()
    assert (person.name, person.organisation) == ("見本 華子", "税務課")


def test_spans_that_cannot_be(someone: Make, vice: Make, office_clock: TurnedClock) -> None:
    """Each with a sentence."""
    manager, deputy = someone("manager"), vice()
    person = Person.objects.create(name="見本 花子")
    with pytest.raises(SpanUnsound):
        actions.designate(person, "operator", first=today(), last=today() - timedelta(days=1), acting=manager)
    for first in (date(1, 1, 1), date(1949, 12, 31), date(9999, 12, 31)):
        with pytest.raises(SpanUnsound):
            actions.designate(person, "operator", first=first, reason="x", acting=manager)
    hour = timedelta(hours=1)
    spans = ((0, 0), (1, 0), (-2, -1), (-2, 1), (0, 24 * 367))
    for begins, ends in spans:
        with pytest.raises(SpanUnsound):
            actions.activate_deputy(
                _person(deputy), reason="x", begins=now() + begins * hour, ends=now() + ends * hour, acting=manager
            )
    with pytest.raises(ReasonMissing):
        actions.activate_deputy(_person(deputy), reason=" ", begins=now(), ends=now() + hour, acting=manager)
    late = actions.activate_deputy(
        _person(deputy), reason="x", begins=now() - timedelta(minutes=3), ends=now() + hour, acting=manager
    )
    assert late.begins == now()  # not for the past, not by three minutes
    with pytest.raises(DeputyActsAlready):
        actions.activate_deputy(_person(deputy), reason="x", begins=now(), ends=now() + 2 * hour, acting=manager)
    row = actions.designate(person, "operator", first=today(), acting=manager)
    with pytest.raises(RoleHeldAlready):
        actions.designate(person, "operator", first=today() + timedelta(days=5), acting=manager)
    actions.dismiss(row, last=today(), stamp=row.stamp, acting=manager)
    actions.designate(person, "operator", first=today() + timedelta(days=1), acting=manager)


def test_a_vendors_account_ends_with_the_contract(someone: Make, office_clock: TurnedClock) -> None:
    """No role from the next day on."""
    manager, vendor = someone("manager"), someone(name="例 次郎")
    actions.designate(_person(vendor), "vendor", first=today(), last=today(), acting=manager)
    assert vendor.user is not None and Acting.of(vendor.user).roles == {"vendor"}
    office_clock.turn(DAY)
    assert Acting.of(vendor.user).roles == frozenset()


def test_accounts_from_the_first_password_to_the_last_day(someone: Make, client: Client) -> None:
    """Made, led to a password of one's own, given a new one, the second factor removed, closed: sessions end."""
    manager = someone("manager")
    person = Person.objects.create(name="見本 花子")
    user = actions.create_account(
        person, username="hanako", password=first_password(), must_change=True, acting=manager
    )
    other = Person.objects.create(name="例 次郎")
    with pytest.raises(UsernameTaken):
        actions.create_account(other, username="HANAKO", password=None, acting=manager)
    client.force_login(user)
    assert client.get("/people/deputy/", secure=True)["Location"] == "/account/password/change/"
    assert client.get("/account/password/change/", secure=True).status_code == 200
    User.objects.update(must_change=False)
    assert client.get("/people/deputy/", secure=True).status_code == 200
    told = actions.reset_password(user, acting=manager)
    assert user.check_password(told) and user.must_change
    assert client.get("/people/deputy/", secure=True)["Location"].startswith("/account/login/")
    Authenticator.objects.create(user=user, type="totp", data={})
    assert actions.reset_factor(user, acting=manager) == 1
    client.force_login(user)
    actions.close_account(user, acting=manager)
    assert client.get("/people/deputy/", secure=True)["Location"].startswith("/account/login/")
    actions.reopen_account(user, acting=manager)
    size = ledger().store.size()
    tags = [read_leaf(leaf)["tag"] for leaf in ledger().store.leaves(size - 5, size)]
    assert tags == [
        "account:person:create", "account:password:reset", "account:factor:reset", "account:person:close",
        "account:person:reopen",
    ]  # fmt: skip


def test_a_changed_password_is_no_first_password_any_more(someone: Make, client: Client) -> None:
    """By the page of the login app, with its signal."""
    user = someone("operator").user
    assert user is not None
    user.set_password("最初の 言葉 12345")
    user.must_change = True
    user.save()
    client.force_login(user)
    new = "かき氷と 長い廊下 42"
    posted = {"oldpassword": "最初の 言葉 12345", "password1": new, "password2": new}
    assert client.post("/account/password/change/", posted, secure=True).status_code == 302
    user.refresh_from_db()
    assert user.check_password(new) and not user.must_change


def test_a_first_password_is_drawn_evenly() -> None:
    """Sixteen of thirty-two letters; the same bytes give the same word."""
    assert first_password(lambda size: bytes(range(size))) == "abcd-efgh-ijkm-npqr"
    assert first_password(lambda size: b"\xff" * size) == "9999-9999-9999-9999"
    assert len({first_password() for _ in range(50)}) == 50
    assert Designation.objects.count() == 0
