"""Sizes and spans as people write them."""

from __future__ import annotations

import pytest

from mihariban.base.units import parse_size, size_text, span_text


@pytest.mark.parametrize(
    ("text", "size"),
    [("4096", 4096), ("16MiB", 16 << 20), ("1.5 GiB", 3 << 29), ("2TB", 2 * 10**12), ("64k", 65536), ("3 kb", 3000)],
)
def test_sizes_are_read(text: str, size: int) -> None:
    """Binary and decimal units are told apart."""
    assert parse_size(text) == size


@pytest.mark.parametrize("text", ["", "MiB", "-1", "12 parsecs", "1,5 GiB"])
def test_what_is_no_size_is_refused(text: str) -> None:
    """The sentence gives an example."""
    with pytest.raises(ValueError, match="16MiB"):
        parse_size(text)


def test_figures_for_people() -> None:
    """Sizes with one decimal, spans as a clock shows them."""
    assert [size_text(value) for value in (512, 1536, 3 << 29, 5 << 40)] == ["512 B", "1.5 KiB", "1.5 GiB", "5.0 TiB"]
    assert [span_text(value) for value in (59.6, 61, 3723)] == ["1:00", "1:01", "1:02:03"]
