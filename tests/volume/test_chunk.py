"""Chunks packed and unpacked."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mihariban.volume.chunk import Chunk, CodecConfig, Sample, pack_meta, unpack
from mihariban.volume.table import ClipTable, describe, unpack_table

TICKS = st.integers(-(1 << 63), (1 << 63) - 1)
SAMPLES = st.lists(st.builds(Sample, st.integers(0, 50), TICKS, TICKS, TICKS, st.booleans(), st.booleans()), max_size=9)
CLOSE = st.lists(
    st.builds(
        Sample, st.integers(0, 50), st.integers(0, 9000), st.integers(0, 9000), st.integers(0, 9000), st.booleans()
    ),
    max_size=9,
)
CONFIGS = st.none() | st.builds(
    CodecConfig,
    st.text(max_size=9),
    st.integers(0, 9999),
    st.integers(0, 9999),
    st.tuples(st.integers(1, 1001), st.integers(1, 90000)),
    st.binary(max_size=40),
    st.sampled_from(["annexb", "length"]),
)
NOTES = st.dictionaries(st.text(max_size=5), st.integers(0, 9) | st.text(max_size=5) | st.booleans(), max_size=3)


@st.composite
def chunks(draw: st.DrawFn) -> Chunk:
    samples = tuple(draw(SAMPLES | CLOSE))
    size = sum(sample.size for sample in samples)
    data = draw(st.binary(min_size=size, max_size=size))
    wall, monotonic = draw(st.tuples(st.integers(0, 1 << 62), st.integers(0, 1 << 62)))
    return Chunk(draw(st.integers(0, 3)), wall, monotonic, "boot", "good", draw(CONFIGS), samples, data, draw(NOTES))


@settings(max_examples=200, deadline=None)
@given(chunks(), st.binary(min_size=16, max_size=16), st.binary(min_size=16, max_size=16))
def test_a_chunk_comes_back_as_it_was(chunk: Chunk, clip: bytes, visit: bytes) -> None:
    """Any 64-bit time stamps, configuration and notes survive packing."""
    assert unpack(pack_meta(chunk, clip, visit), chunk.data) == (chunk, clip, visit)


def test_sizes_must_add_up() -> None:
    """A sample table that does not fit its data is refused before anything is written."""
    with pytest.raises(ValueError, match="add up"):
        pack_meta(Chunk(0, 0, 0, "b", "q", None, (Sample(3, 0, 0, 1, True),), b"xx"), bytes(16), bytes(16))


def test_samples_close_in_time_take_seventeen_bytes() -> None:
    """The table of a usual second stays small; one wild time stamp widens it and is kept exactly."""
    usual = tuple(Sample(0, i * 6000, i * 6000, 6000, i == 0) for i in range(15))
    wild = (*usual[:-1], Sample(0, -(1 << 62), 1 << 62, 0, False))
    packed = [len(pack_meta(Chunk(0, 0, 0, "b", "q", None, s, b""), bytes(16), bytes(16))) for s in (usual, wild)]
    assert packed[1] - packed[0] == 15 * (29 - 17)


def test_lead_in_is_not_shown() -> None:
    """Lead-in counts neither for start nor for duration; without durations the mean distance counts for the last."""
    config = CodecConfig("h264", 1, 1, (1, 1000), b"", "annexb")
    lead = Chunk(0, 5, 0, "b", "q", config, (Sample(1, 0, 0, 100, True, lead_in=True),), b"x")
    shown = Chunk(0, 900, 0, "b", "q", None, tuple(Sample(1, t, t, 0, False) for t in (100, 200, 300)), b"xyz")
    table = ClipTable()
    table.add(describe(lead, config, 4096, 100, 0))
    table.add(describe(shown, config, 8192, 100, 1))
    assert (table.start, table.duration, table.end) == (900, 300_000_000, 900 + 300_000_000)
    again = unpack_table(table.pack_summary(), table.pack_rows())
    assert again.pack_rows() == table.pack_rows()
    assert again.listed() == table.chunks
    assert again == table
