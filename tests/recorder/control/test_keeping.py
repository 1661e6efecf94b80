"""Rows of holds, erasures, findings, grants and orders."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from mihariban.base import sqlite
from mihariban.recorder.control import Control, ErasureRow, FindingRow, GrantRow, HoldRow

HOLD = HoldRow(b"h" * 16, "cam1", 10, 20, {"reason": "見本"}, 99, 5, 1000, 30, None)
ERASED = ErasureRow(b"c" * 16, b"v" * 16, "cam1", 3, 7, 10, 20, 1000, 50, "deadline", 60, True, None, "E0")
GRANT = GrantRow("g1", b"d" * 32, "cam1", 10, 20, "view", "市窓 7", 99, 30, None, None)


@pytest.fixture
def control(tmp_path: Path) -> Iterator[Control]:
    made = Control.create(tmp_path / "control.db", site="s", recorder="r", wall=1)
    yield made
    made.close()


def test_a_hold_is_kept_and_released(control: Control) -> None:
    """Placed again it stays as it is; released, its papers go."""
    with control.transaction() as db:
        control.put_hold(db, HOLD)
        control.put_hold(db, replace(HOLD, camera="cam2"))
    assert control.holds() == [HOLD] == control.holds(kept_only=True)
    with control.transaction() as db:
        control.release_hold(db, HOLD.id, 70)
    assert control.hold(HOLD.id) == replace(HOLD, released=70, document={})
    assert control.holds(kept_only=True) == []
    assert control.hold(b"x" * 16) is None


def test_what_waits_for_overwriting_is_told_by_region_and_use(control: Control) -> None:
    """Only earlier uses of just that region are overwritten, once."""
    same = replace(ERASED, clip=b"d" * 16, generation=9)
    other = replace(ERASED, clip=b"e" * 16, region=4)
    with control.transaction() as db:
        control.put_erasures(db, [ERASED, same, other, ERASED])
    assert len(control.erasures()) == len(control.erasures(waiting_only=True)) == 3
    with control.transaction() as db:
        assert control.mark_overwritten(db, 3, 9, 80, "E1") == 1
        assert control.mark_overwritten(db, 3, 9, 90, "E1") == 0
    assert {row.clip for row in control.erasures(waiting_only=True)} == {same.clip, other.clip}
    (done,) = [row for row in control.erasures() if row.overwritten is not None]
    assert done == replace(ERASED, overwritten=80, level="E1")


def test_a_level_is_raised_and_never_lowered(control: Control) -> None:
    """Of what was destroyed before an instant."""
    later = replace(ERASED, clip=b"d" * 16, destroyed=100)
    with control.transaction() as db:
        control.put_erasures(db, [ERASED, later])
        assert control.raise_level(db, 100, "E2") == 1
        assert control.raise_level(db, 101, "E1") == 1
    assert {row.clip: row.level for row in control.erasures()} == {ERASED.clip: "E2", later.clip: "E1"}


def test_findings_begin_and_end(control: Control) -> None:
    """An end before the beginning is its beginning."""
    with control.transaction() as db:
        control.begin_finding(db, FindingRow("camera_covered", "cam1", 100, None, {"a": 1}))
        control.begin_finding(db, FindingRow("camera_dark", "cam1", 110, None, {}))
        control.end_finding(db, "camera_covered", "cam1", 50)
    assert [row.kind for row in control.findings(open_only=True)] == ["camera_dark"]
    assert [(row.began, row.ended) for row in control.findings()] == [(100, 100), (110, None)]
    assert [row.kind for row in control.findings(since=101)] == ["camera_dark"]


def test_a_grant_ends_once(control: Control) -> None:
    """The first moment stays; closing and taking back are two things."""
    with control.transaction() as db:
        control.put_grant(db, GRANT)
        control.close_grant(db, "g1", 40)
        control.close_grant(db, "g1", 50)
        control.close_grant(db, "g1", 60, revoked=True)
    assert control.grant("g1") == replace(GRANT, closed=40, revoked=60)
    assert control.grant("g2") is None
    with pytest.raises(sqlite.IntegrityError), control.transaction() as db:
        control.put_grant(db, GRANT)


def test_orders_are_known_by_kind_and_id(control: Control) -> None:
    """And the newest push of each kind."""
    with control.transaction() as db:
        control.put_order(db, "calendar", "a", b"1", 4, 10)
        control.put_order(db, "calendar", "b", b"2", 2, 11)
        control.put_order(db, "policy", "a", b"3", 9, 12)
    assert (control.order("calendar", "a"), control.order("policy", "a"), control.order("hold", "a")) == (
        b"1",
        b"3",
        None,
    )
    assert (control.newest_order("calendar"), control.newest_order("policy"), control.newest_order("hold")) == (4, 9, 0)
    with pytest.raises(sqlite.IntegrityError), control.transaction() as db:
        control.put_order(db, "calendar", "a", b"4", 5, 13)
