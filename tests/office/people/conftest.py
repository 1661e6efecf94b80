"""People of an office under Saga's rule."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from mihariban.office.base.acting import Acting
from mihariban.office.people.models import Holding, Person, Post, User
from tests.support.office_web import PASSWORD
from tests.support.sites import SAGA

LONG_AGO = date(2020, 4, 1)


@pytest.fixture(autouse=True)
def _quick_passwords(settings: Any) -> None:
    """Passwords are not what is tested here: argon2 takes its time on purpose."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def saga(_quick_passwords: None, office: Path) -> Iterator[Path]:
    """Saga's rule is in force: deputy by post, vendors for maintenance only."""
    path = Path(settings.OFFICE_FOLDER).parent / "policy.toml"
    shutil.copy(SAGA, path)
    yield path
    path.unlink()


@pytest.fixture
def vice() -> Callable[..., Acting]:
    """Somebody who holds the post that the rule names as deputy."""

    def make(name: str = "例 一郎") -> Acting:
        person = Person.objects.create(name=name)
        post, _ = Post.objects.get_or_create(name="市民生活課副課長", defaults={"rank": 10, "deputises": True})
        Holding.objects.create(person=person, post=post, first=LONG_AGO)
        return Acting.of(User.objects.create_user(f"user{person.pk}", PASSWORD, person=person))

    return make
