"""How pictures are stored: lengths instead of start codes, nothing of a coded picture changed."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import av
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mihariban.recorder.packet import StreamConfig
from mihariban.recorder.playback import decoder_for
from mihariban.recorder.sources import nal
from mihariban.recorder.sources.parameters import length_size, sets_in
from mihariban.recorder.stored_form import StoredForm
from tests.support.clips import access_units


def _stream(codec: nal.VideoCodec) -> tuple[StreamConfig, list[bytes]]:
    units = [data for data, _, _ in access_units(codec, 30)]
    sets = nal.head(units[0], codec, "annexb").sets
    extradata = b"".join(b"\0\0\0\1" + unit for unit in sets)
    return StreamConfig(codec, 160, 96, Fraction(1, 90_000), extradata, "annexb"), units


def _decoded(config: StreamConfig, units: list[bytes]) -> list[bytes]:
    decoder = decoder_for(config)
    packets = [*map(av.Packet, units), None]
    return [bytes(frame.to_ndarray()) for packet in packets for frame in decoder.decode(packet)]


@pytest.mark.parametrize("codec", ["h264", "hevc"])
def test_what_is_stored_is_the_same_film(codec: nal.VideoCodec) -> None:
    """Every NAL unit but the parameter sets that the record tells, unchanged; and it decodes to the same pictures."""
    config, units = _stream(codec)
    form = StoredForm(config)
    stored = [form.data(unit) for unit in units]
    assert (form.config.framing, length_size(form.config)) == ("length", 4)
    assert set(sets_in(form.config)) == set(sets_in(config))
    for before, after in zip(units, stored, strict=True):
        kept = [unit for unit in nal.units(before, "annexb") if unit not in sets_in(config)]
        assert list(nal.units(after, "length")) == kept
    assert _decoded(form.config, stored) == _decoded(config, units) != []


def test_a_parameter_set_the_record_does_not_tell_stays() -> None:
    """Nothing that a decoder may need is dropped."""
    config, units = _stream("h264")
    form, other = StoredForm(config), b"\x68\xee\x3c\x80"
    data = form.data(b"\0\0\1" + other + units[0])
    assert next(iter(nal.units(data, "length"))) == other


@pytest.mark.parametrize("extradata", [b"", b"\0\0\0\1\x68\xee\x3c\x80", b"\0\0\0\1\x67\x42"])
def test_without_a_whole_sequence_set_it_is_stored_as_it_comes(extradata: bytes) -> None:
    """A decoder then finds what it needs between the pictures."""
    config = replace(_stream("h264")[0], extradata=extradata)
    form = StoredForm(config)
    data = b"\0\0\1\x65\1\2\3"
    assert not form.converts
    assert form.config is config
    assert form.data(data) is data


def test_lengths_are_left_alone() -> None:
    """What came with lengths is stored byte for byte."""
    config = StoredForm(_stream("h264")[0]).config
    form = StoredForm(config)
    assert not form.converts
    assert form.config is config


@given(st.lists(st.tuples(st.sampled_from([3, 4]), st.binary(min_size=1, max_size=40)), max_size=6))
def test_units_come_back_whatever_is_between_them(parts: list[tuple[int, bytes]]) -> None:
    """Start codes of three and of four bytes; bytes that look like one belong to no unit (14496-10, 7.4.1)."""
    config, _ = _CONFIG
    units = [b"\x65" + part.replace(b"\0", b"\1") for _, part in parts]
    data = b"".join(bytes(size - 1) + b"\1" + unit for (size, _), unit in zip(parts, units, strict=True))
    assert list(nal.units(StoredForm(config).data(data), "length")) == units


_CONFIG = _stream("h264")
