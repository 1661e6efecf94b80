"""The office's calendar, kept where it is obeyed."""

from __future__ import annotations

from pathlib import Path

from mihariban.recorder.control import Control


def test_entries_are_replaced_and_withdrawn_by_id(tmp_path: Path) -> None:
    """One put again after it was withdrawn is in force again."""
    control = Control.create(tmp_path / "control.db", site="s", recorder="r", wall=1)
    control.put_calendar("b", '{"b":1}', 5)
    control.put_calendar("a", '{"a":1}', 6)
    control.put_calendar("b", '{"b":2}', 7)
    assert control.calendar() == ['{"a":1}', '{"b":2}']
    control.withdraw_calendar("b", 8)
    assert control.calendar() == ['{"a":1}']
    control.close()
    control = Control(tmp_path / "control.db")
    assert control.calendar() == ['{"a":1}']
    control.put_calendar("b", '{"b":3}', 9)
    assert control.calendar() == ['{"a":1}', '{"b":3}']
    control.close()
