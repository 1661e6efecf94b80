"""Ids."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mihariban.base.clock import SECOND
from mihariban.base.ids import id_bytes, id_text, new_id


@given(st.binary(min_size=16, max_size=16))
def test_text_and_bytes_are_the_same_id(raw: bytes) -> None:
    """26 letters tell all 16 bytes."""
    assert id_bytes(id_text(raw)) == raw


def test_ids_sort_by_time() -> None:
    """A later id is greater, in bytes and in letters."""
    early, late = new_id(1_000 * SECOND), new_id(1_001 * SECOND)
    assert early < late
    assert id_text(early) < id_text(late)


def test_randomness_is_a_parameter() -> None:
    """The same time and randomness give the same id."""
    assert new_id(SECOND, lambda n: b"\x07" * n) == new_id(SECOND, lambda n: b"\x07" * n)


@pytest.mark.parametrize("text", ["", "0" * 25, "0" * 27, "l" * 26, "z" * 26, "0" * 25 + "-"])
def test_what_is_no_id_is_refused(text: str) -> None:
    """Wrong length, letters outside the alphabet, more than 128 bits."""
    with pytest.raises(ValueError, match="not an id"):
        id_bytes(text)
