"""Canonical JSON."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mihariban.ledger.canonical import MAX_BYTES, MAX_INTEGER, decode, encode
from mihariban.ledger.errors import EntryRefused

_NAMES = st.from_regex(r"[A-Za-z0-9_.:-]{1,10}", fullmatch=True)
_PLAIN = st.text(st.characters(exclude_categories=["Cs"])) | st.integers(-MAX_INTEGER, MAX_INTEGER)
_VALUES = st.recursive(
    _PLAIN, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_NAMES, inner, max_size=3), max_leaves=6
)


@given(st.dictionaries(_NAMES, _VALUES, max_size=4))
def test_what_is_written_is_read_back(value: dict[str, Any]) -> None:
    """Nothing is lost, whatever the order in which it was given."""
    try:
        data = encode(value)
    except EntryRefused as error:
        assert "nested" in str(error)
        return
    assert decode(data) == value == json.loads(data)
    assert encode(dict(reversed(value.items()))) == data


@given(st.binary(max_size=60) | st.text(max_size=60).map(lambda text: text.encode("utf-8", "surrogatepass")))
def test_other_bytes_are_refused_or_canonical(data: bytes) -> None:
    """Nothing else than a refusal comes out of foreign bytes."""
    try:
        value = decode(data)
    except EntryRefused:
        return
    assert encode(value) == data


def test_strings_are_spelled_as_rfc_8785_does() -> None:
    """The example of its section 3.2.2.2, for the characters that are allowed here, and sorted names."""
    value = {"b": "\u20ac$\u000f\u000aA'\u0042\u0022\u005c\\\"/", "a": 1, "B": "\u2028\x7f"}
    written = '{"B":"\u2028\x7f","a":1,"b":"\u20ac$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}'
    assert encode(value) == written.encode()


@pytest.mark.parametrize(
    "value",
    [
        {"a": 1.5},
        {"a": True},
        {"a": None},
        {"a": b"x"},
        {"a": MAX_INTEGER + 1},
        {"a b": 1},
        {'a"': 1},
        {"": 1},
        {1: 1},
        {"a": "\ud800"},
        {"a": "x" * MAX_BYTES},
        {"a": [[[[[[[[[[1]]]]]]]]]]},
    ],
)
def test_what_is_not_allowed_is_refused(value: Any) -> None:
    """Floats, truth, nothing, large numbers, odd names, half characters, long and deep things."""
    with pytest.raises(EntryRefused):
        encode(value)


@pytest.mark.parametrize(
    "text",
    [
        '{"b":1,"a":2}',
        '{"a": 1}',
        '{"a":1,"a":1}',
        '{"a":01}',
        '{"a":-0}',
        '{"a":1e3}',
        '{"a":"\\u0041"}',
        "[1]",
        '{"a":NaN}',
        '{"a":1}\n',
        "[" * 50_000,
        '{"a":true}',
    ],
)
def test_another_spelling_is_refused(text: str) -> None:
    """One value, one spelling."""
    with pytest.raises(EntryRefused):
        decode(text.encode())
