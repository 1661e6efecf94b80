"""Lives, gaps and closed periods."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from mihariban.recorder.control import Control


@pytest.fixture
def control(tmp_path: Path) -> Iterator[Control]:
    made = Control.create(tmp_path / "control.db", site="s", recorder="r", wall=1)
    yield made
    made.close()


def test_a_life_that_did_not_end_is_a_crash(control: Control) -> None:
    """The next one learns when the last was seen."""
    life, last = control.begin_life("b1", 100)
    assert last is None
    control.seen(life, 150)
    life, last = control.begin_life("b2", 200)
    assert last == 150
    control.end_life(life, 250)
    assert control.begin_life("b3", 300)[1] == 250
    assert [(row.started, row.last_seen, row.ended) for row in control.lives()] == [
        (100, 150, None), (200, 250, 250), (300, 300, None)
    ]  # fmt: skip


def test_a_gap_ends_once_and_never_before_it_began(control: Control) -> None:
    """A second end changes nothing and enters nothing."""
    gap = control.begin_gap("c", 100, "camera_lost", "why")
    assert control.open_gaps() == [gap]
    control.end_gap(gap, 50)
    size = control.store.size()
    control.end_gap(gap, 200)
    control.end_gap(99, 200)
    assert control.store.size() == size
    (span,) = control.gaps("c")
    assert (span.started, span.ended, span.cause, span.detail) == (100, 100, "camera_lost", "why")
    assert control.gaps("other") == []
    assert control.gaps("c", since=101) == []


def test_a_closed_period_lasts_until_it_ends(control: Control) -> None:
    """Begun twice it is one."""
    control.begin_closed("c", 100, "outside hours")
    control.begin_closed("c", 150, "outside hours")
    control.begin_closed("d", 160, "holiday")
    control.end_closed("c", 200)
    control.end_closed("c", 300)
    assert [(span.camera, span.started, span.ended) for span in control.closed_periods()] == [
        ("c", 100, 200), ("d", 160, None)
    ]  # fmt: skip
    assert [span.camera for span in control.closed_periods(since=250)] == ["d"]
