"""What one chunk of footage says in the clear, and how it is packed before it is encrypted.

A chunk is what is encrypted and made durable at once: a second or less of one stream. Its packed form is a CBOR map
with small integer keys (unknown keys are passed over, so that later versions may add some) followed by the bytes of
the samples as the camera sent them.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import cbor2

_NARROW = struct.Struct(">IiiiB")  # size, dts since the sample before, pts - dts, duration, flags
_WIDE = struct.Struct(">IqqqB")  # size, dts, pts, duration, flags
_INT32 = range(-(1 << 31), 1 << 31)
_KEY, _LEAD_IN = 1, 2
_STREAM, _WALL, _MONOTONIC, _BOOT, _QUALITY, _CONFIG, _FIRST_DTS, _TABLE, _NOTES, _CLIP, _VISIT = range(11)


@dataclass(frozen=True, slots=True)
class Sample:
    """One access unit of a chunk.

    Attributes:
        size: bytes of it in ``Chunk.data``.
        pts, dts, duration: ticks of the codec configuration's time base.
        key: a decoder can start here.
        lead_in: stored only so that later samples can be decoded, never shown.
    """

    size: int
    pts: int
    dts: int
    duration: int
    key: bool
    lead_in: bool = False


@dataclass(frozen=True, slots=True)
class CodecConfig:
    """What a decoder needs. ``time_base``: (numerator, denominator) of seconds per tick; pixels are 0 for audio."""

    codec: str
    width: int
    height: int
    time_base: tuple[int, int]
    extradata: bytes
    framing: str


@dataclass(frozen=True, slots=True)
class Chunk:
    """A second or less of one stream of one camera.

    Attributes:
        stream: 0 the picture that is kept, 1 and up further streams (sound).
        wall: moment the first sample is displayed, ns since 1970 UTC.
        monotonic: the same moment on the recorder's monotonic clock, ns; ``boot`` names the boot it belongs to.
        time_quality: how well the wall clock was known, as the recorder words it.
        config: in the first chunk of a stream in a clip, and where it changes; else None.
        samples: in decoding order; their sizes add up to ``len(data)``.
        notes: small facts of the visit that happened here (enter, leave, reason, score).
    """

    stream: int
    wall: int
    monotonic: int
    boot: str
    time_quality: str
    config: CodecConfig | None
    samples: tuple[Sample, ...]
    data: bytes
    notes: Mapping[str, Any] = field(default_factory=dict)


def pack_meta(chunk: Chunk, clip: bytes, visit: bytes) -> bytes:
    """All of a chunk but its data, as CBOR.

    Raises:
        ValueError: the sizes of the samples do not add up to the data.
    """
    if sum(sample.size for sample in chunk.samples) != len(chunk.data):
        raise ValueError("the samples of a chunk do not add up to its data")
    meta: dict[int, Any] = {
        _STREAM: chunk.stream,
        _WALL: chunk.wall,
        _MONOTONIC: chunk.monotonic,
        _BOOT: chunk.boot,
        _QUALITY: chunk.time_quality,
        _FIRST_DTS: chunk.samples[0].dts if chunk.samples else 0,
        _TABLE: _pack_samples(chunk.samples),
        _CLIP: clip,
        _VISIT: visit,
    }
    if chunk.config is not None:
        config = chunk.config
        meta[_CONFIG] = [
            config.codec,
            config.width,
            config.height,
            list(config.time_base),
            config.extradata,
            config.framing,
        ]
    if chunk.notes:
        meta[_NOTES] = dict(chunk.notes)
    return cbor2.dumps(meta)


def unpack(meta: bytes, data: bytes) -> tuple[Chunk, bytes, bytes]:
    """The chunk, its clip id and its visit id, from authenticated bytes."""
    fields = cbor2.loads(meta)
    config = None
    if _CONFIG in fields:
        codec, width, height, time_base, extradata, framing = fields[_CONFIG]
        config = CodecConfig(codec, width, height, (time_base[0], time_base[1]), extradata, framing)
    chunk = Chunk(
        stream=fields[_STREAM],
        wall=fields[_WALL],
        monotonic=fields[_MONOTONIC],
        boot=fields[_BOOT],
        time_quality=fields[_QUALITY],
        config=config,
        samples=_unpack_samples(fields[_TABLE], fields[_FIRST_DTS]),
        data=data,
        notes=fields.get(_NOTES, {}),
    )
    return chunk, fields[_CLIP], fields[_VISIT]


def _pack_samples(samples: tuple[Sample, ...]) -> bytes:
    """Differences in 17 bytes a sample where they fit, else whole numbers in 29; the first byte says which."""
    parts = [b"\x00"]
    before = samples[0].dts if samples else 0
    for sample in samples:
        step, shift = sample.dts - before, sample.pts - sample.dts
        if not (step in _INT32 and shift in _INT32 and sample.duration in _INT32):
            return b"\x01" + b"".join(_WIDE.pack(s.size, s.dts, s.pts, s.duration, _flags(s)) for s in samples)
        parts.append(_NARROW.pack(sample.size, step, shift, sample.duration, _flags(sample)))
        before = sample.dts
    return b"".join(parts)


def _unpack_samples(table: bytes, first_dts: int) -> tuple[Sample, ...]:
    body = memoryview(table)[1:]
    if table[0]:
        return tuple(
            Sample(size, pts, dts, duration, bool(flags & _KEY), bool(flags & _LEAD_IN))
            for size, dts, pts, duration, flags in _WIDE.iter_unpack(body)
        )
    samples = []
    dts = first_dts
    for size, step, shift, duration, flags in _NARROW.iter_unpack(body):
        dts += step
        samples.append(Sample(size, dts + shift, dts, duration, bool(flags & _KEY), bool(flags & _LEAD_IN)))
    return tuple(samples)


def _flags(sample: Sample) -> int:
    return (_KEY if sample.key else 0) | (_LEAD_IN if sample.lead_in else 0)
