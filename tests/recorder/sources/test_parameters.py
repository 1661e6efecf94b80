"""A decoder's configuration, from wherever it can be had."""

from __future__ import annotations

from fractions import Fraction

import av
import pytest

from mihariban.recorder.packet import Framing, StreamConfig
from mihariban.recorder.sources import nal
from mihariban.recorder.sources.parameters import Parameters, framing_of, sets_in
from tests.support.clips import access_units

CODECS = ("h264", "hevc")


def empty(codec: nal.VideoCodec, framing: Framing = "annexb") -> StreamConfig:
    return StreamConfig(codec, 0, 0, Fraction(1, 90_000), b"", framing)


def prefixed(data: bytes, *, with_sets: bool, codec: nal.VideoCodec) -> bytes:
    kept = [
        unit
        for unit in nal.units(data, "annexb")
        if with_sets or not nal.is_parameter_set(nal.unit_type(unit, codec), codec)
    ]
    return b"".join(len(unit).to_bytes(4, "big") + unit for unit in kept)


@pytest.mark.parametrize("codec", CODECS)
def test_a_stream_that_describes_nothing_tells_it_with_its_first_key_picture(codec: nal.VideoCodec) -> None:
    """No session description needed: size and parameter sets come from the stream."""
    parameters = Parameters(empty(codec))
    assert not parameters.complete
    for data, _, _ in access_units(codec, 3):
        parameters.head(data)
    assert parameters.complete
    assert (parameters.config.width, parameters.config.height) == (160, 96)


@pytest.mark.parametrize("codec", CODECS)
@pytest.mark.parametrize("framing", ["annexb", "length"])
def test_a_decoder_opens_with_nothing_but_the_configuration(codec: nal.VideoCodec, framing: Framing) -> None:
    """Records of both framings are written so that libavcodec decodes pictures without sets in them."""
    units = [data for data, _, _ in access_units(codec, 5)]
    parameters = Parameters(empty(codec, framing))
    for data in units:
        parameters.head(prefixed(data, with_sets=True, codec=codec) if framing == "length" else data)
    config = parameters.config
    assert framing_of(config.extradata) == framing
    assert set(sets_in(config)) == set(nal.head(units[0], codec, "annexb").sets)
    decoder = av.CodecContext.create(codec, "r")
    decoder.extradata = config.extradata
    pictures = []
    for data in units:
        bare = prefixed(data, with_sets=False, codec=codec)
        if framing == "annexb":
            bare = b"".join(b"\x00\x00\x00\x01" + unit for unit in nal.units(bare, "length"))
        pictures += decoder.decode(av.Packet(bare))
    pictures += decoder.decode(None)
    assert [(picture.width, picture.height) for picture in pictures] == [(160, 96)] * 5


@pytest.mark.parametrize("codec", CODECS)
def test_a_changed_size_is_a_new_configuration_and_an_unchanged_one_the_same_object(codec: nal.VideoCodec) -> None:
    """The object changes exactly where the stream changes."""
    parameters = Parameters(empty(codec))
    configs = []
    for data, _, _ in [*access_units(codec, 10, gop=5), *access_units(codec, 10, gop=5, width=320, height=192)]:
        parameters.head(data)
        configs.append(parameters.config)
    assert len({id(config) for config in configs}) == 2
    assert (configs[9].width, configs[10].width) == (160, 320)
    assert configs[10] is configs[19]


def test_a_broken_set_keeps_the_old_configuration() -> None:
    """Noise on the line does not take the configuration away."""
    parameters = Parameters(empty("h264"))
    parameters.head(access_units("h264", 1)[0][0])
    before = parameters.config
    parameters.head(b"\x00\x00\x00\x01\x67\x42" + b"\x00\x00\x00\x01\x41\x9a\x00")
    assert parameters.config.extradata == before.extradata
    assert parameters.complete
