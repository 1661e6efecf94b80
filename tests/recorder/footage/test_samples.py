"""From access units to samples of an MP4."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mihariban.recorder.footage import samples as module
from mihariban.recorder.footage.samples import samples
from mihariban.recorder.packet import Packet, StreamConfig
from mihariban.recorder.sources import nal

CONFIG = StreamConfig("h264", 160, 96, Fraction(1, 90_000), b"", "annexb")
zeros = st.lists(st.sampled_from([b"\0", b"\0\0\1", b"\1", b"\x65", b"\x67", b"\x03"]), max_size=40).map(b"".join)


@pytest.mark.parametrize("long", [2, 1 << 20])
@given(data=zeros)
def test_units_get_lengths_however_they_lie(long: int, data: bytes) -> None:
    """At even and odd places, empty, with zeros behind them; the quick search for long pictures finds the same."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "_LONG", long)
        (made,) = samples([Packet(data, 0, 0, True, 0, 0, CONFIG)], 0)
    units = [
        unit for unit in nal.units(data, "annexb") if not nal.is_parameter_set(nal.unit_type(unit, "h264"), "h264")
    ]
    assert b"".join(made.parts) == b"".join(len(unit).to_bytes(4, "big") + unit for unit in units)
    assert made.size == sum(len(unit) + 4 for unit in units)
