"""Visits, and what stays of them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from mihariban.recorder.control import Control, PastVisit
from mihariban.recorder.visit import Visit


@pytest.fixture
def control(tmp_path: Path) -> Iterator[Control]:
    made = Control.create(tmp_path / "control.db", site="s", recorder="r", wall=1)
    yield made
    made.close()


def _visit(control: Control, name: bytes, started: int, to: int | None, expires: int | None = None) -> Visit:
    visit = Visit(name * 16, "c", "p" * 64, started, started - 3, "stayed", 0.5)
    control.open_visit(visit)
    if to is not None:
        visit.ended = visit.recorded_to = to
        control.close_visit(visit, expires)
    return visit


def test_visits_are_found_by_what_they_show(control: Control) -> None:
    """Half-open spans; an open visit shows up to now."""
    _visit(control, b"a", 100, 200)
    _visit(control, b"b", 300, None)
    assert [row.id[:1] for row in control.visits()] == [b"a", b"b"]
    assert [row.id[:1] for row in control.visits(since=200)] == [b"b"]
    assert [row.id[:1] for row in control.visits(since=199, until=297)] == [b"a"]
    assert [row.id[:1] for row in control.visits(until=298)] == [b"a", b"b"]
    assert [row.id[:1] for row in control.visits(open_only=True)] == [b"b"]
    assert control.visits(camera="d") == []


def test_after_a_crash_an_open_visit_ends_with_its_last_picture(control: Control) -> None:
    """One that is closed stays as it is."""
    _visit(control, b"a", 100, 200, 500)
    _visit(control, b"b", 300, None)
    for name in (b"a", b"b"):
        control.end_visit_after_crash(name * 16, 350, 900)
    closed, crashed = control.visits()
    assert (closed.recorded_to, closed.expires, closed.end_reason) == (200, 500, None)
    assert (crashed.ended, crashed.recorded_to, crashed.expires, crashed.end_reason) == (350, 350, 900, "recorder_died")


def test_an_erasure_is_marked_once(control: Control) -> None:
    """The first moment stays; what is overdue and not erased can be asked for."""
    _visit(control, b"a", 100, 200, 500)
    _visit(control, b"b", 300, 400, None)
    assert [row.id[:1] for row in control.overdue_visits(500)] == [b"a"]
    assert control.overdue_visits(499) == []
    control.erased(b"a" * 16, 600)
    control.erased(b"a" * 16, 700)
    assert [row.erased for row in control.erased_visits()] == [600]
    assert control.overdue_visits(1000) == []


def test_a_shrunk_visit_leaves_date_hour_and_seconds(control: Control) -> None:
    """Listed by date."""
    _visit(control, b"a", 100, 200, 500)
    with control.transaction() as db:
        control.shrink(db, [(b"a" * 16, PastVisit("c", "2026-11-24", 10, 17, "p"))])
    assert control.visit(b"a" * 16) is None
    assert control.past_visits() == [PastVisit("c", "2026-11-24", 10, 17, "p")]
    assert control.past_visits("other") == []


def test_texts_to_forget_are_forgotten_with_their_row(control: Control) -> None:
    """The commitment stays, the text goes."""
    with control.transaction() as db:
        hash_ = control.ledger.keep_text(db, "10:00")
        for _ in range(2):
            control.put_forgettable(db, hash_, "c", "2026-11-24", None)
    assert control.forgettable() == [(hash_, "c", "2026-11-24", None)]
    with control.transaction() as db:
        control.forget(db, hash_)
    assert control.forgettable() == []
    assert control.store.text(hash_) is None


def test_each_version_of_the_rule_is_kept_once(control: Control) -> None:
    """With its text, and one entry."""
    size = control.store.size()
    assert control.use_policy("h", "saga", "1", "text", 5)
    assert not control.use_policy("h", "saga", "1", "text", 6)
    assert control.policy_texts() == {"h": "text"}
    assert control.store.size() == size + 1
