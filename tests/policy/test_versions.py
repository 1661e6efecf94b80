from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pytest

from mihariban.base.clock import DAY, from_datetime
from mihariban.policy import LoadedPolicy, PolicyBook, load_policy
from mihariban.policy.errors import NoPolicyInForce, PolicyVersionsConflict
from tests.policy.rules import SAGA_FILE, TOKYO, saga_with


def version(folder: Path, number: int, start: str, *changes: tuple[str, str], existing: str = "keep") -> LoadedPolicy:
    return saga_with(
        folder,
        ("version = 1", f"version = {number}"),
        ("effective_from = 2016-01-22\napplies", f"effective_from = {start}\napplies"),
        ('applies_to_existing = "keep"', f'applies_to_existing = "{existing}"'),
        *changes,
    )


FIRST = load_policy(SAGA_FILE)
FILMED = from_datetime(datetime(2026, 3, 30, 12, tzinfo=TOKYO))
HALF, DOUBLE = ("amount = 5760", "amount = 2880"), ("amount = 5760", "amount = 11520")


def test_the_newest_version_in_force_decides(tmp_path: Path) -> None:
    """To the day; order of the arguments does not matter."""
    book = PolicyBook([version(tmp_path, 2, "2026-04-01", HALF), FIRST])
    assert [book.in_force(date(2026, 3, 31)).policy.version, book.in_force(date(2026, 4, 1)).policy.version] == [1, 2]
    assert book.filmed_under(FILMED, TOKYO).policy.version == 1
    with pytest.raises(NoPolicyInForce, match="2015-12-31"):
        book.in_force(date(2015, 12, 31))


@pytest.mark.parametrize(
    ("existing", "change", "days", "governing"),
    [
        ("keep", HALF, 240, 1),
        ("keep", DOUBLE, 240, 1),
        ("shorten", HALF, 120, 1),
        ("shorten", DOUBLE, 240, 1),
        ("replace", HALF, 120, 2),
        ("replace", DOUBLE, 480, 2),
    ],
)
def test_footage_keeps_its_version_unless_the_new_one_says_otherwise(
    tmp_path: Path, existing: str, change: tuple[str, str], days: int, governing: int
) -> None:
    """Three ways a new version may treat what is already there; before it comes into force, none."""
    book = PolicyBook([FIRST, version(tmp_path, 2, "2026-04-01", change, existing=existing)])
    before, after = date(2026, 3, 31), date(2026, 4, 1)
    assert book.expires_at(1, FILMED, before, TOKYO) == FILMED + 240 * DAY
    assert book.expires_at(1, FILMED, after, TOKYO) == FILMED + days * DAY
    assert book.governing(1, before).policy.version == 1
    assert book.governing(1, after).policy.version == governing
    assert book.governing(2, after).policy.version == 2


def test_versions_that_contradict_each_other_are_refused(tmp_path: Path) -> None:
    """Another rule, a number twice, numbers against the dates, no version at all."""
    other = saga_with(tmp_path, ('id = "saga-kiosk-2016"', 'id = "other"'), ("version = 1", "version = 2"))
    for versions in ([FIRST, other], [FIRST, FIRST], [FIRST, version(tmp_path, 2, "2015-01-01")], []):
        with pytest.raises(PolicyVersionsConflict):
            PolicyBook(versions)
    with pytest.raises(PolicyVersionsConflict, match="no version 7"):
        PolicyBook([FIRST]).governing(7, date(2026, 1, 1))
