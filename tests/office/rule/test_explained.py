"""The rule in sections, and what differs between two versions."""

from __future__ import annotations

from pathlib import Path

import pytest

from mihariban.base.text import Language
from mihariban.office.rule.explained import changed_fields, differences, sections
from mihariban.policy import explain, parse_policy
from tests.office.rule.texts import FIRST, second

ONE = parse_policy(FIRST, Path("1.toml")).policy
TWO = parse_policy(second(), Path("2.toml")).policy


@pytest.mark.parametrize("language", ["ja", "en"])
def test_no_line_of_the_explanation_is_lost(language: Language) -> None:
    """Every line is in a section, with label and value where it has them."""
    text = explain(ONE, language)
    found = sections(ONE, language)
    assert len([line for line in text.splitlines() if line]) == sum(
        len(each.lines) + bool(each.heading) for each in found
    )
    for each in found:
        for label, value in each.lines:
            assert label in text and value in text
    assert sum(bool(label) for each in found for label, _ in each.lines) > 40


def test_a_version_against_itself_differs_in_nothing() -> None:
    """Neither in words nor in values."""
    assert differences(ONE, ONE, "ja") == [] and changed_fields(ONE, ONE) == []


def test_a_shorter_period_is_said_in_words_and_by_its_values() -> None:
    """With the old and the new sentence, in both languages."""
    ja = {each.place: each for each in differences(ONE, TWO, "ja")}
    kept = ja["保存と消去 / 保存期間"]
    assert "5,760時間" in kept.before[0] and "1,440時間" in kept.after[0]
    en = {each.place: each for each in differences(ONE, TWO, "en")}
    assert "1,440 hours" in en["Keeping and erasing / Kept for"].after[0]
    fields = {each.place: (each.before, each.after) for each in changed_fields(ONE, TWO)}
    assert fields["retention.amount"] == (("5760",), ("1440",))
    assert fields["version"] == (("1",), ("2",))
    assert set(fields) == {"version", "effective_from", "retention.amount"}


def test_a_value_that_no_sentence_tells_is_in_the_list_of_values() -> None:
    """An article's own words."""
    changed = parse_policy(
        second().replace("市長が別に定める", "市長が定める").replace("要綱に定めるもののほか", "要綱のほか"),
        Path("2.toml"),
    ).policy
    assert any(each.place.startswith("article.") for each in changed_fields(ONE, changed))
