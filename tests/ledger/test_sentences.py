"""Tags and their sentences."""

from __future__ import annotations

from pathlib import Path

import pytest

from mihariban.base.clock import TurnedClock
from mihariban.ledger import entry as entry_module
from mihariban.ledger.entry import Draft, from_moment, leaf_of, moment, stamp
from mihariban.ledger.errors import EntryRefused
from mihariban.ledger.sentences import SENTENCES, facts_of, findings, sentence, tags_page
from mihariban.ledger.tags import Outcome, Tag
from tests.ledger.books import WALL

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "ledger-tags.md"


def test_every_tag_speaks_both_languages_with_the_same_facts() -> None:
    """And is a noun, a part and a verb."""
    assert findings() == []
    assert set(SENTENCES) == set(Tag)


def test_the_reference_page_has_not_drifted() -> None:
    """Every tag has its line in the documents."""
    assert PAGE.read_text(encoding="utf-8").endswith(tags_page())


@pytest.mark.parametrize("tag", Tag)
def test_every_tag_can_be_entered_and_told(tag: Tag) -> None:
    """With exactly its facts, in every outcome and language; not with one fewer."""
    now = stamp(TurnedClock(WALL), lambda: "synchronised")
    facts = dict.fromkeys(facts_of(tag), "x")
    for outcome in Outcome:
        leaf = leaf_of(Draft(tag, facts), 3, now, outcome)
        told = {sentence(entry_module.read_leaf(leaf), language) for language in ("ja", "en")}
        assert len(told) == 2
        assert not any("?" in each or "{" in each for each in told)
    if facts:
        facts.popitem()
        with pytest.raises(EntryRefused, match="lacks"):
            leaf_of(Draft(tag, facts), 3, now)


def test_tags_and_outcomes_of_later_versions_are_shown_as_they_are() -> None:
    """An old program reads a new ledger."""
    assert sentence({"tag": "moon:{x}:rise", "outcome": "later"}, "en") == "moon:(x):rise"


def test_a_retired_tag_is_read_but_not_written(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its sentence stays."""
    monkeypatch.setattr(entry_module, "RETIRED", frozenset({Tag.BOOT_PROCESS_STOP}))
    with pytest.raises(EntryRefused, match="no longer"):
        leaf_of(Draft(Tag.BOOT_PROCESS_STOP, {"process": "p"}), 0, stamp(TurnedClock(WALL), lambda: "unknown"))
    told = sentence({"tag": "boot:process:stop", "outcome": "done", "object": {"process": "p"}}, "en")
    assert told == "p stopped."


def test_a_clock_quality_must_be_known() -> None:
    """Three words, no other."""
    with pytest.raises(EntryRefused, match="clock"):
        leaf_of(Draft(Tag.FOOTAGE_STILL_TAKE, {"camera": "c"}), 0, stamp(TurnedClock(WALL), lambda: "fine"))


@pytest.mark.parametrize("wall", [0, 1, 999_999_999, WALL + 123_456_789])
def test_moments_lose_nothing(wall: int) -> None:
    """To the nanosecond."""
    assert from_moment(moment(wall)) == wall


@pytest.mark.parametrize("text", ["", "2026-01-01T00:00:00Z", "2026-01-01T00:00:00.1Z", "x.000000000Z"])
def test_other_moments_are_refused(text: str) -> None:
    """One spelling."""
    with pytest.raises(ValueError, match=r"not a moment|does not match"):
        from_moment(text)
