"""A key board for tests."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest

from mihariban.office.base.acting import Acting
from mihariban.office.keyledger.actions.register_key import register_key
from mihariban.office.keyledger.models import Key
from mihariban.office.people.models import Designation, Holding, Person, Post, User
from mihariban.office.sites.models import RecorderUnit, SeenEvent, Site


@pytest.fixture
def manager(office: Any) -> Acting:
    """Who registers keys."""
    return member("manager", name="例 一郎")


@pytest.fixture
def clerk(office: Any) -> Acting:
    """An operator."""
    return member("operator", name="見本 花子")


@pytest.fixture
def key(manager: Acting) -> Key:
    """The key of the case; two pieces on its hook."""
    return register_key(
        label="ケース鍵 1", opens="レコーダーケース", hangs="鍵保管庫", pieces=2, recorder=None, acting=manager
    )


@pytest.fixture
def recorder(office: Any) -> RecorderUnit:
    """A recorder that the office listens to."""
    return RecorderUnit.objects.create(id="rec1", site=Site.objects.create(id="honchosha"))


@pytest.fixture
def event(recorder: RecorderUnit) -> Callable[..., SeenEvent]:
    """``event(at, tag)``: the recorder's next entry."""

    def make(at: datetime, tag: str = "boot:process:stop", on: RecorderUnit = recorder) -> SeenEvent:
        seq = SeenEvent.objects.filter(recorder=on).count()
        return SeenEvent.objects.create(recorder=on, seq=seq, tag=tag, outcome="done", at=at, facts={})

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
