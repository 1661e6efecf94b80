"""What the NAL units themselves say, held against libav."""

from __future__ import annotations

import itertools

import pytest

from mihariban.recorder.sources import nal
from tests.support.clips import access_units

CODECS = ("h264", "hevc")


@pytest.mark.parametrize("codec", CODECS)
@pytest.mark.parametrize(("width", "height"), [(160, 96), (322, 182), (640, 360)])
def test_the_size_in_the_parameter_set_is_the_decoded_size(codec: nal.VideoCodec, width: int, height: int) -> None:
    """Cropping included: sizes that are no multiple of a block."""
    data = access_units(codec, 1, width=width, height=height)[0][0]
    sps = next(unit for unit in nal.head(data, codec, "annexb").sets if nal.is_sequence_set(unit, codec))
    found = nal.picture_format(sps, codec)
    assert (found.width, found.height, found.chroma, found.depth_luma) == (width, height, 1, 8)


@pytest.mark.parametrize("codec", CODECS)
def test_key_pictures_are_those_at_which_a_decoder_starts(codec: nal.VideoCodec) -> None:
    """Every fifth picture of a stream with groups of five, and no other."""
    units = access_units(codec, 12, gop=5)
    assert [nal.head(data, codec, "annexb").key for data, _, _ in units] == [n % 5 == 0 for n in range(12)]


@pytest.mark.parametrize("codec", CODECS)
def test_both_framings_are_read_alike(codec: nal.VideoCodec) -> None:
    """Start codes or lengths, the same units."""
    data = access_units(codec, 1)[0][0]
    units = list(nal.units(data, "annexb"))
    assert len(units) >= 3
    for size in (2, 4):
        prefixed = b"".join(len(unit).to_bytes(size, "big") + unit for unit in units)
        assert list(nal.units(prefixed, "length", size)) == units
        assert nal.head(prefixed, codec, "length", size).key


def test_a_recovery_point_counts_as_a_key_picture() -> None:
    """An open group of H.264 starts with an ordinary I picture and a message (recovery_frame_cnt 0)."""
    sei = bytes((0x06, 6, 1, 0xC0, 0x80))
    later = bytes((0x06, 6, 1, 0x40, 0x80))
    slice_ = b"\x41\x9a\x00\x10"
    start = b"\x00\x00\x00\x01"
    assert nal.head(start + sei + start + slice_, "h264", "annexb").key
    assert not nal.head(start + later + start + slice_, "h264", "annexb").key
    assert not nal.head(start + slice_, "h264", "annexb").key


@pytest.mark.parametrize("codec", CODECS)
def test_a_cut_off_parameter_set_is_an_error_not_a_crash(codec: nal.VideoCodec) -> None:
    """Every prefix either reads or raises ValueError."""
    data = access_units(codec, 1)[0][0]
    sps = next(unit for unit in nal.head(data, codec, "annexb").sets if nal.is_sequence_set(unit, codec))
    outcomes = set()
    for length in range(1, len(sps)):
        try:
            nal.picture_format(sps[:length], codec)
            nal.set_id(sps[:length], codec)
            outcomes.add("read")
        except ValueError:
            outcomes.add("refused")
    assert "refused" in outcomes


def test_exp_golomb_numbers_are_read() -> None:
    """Table 9-2 of ISO/IEC 14496-10."""
    bits = nal.Bits(0b1_010_011_00100_00101_1111111.to_bytes(3, "big"))
    assert [bits.ue() for _ in range(5)] == [0, 1, 2, 3, 4]
    signed = nal.Bits(0b010_011_00100_00101_11111111.to_bytes(3, "big"))
    assert [signed.se() for _ in range(4)] == [1, -1, 2, -2]


def test_emulation_prevention_is_taken_out() -> None:
    """Two zeros and a three lose the three."""
    assert nal.unescape(b"\x67\x00\x00\x03\x01\x00\x00\x03\x00\x00\x03\x02") == b"\x67\x00\x00\x01\x00\x00\x00\x00\x02"


def test_garbage_is_no_picture() -> None:
    """No start code, nothing found; cut-off lengths are left out."""
    assert nal.head(b"garbage", "h264", "annexb") == nal.Head((), False, False)
    assert list(nal.units(b"\x00\x00\x00\x09abc", "length")) == []
    assert list(itertools.islice(nal.units(b"", "annexb"), 1)) == []
