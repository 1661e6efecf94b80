"""The error tree."""

from __future__ import annotations

import string

import pytest

from mihariban.base.errors import BRANCHES, MiharibanError, UsageError, all_errors
from mihariban.base.text import language_of
from tools import docs


@pytest.fixture(scope="module", autouse=True)
def _everything() -> None:
    docs.load_everything()


def test_every_leaf_has_both_sentences_with_the_same_facts() -> None:
    """Nothing is said in one language only."""
    for error in all_errors():
        # why_ja and why_en are one fact in two languages
        facts = [
            {name.removesuffix("_ja").removesuffix("_en") for _, name, _, _ in string.Formatter().parse(text) if name}
            for text in (error.ja, error.en)
        ]
        assert facts[0] == facts[1], error
        assert error.ja != error.en or error is UsageError, error


def test_codes_and_exit_statuses_are_their_own() -> None:
    """A class that copies a code or an exit status is found."""

    class CopyError(BRANCHES[0]):  # type: ignore[misc,valid-type]  # a class made for this test
        code = "MH011"
        exit_status = 11

    try:
        assert any("CopyError" in finding for finding in docs.findings())
    finally:
        del CopyError
        import gc

        gc.collect()
    assert [finding for finding in docs.findings() if "drifted" not in finding] == []


def test_an_error_speaks_both_languages() -> None:
    """Sentences carry the facts, the JSON carries the code."""
    error = UsageError(what="x")
    assert error.as_json() == {"code": "MH002", "ja": "x", "en": "x"}
    assert isinstance(error, MiharibanError)


@pytest.mark.parametrize(
    ("environment", "language"),
    [({}, "en"), ({"LANG": "ja_JP.UTF-8"}, "ja"), ({"LANG": "ja_JP.UTF-8", "MIHARIBAN_LANG": "en"}, "en")],
)
def test_the_language_follows_the_setting_then_the_locale(environment: dict[str, str], language: str) -> None:
    """MIHARIBAN_LANG wins."""
    assert language_of(environment) == language
