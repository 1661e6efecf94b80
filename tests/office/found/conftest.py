"""People, a kiosk and a thing for tests."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from mihariban.office.base.acting import Acting
from mihariban.office.base.dates import now
from mihariban.office.found.actions.enter_thing import enter_thing
from mihariban.office.found.models import Thing
from mihariban.office.people.models import Designation, Holding, Person, Post, User
from mihariban.office.sites.models import Kiosk, Site


@pytest.fixture
def manager(office: Any) -> Acting:
    """Who answers for it."""
    return member("manager", name="例 一郎")


@pytest.fixture
def clerk(office: Any) -> Acting:
    """An operator."""
    return member("operator", name="見本 花子")


@pytest.fixture
def other(office: Any) -> Person:
    """Another operator, who may witness."""
    acting = member("operator", name="見本 太郎")
    assert acting.user is not None and acting.user.person is not None
    return acting.user.person


@pytest.fixture
def kiosk(office: Any) -> Kiosk:
    """Where things are found."""
    return Kiosk.objects.create(id="k1", site=Site.objects.create(id="honchosha"), name="交付機 1")


@pytest.fixture
def enter(clerk: Acting, kiosk: Kiosk) -> Callable[..., Thing]:
    """``enter("card", …)``: found half an hour ago."""

    def make(kind: str = "certificate", **more: Any) -> Thing:
        given = {"kiosk": kiosk, "found_at": now() - timedelta(minutes=30), "kept_at": "金庫", "acting": clerk, **more}
        return enter_thing(kind=kind, **given)

    return make


def member(role: str, *, name: str) -> Acting:
    """As ``someone`` makes them, but without a password, which takes its time to be made."""
    person = Person.objects.create(name=name)
    since = date(2020, 4, 1)
    if role == "manager":
        post = Post.objects.create(name="市民窓口課長", manages=True, rank=1)
        Holding.objects.create(person=person, post=post, first=since)
    else:
        Designation.objects.create(person=person, role=role, first=since)
    return Acting.of(User.objects.create(username=f"user{person.pk}", person=person, password="!"))
