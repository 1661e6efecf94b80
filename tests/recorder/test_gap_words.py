"""Causes and lengths in words."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from mihariban.base.text import Language
from mihariban.recorder import errors
from mihariban.recorder.contract.gap_words import GAP_WORDS, gap_words, span_words

_DOCUMENT = Path(__file__).parents[2] / "docs" / "reference" / "gaps.md"


def test_every_cause_that_can_be_written_has_words() -> None:
    """Every loss of a camera, and what the document names beside them."""
    losses = {
        each.code
        for each in vars(errors).values()
        if isinstance(each, type) and issubclass(each, errors.SourceError) and each is not errors.SourceError
    }
    told = set(re.findall(r"^\| `(\w+)`", _DOCUMENT.read_text(encoding="utf-8").split("Not gaps")[0], re.MULTILINE))
    others = {each for each in told if not each.startswith("MH")}
    assert others == {"volume_failed", "recorder_down"}
    assert losses | others == set(GAP_WORDS)
    assert all(ja and en and ja != en for ja, en in GAP_WORDS.values())


def test_a_cause_of_a_later_version_is_shown_as_it_is() -> None:
    assert gap_words("MH399", "ja") == "MH399"


@pytest.mark.parametrize(
    ("seconds", "language", "words"),
    [
        (328, "ja", "5分28秒"),
        (328, "en", "5 min 28 s"),
        (61_200, "ja", "17時間"),
        (61_201.4, "en", "17 h 1 s"),
        (0.2, "ja", "0秒"),
        (0, "en", "0 s"),
        (86_400, "ja", "24時間"),
    ],
)
def test_lengths(seconds: float, language: Language, words: str) -> None:
    assert span_words(seconds, language) == words
