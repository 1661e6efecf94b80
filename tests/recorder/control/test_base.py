"""control.db: one connection, the ledger in the same transactions, an upgrade that loses nothing."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import resources
from pathlib import Path

import pytest

from mihariban.base import sqlite
from mihariban.ledger.entry import Draft, read_leaf
from mihariban.ledger.errors import LedgerMissing
from mihariban.ledger.tags import Tag
from mihariban.recorder.control import Control
from mihariban.recorder.control.base import COSIGN_KEY, LEDGER_KEY
from mihariban.recorder.errors import ControlOfAnotherSite


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "control.db"


@pytest.fixture
def control(path: Path) -> Iterator[Control]:
    made = Control.create(path, site="s", recorder="r", wall=1)
    yield made
    made.close()


def _tags(control: Control) -> list[str]:
    return [read_leaf(leaf)["tag"] for leaf in control.store.leaves(0, control.store.size())]


def test_a_new_book_opens_its_ledger(control: Control, path: Path) -> None:
    """With keys that only its owner reads."""
    assert _tags(control) == [str(Tag.LEDGER_BOOK_OPEN)]
    for name in (path.name, LEDGER_KEY, COSIGN_KEY):
        assert path.with_name(name).stat().st_mode & 0o077 == 0


def test_a_change_and_its_entry_are_one(control: Control) -> None:
    """What fails undoes both, nested transactions too."""
    with pytest.raises(KeyError), control.entered(Draft(Tag.GAP_RECORDING_BEGIN, {"camera": "c"})) as db:
        db.execute("INSERT INTO remembered VALUES ('x', '{}')")
        with control.transaction():
            control.remember("y", {"a": 1})
        raise KeyError
    assert control.remembered("x") == control.remembered("y") == {}
    assert len(_tags(control)) == 1
    with control.transaction():
        control.remember("y", {"a": 1})
    assert control.remembered("y") == {"a": 1}


def test_a_book_that_is_looked_at_cannot_be_written(control: Control, path: Path) -> None:
    """It has no ledger either."""
    look = Control(path, readonly=True)
    with pytest.raises(TypeError):
        _ = look.ledger
    with pytest.raises(Exception, match=r"readonly|cannot be written"):
        look.remember("x", {})
    look.close()


def test_a_book_belongs_to_one_site(control: Control) -> None:
    """Named with both."""
    control.belongs_to("s", "r")
    with pytest.raises(ControlOfAnotherSite, match="s/r"):
        control.belongs_to("s", "other")


def test_a_book_whose_key_is_gone_is_not_continued(control: Control, path: Path) -> None:
    """Another key would be another ledger."""
    control.close()
    path.with_name(LEDGER_KEY).unlink()
    with pytest.raises(LedgerMissing):
        Control(path)


def test_a_book_of_the_first_format_is_upgraded(path: Path) -> None:
    """Its rows stay, it gets keys, the new tables and a ledger; a second opening changes nothing."""
    db = sqlite.connect(path, synchronous="FULL")
    for statement in sqlite.statements(
        resources.files("mihariban.recorder").joinpath("schema.sql").read_text(encoding="utf-8")
    ):
        db.execute(statement)
    db.execute("INSERT INTO book VALUES (1, 's', 'r', 1)")
    db.execute("INSERT INTO life (boot, started, last_seen, ended) VALUES ('b', 5, 6, 7)")
    db.close()
    for _ in range(2):
        control = Control(path)
        assert [(life.started, life.ended) for life in control.lives()][:1] == [(5, 7)]
        assert control.holds() == []
        assert path.with_name(LEDGER_KEY).exists()
        control.close()
    control = Control(path)
    control.begin_life("b", 10)
    assert control.store.size() >= 1
    control.close()


def test_numbers_of_gaps_are_given_once(control: Control, path: Path) -> None:
    """Also to gaps that are written later, and over a restart."""
    first = control.new_gap()
    assert control.begin_gap("c", 5, "x", "") == first + 1
    control.begin_gap("c", 3, "late", "", number=first)
    control.begin_gap("c", 4, "again", "", number=first)
    assert [span.cause for span in control.gaps()] == ["late", "x"]
    control.close()
    again = Control(path)
    assert again.new_gap() == first + 2
    again.close()
