"""The office for tests: its folder, people with roles, a server over TLS, a browser, axe and tidy."""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth.hashers import Argon2PasswordHasher
from pytest_django.plugin import DjangoDbBlocker

from mihariban.base.clock import SECOND, TurnedClock
from mihariban.office import book as book_module
from mihariban.office.base import clock as clock_module
from mihariban.office.base import ledger as ledger_module
from mihariban.office.base.acting import Acting, Role
from mihariban.office.web import setup

WALL = 1_795_390_200 * SECOND
"""2026-11-23 08:30 in Japan: the beginning of a morning."""
PASSWORD = "見本のパスワード 12"

__all__ = [
    "COST",
    "PASSWORD",
    "WALL",
    "_books_have_databases",
    "_cheap_passwords",
    "_database_is_told",
    "office",
    "office_clock",
    "someone",
]


@pytest.fixture(scope="session", autouse=True)
def _books_have_databases(
    django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[None]:
    """Offices made by tests are real databases in their own folder; migrated once, then copied: a hundred tests would
    migrate a hundred times."""
    made: list[Path] = []
    real = setup.migrate

    def migrate(alias: str) -> None:
        from django.db import connections

        path = Path(str(connections[alias].settings_dict["NAME"]))
        if connections[alias].vendor != "sqlite" or alias == "default" or path.exists():
            real(alias)
            return
        if not made:
            real(alias)
            connections[alias].close()
            made.append(tmp_path_factory.mktemp("migrated") / "office.db")
            shutil.copy(path, made[0])
        else:
            shutil.copy(made[0], path)

    patch = pytest.MonkeyPatch()
    patch.setattr(book_module, "migrate", migrate)
    with django_db_blocker.unblock():  # office.db of the settings lies in a folder of this process, gone at its end
        yield
    patch.undo()


COST = (Argon2PasswordHasher.time_cost, Argon2PasswordHasher.memory_cost, Argon2PasswordHasher.parallelism)
"""What a password costs in earnest: passes, KiB, threads."""


@pytest.fixture(scope="session", autouse=True)
def _cheap_passwords() -> Iterator[None]:
    """The same Argon2 with less work: every account of a test has a password, and the cost is meant for thieves."""
    patch = pytest.MonkeyPatch()
    for name, value in (("time_cost", 1), ("memory_cost", 64), ("parallelism", 1)):
        patch.setattr(Argon2PasswordHasher, name, value)
    yield
    patch.undo()


@pytest.fixture(scope="session", autouse=True)
def _database_is_told(record_testsuite_property: Callable[[str, object], None]) -> None:
    """The report of a run says which database it ran on."""
    from django.db import connection

    record_testsuite_property("database", connection.vendor)


@pytest.fixture
def office_clock(request: pytest.FixtureRequest) -> Iterator[TurnedClock]:
    """The office's clock, turned by the test; 08:30 of a Monday morning.

    A boot of its own for each test: entries cannot be deleted, so that tests of the browser leave theirs to the next.
    """
    made = TurnedClock(WALL, str(uuid.uuid5(uuid.NAMESPACE_URL, request.node.nodeid)))
    before = clock_module.clock()
    clock_module.set_clock(made)
    yield made
    clock_module.set_clock(before)


@pytest.fixture
def office(db: None, office_clock: TurnedClock) -> Iterator[Path]:
    """An office in the test database: keys and a ledger; DIR/office. Begin every test of an app with it."""
    folder = Path(settings.OFFICE_FOLDER)
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / "ledger.key").exists():
        import os

        book_module.OfficeKeys.create(folder, "test.example/office", os.urandom)
    shutil.copy(Path(__file__).parents[2] / "policies" / "saga-kiosk-2016.toml", folder.parent / "policy.toml")
    ledger_module.forget()
    yield folder
    ledger_module.forget()


@pytest.fixture
def someone(office: Path) -> Callable[..., Acting]:
    """``someone("operator")``: a person with an account and these roles since long ago, acting now."""
    from mihariban.office.people.models import Designation, Holding, Person, Post, User

    def make(*roles: Role, name: str = "見本 太郎") -> Acting:
        person = Person.objects.create(name=name)
        since = date(2020, 4, 1)
        for role in roles:
            if role == "manager":
                post, _ = Post.objects.get_or_create(name="市民窓口課長", defaults={"manages": True, "rank": 1})
                Holding.objects.create(person=person, post=post, first=since)
            else:
                Designation.objects.create(person=person, role=role, first=since)
        user = User.objects.create_user(f"user{person.pk}", PASSWORD, person=person)
        return Acting.of(user)

    return make
