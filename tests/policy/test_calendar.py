from __future__ import annotations

from datetime import date

import pytest
from pydantic import ValidationError

from mihariban.policy import CalendarEntry
from mihariban.policy.errors import CalendarEntryInvalid
from tests.policy.rules import entry

DAY = {"first_day": date(2026, 11, 25), "last_day": date(2026, 11, 25)}


@pytest.mark.parametrize(
    "made",
    [
        entry(kind="closure", **DAY),
        entry(kind="extension", windows=(("17:15", "24:00"),), site="library", replaces="e0", **DAY),
        entry(kind="holiday_moved", moved_to=date(2026, 11, 27), reason_en="special law", **DAY),
    ],
)
def test_an_entry_survives_json(made: CalendarEntry) -> None:
    """The office sends it, the recorder keeps it."""
    assert CalendarEntry.from_json(made.to_json()) == made
    assert "\n" not in made.to_json()


@pytest.mark.parametrize(
    ("facts", "word"),
    [
        ({"kind": "closure", "first_day": date(2026, 11, 26), "last_day": date(2026, 11, 25)}, "before the first"),
        ({"kind": "hours", **DAY}, "no windows"),
        ({"kind": "extension", **DAY}, "no windows"),
        ({"kind": "hours", "windows": (("12:00", "10:00"),), **DAY}, "does not end after"),
        ({"kind": "hours", "windows": (("22:00", "02:00"),), **DAY}, "does not end after"),
        ({"kind": "hours", "windows": (("10:00", "12:00"), ("11:00", "13:00")), **DAY}, "overlap"),
        ({"kind": "closure", "moved_to": date(2026, 11, 26), **DAY}, "moved holiday alone"),
        ({"kind": "holiday_moved", "first_day": date(2026, 11, 2), "last_day": date(2026, 11, 3)}, "one day"),
        ({"kind": "hours", "windows": (("25:00", "26:00"),), **DAY}, "not a time of day"),
    ],
)
def test_an_entry_that_makes_no_sense_is_refused(facts: dict[str, object], word: str) -> None:
    """With the reason."""
    with pytest.raises(ValidationError, match=word):
        entry(**facts)


@pytest.mark.parametrize(
    "text",
    ["", "{}", "[1]", '{"id": 5}', entry(kind="closure", **DAY).to_json().replace("市長", ""), "{" * 5],
)
def test_json_that_is_no_entry_is_one_clear_error(text: str) -> None:
    """Not JSON, missing facts, no approver."""
    with pytest.raises(CalendarEntryInvalid):
        CalendarEntry.from_json(text)


def test_the_reason_of_a_refusal_is_kept() -> None:
    """In both languages."""
    broken = entry(kind="closure", **DAY).to_json().replace('"last_day":"2026-11-25"', '"last_day":"2026-11-24"')
    with pytest.raises(CalendarEntryInvalid) as caught:
        CalendarEntry.from_json(broken)
    assert "最後の日が最初の日より前" in caught.value.text("ja")
    assert "the last day is before the first" in caught.value.text("en")
