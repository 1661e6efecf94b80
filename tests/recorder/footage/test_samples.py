"""From access units to samples of an MP4."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mihariban.recorder.footage import startcodes
from mihariban.recorder.footage.samples import samples
from mihariban.recorder.footage.stored import Body, Picture
from mihariban.recorder.packet import StreamConfig
from mihariban.recorder.sources import nal

CONFIG = StreamConfig("h264", 160, 96, Fraction(1, 90_000), b"", "annexb")
zeros = st.lists(st.sampled_from([b"\0", b"\0\0\1", b"\1", b"\x65", b"\x67", b"\x03"]), max_size=40).map(b"".join)


@pytest.mark.parametrize("long", [16, 1 << 20])
@given(pieces=st.lists(zeros, min_size=1, max_size=5))
def test_units_get_lengths_however_they_lie(long: int, pieces: list[bytes]) -> None:
    """At even and odd places, empty, with zeros behind them, halves of a code in two pictures of one chunk; the quick
    search in long chunks finds the same.
    """
    body, at, pictures = Body(b"".join(pieces)), 0, []
    for data in pieces:
        pictures.append(Picture(body, at, at + len(data), at, at, True, at, CONFIG))
        at += len(data)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(startcodes, "LONG", long)
        made = samples(pictures, 0)
    whole, at = b"".join(part for body in made.bodies for part in body), 0
    for data, size in zip(pieces, made.sizes, strict=True):
        units = [
            unit for unit in nal.units(data, "annexb") if not nal.is_parameter_set(nal.unit_type(unit, "h264"), "h264")
        ]
        assert size == sum(len(unit) + 4 for unit in units)
        assert whole[at : at + size] == b"".join(len(unit).to_bytes(4, "big") + unit for unit in units)
        at += size
    assert at == len(whole) == made.size


@given(data=st.binary(min_size=2048, max_size=2200), codes=st.lists(st.integers(0, 2190), max_size=20))
def test_start_codes_are_found_wherever_they_lie(data: bytes, codes: list[int]) -> None:
    coded = bytearray(data)
    for at in codes:
        coded[at : at + 3] = b"\0\0\1"
    sought = bytes(coded)
    assert startcodes.start_codes(sought) == [at for at in range(len(sought)) if sought.startswith(b"\0\0\1", at)]
