"""Figures of footage out of the ring: the first segment of a grant, an export, and starting with a large ring."""

from __future__ import annotations

import gc
import io
import os
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from fractions import Fraction
from functools import cached_property
from pathlib import Path
from typing import Any

import av
import numpy as np
from av.video.codeccontext import VideoCodecContext
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from bench.rows import Row, interleaved, ratio, row
from mihariban.base.clock import HOUR, SECOND, TurnedClock
from mihariban.base.units import GIB, KIB, MIB
from mihariban.recorder.footage import Range, extract, init_segment, media_playlist, media_segment, select
from mihariban.recorder.footage.boxes import fragment
from mihariban.recorder.footage.range import Segment
from mihariban.recorder.footage.samples import samples
from mihariban.recorder.footage.stored import Body, pictures_of
from mihariban.recorder.packet import StreamConfig
from mihariban.recorder.sources import nal
from mihariban.recorder.sources.parameters import sets_in
from mihariban.recorder.stored_form import StoredForm
from mihariban.volume import Chunk, ClipHeader, CodecConfig, Sample, Volume, VolumeSpec
from mihariban.volume.chunk import unpack
from mihariban.volume.sealing import read_head, unseal

_START = 1_795_305_600 * SECOND
_VISIT = bytes(16)
_RUNS = 9
_FPS, _GROUP, _CLIP = 15, 2, 60
_SMALL = 300  # bytes of a group in the rings whose size is what is measured
_HOURS_SMALL, _HOURS_LARGE = 20, 1920
_GROUPS_PER_HOUR = 1823  # 3.5 million in 1,920 hours
_MILLION = 1_000_000
_LARGE = "first segment of a grant in a ring of 1,920 hours against one of 20 hours"


def rows(folder: Path | None = None, *, large: bool = True) -> list[Row]:
    """All figures of footage.

    Args:
        folder: where to write [a temporary one]; about 1.2 GB, with ``large`` 16 GB more.
        large: also the ring of 1,920 hours, if there is room.
    """
    made = []
    with _place(folder) as place, _played(place) as (volume, range_of):
        made += [_first_segment(volume, range_of), _export(place, volume, range_of)]
    with _place(folder) as place:
        made.append(_start_up(place))
    if large:
        made.append(_large(folder))
    else:
        why = "NOT MEASURED: not asked for; writing its ring takes a quarter of an hour and 16 GB"
        made.append(row(_LARGE, why, "", target="1.2 x or less"))
    return made


@contextmanager
def _place(folder: Path | None) -> Iterator[Path]:
    path = Path(tempfile.mkdtemp(prefix="footage", dir=folder))
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


# A ring of ten minutes at about 3 Mbit/s


def _units(seconds: int, *, width: int = 1280, height: int = 720) -> tuple[list[tuple[bytes, bool]], bytes]:
    """Access units of noise at about 3 Mbit/s, Annex B, and their parameter sets."""
    context = VideoCodecContext.create("libx264", "w")
    context.width, context.height, context.pix_fmt = width, height, "yuv420p"
    context.time_base, context.framerate, context.gop_size = Fraction(1, _FPS), Fraction(_FPS), _GROUP * _FPS
    context.bit_rate, context.thread_count = 3_000_000, 1
    rate = "nal-hrd=cbr:vbv-maxrate=3000:vbv-bufsize=1500:scenecut=0"
    context.options = {"preset": "ultrafast", "tune": "zerolatency", "x264-params": rate}
    random = np.random.default_rng(7)
    base = random.integers(60, 200, (height // 8, width // 8), dtype=np.uint8).repeat(8, 0).repeat(8, 1)
    units = []
    for number in range(seconds * _FPS):
        grey = base + random.integers(0, 24, base.shape, dtype=np.uint8)
        frame = av.VideoFrame.from_ndarray(grey, format="gray").reformat(format="yuv420p")
        frame.pts, frame.time_base = number, Fraction(1, _FPS)
        units += [(bytes(packet), packet.is_keyframe) for packet in context.encode(frame)]
    first = units[0][0]
    return units, first[: first.find(b"\x00\x00\x01\x65")].rstrip(b"\x00")


@contextmanager
def _played(place: Path, *, aligned: bool = True) -> Iterator[tuple[Volume, Callable[[int], Range]]]:
    units, sets = _units(_CLIP)
    clock = TurnedClock(_START)
    volume = Volume.create(place / "r", VolumeSpec(401 * MIB, 32 * MIB, 0.0, "bench", "bench"), clock=clock)
    form = StoredForm(StreamConfig("h264", 1280, 720, Fraction(1, 90_000), sets, "annexb"))
    units = [(form.data(data), key) for data, key in units]
    config = CodecConfig("h264", 1280, 720, (1, 90_000), form.config.extradata, form.config.framing)
    for minute in range(10):
        _write_clip(volume, units, minute * _CLIP, config, aligned=aligned)

    def range_of(seconds: int) -> Range:
        low = _START + 130 * SECOND
        visible: dict[bytes, tuple[int, int | None]] = {_VISIT: (_START, _START + 10 * _CLIP * SECOND)}
        return select(volume, "front", low, low + seconds * SECOND, visible=visible, why=lambda _a, _b: "no_visit")

    yield volume, range_of
    volume.close()


def _write_clip(
    volume: Volume, units: Sequence[tuple[bytes, bool]], second: int, config: CodecConfig, *, aligned: bool = True
) -> None:
    """A minute in chunks of a second, key frames at the beginning of one, as recording writes it. Else in chunks of 14
    pictures with key frames anywhere, as it once did.
    """
    writer = volume.begin_clip("front", ClipHeader(_VISIT, deadline=_START + 6000 * HOUR))
    step = 90_000 // _FPS
    at = 0
    while at < len(units):
        stop = at + (_FPS if aligned else 14)
        if aligned:
            stop = next((n for n in range(at + 1, stop) if n < len(units) and units[n][1]), stop)
        part = units[at:stop]
        first = second * 90_000 + at * step
        table = [Sample(len(data), first + n * step, first + n * step, 0, key) for n, (data, key) in enumerate(part)]
        wall = _START + second * SECOND + at * SECOND // _FPS
        data = b"".join(data for data, _ in part)
        chunk = Chunk(0, wall, wall - _START, "boot", "good", None if at else config, tuple(table), data)
        if not writer.append(chunk):
            writer.close()
            writer = volume.begin_clip("front", ClipHeader(_VISIT, deadline=_START + 6000 * HOUR), new_region=True)
            writer.append(Chunk(0, wall, wall - _START, "boot", "good", config, tuple(table), data))
        at = stop
    writer.close()
    volume.commit()


class _Bare:
    """What cannot be avoided: the chunks of some segments opened, and nothing else made of them than is asked for."""

    def __init__(self, volume: Volume, found: Range, numbers: Sequence[int]) -> None:
        self._found = found
        self._numbers = numbers
        self._config = found.configs[0]
        self._volume = volume.superblock.volume
        self._file = volume._file
        self._sealed = []
        self._places = []
        for number in numbers:
            segment = found.segment(number)
            for piece in segment.pieces:
                info = piece.info
                place = volume.clip(piece.clip)
                page = volume.ring.page(place.region)
                offset = volume.shape.offset(place.region) + info.offset
                raw = volume._file.pread(offset, info.length)
                self._sealed.append((segment, piece, page.entries[place.slot].key, place.region, raw))
                self._places.append((page.entries[place.slot].key, place.region, offset, info.length))

    def copied(self, to: Path) -> None:
        """Read where they lie in the ring, decrypt, unpack, and write the samples to a file."""
        with to.open("wb") as file:
            for key, region, offset, length in self._places:
                file.write(self._open(key, region, self._file.pread(offset, length)).data)

    def copied_from_memory(self, to: Path) -> None:
        """The same of sealed chunks already in memory."""
        with to.open("wb") as file:
            for _, _, key, region, raw in self._sealed:
                file.write(self._open(key, region, raw).data)

    def _open(self, key: bytes, region: int, raw: bytes) -> Chunk:
        head = read_head(raw)
        assert head is not None
        opened = unseal(AESGCM(key), self._volume, region, head, raw)
        assert opened is not None
        return unpack(*opened)[0]

    def muxed(self) -> bytes:
        """Decrypt and mux with libavformat, which shares no code with what is measured."""
        out = io.BytesIO()
        options = {"movflags": "frag_custom+empty_moov+default_base_moof"}
        with av.open(out, "w", format="mp4", options=options) as container:
            stream = container.add_stream_from_template(self._template)
            stream.time_base = self._config.time_base
            for segment, _, key, region, raw in self._sealed:
                for packet in self._packets(segment, self._open(key, region, raw)):
                    packet.stream = stream
                    container.mux(packet)
        return out.getvalue()

    @cached_property
    def _template(self) -> av.VideoStream:
        """A stream that tells the coding; found out beforehand, as a table of segments is. It comes from an MP4 of
        libavformat's own, so that the muxer is given lengths, as they are stored, and need not make them.
        """
        _, _, key, region, raw = self._sealed[0]
        data = self._open(key, region, raw).data
        units = [*sets_in(self._config), *nal.units(data, self._config.framing)]
        given, out = io.BytesIO(b"".join(b"\0\0\0\1" + unit for unit in units)), io.BytesIO()
        with av.open(given, format=self._config.codec) as coded, av.open(out, "w", format="mp4") as made:
            stream = made.add_stream_from_template(coded.streams.video[0])
            stream.time_base = Fraction(1, _FPS)
            for number, packet in enumerate(coded.demux(video=0)):
                if packet.size:
                    packet.pts = packet.dts = number
                    packet.time_base, packet.stream = Fraction(1, _FPS), stream
                    made.mux(packet)
        out.seek(0)
        self._given = av.open(out)
        return self._given.streams.video[0]

    def _packets(self, segment: Segment, chunk: Chunk) -> Iterator[av.Packet[Any]]:
        at, base = 0, self._config.time_base
        for sample in chunk.samples:
            packet: av.Packet[Any] = av.Packet(chunk.data[at : at + sample.size])
            at += sample.size
            since = (sample.pts - chunk.samples[0].pts) * SECOND * base.numerator // base.denominator
            if segment.start <= chunk.wall + since < segment.end:
                packet.pts, packet.dts, packet.time_base = sample.pts, sample.dts, base
                packet.duration, packet.is_keyframe = sample.duration, sample.key
                yield packet

    def muxed_here(self) -> bytes:
        """Decrypt and mux with the code that is measured."""
        out = bytearray()
        for number in self._numbers:
            segment = self._found.segment(number)
            pictures = []
            for each, piece, key, region, raw in self._sealed:
                if each is segment:
                    chunk = self._open(key, region, raw)
                    stored = pictures_of(chunk, Body(chunk.data), 0, self._config, piece)
                    pictures += [picture for picture in stored if segment.start <= picture.wall < segment.end]
            out += fragment(number + 1, samples(pictures, self._found.origin))
        return bytes(out)


def _first_segment(volume: Volume, range_of: Callable[[int], Range]) -> Row:
    bare = _Bare(volume, range_of(60), [0])

    def first() -> None:
        found = range_of(60)
        media_playlist(found)
        init_segment(found, found.segments[0].config)
        media_segment(volume, found, found.segments[0].number)

    bare.muxed()
    busy: list[list[float]] = [[], [], []]
    mine, theirs, here = interleaved(
        _RUNS * 3,
        lambda: _busy(first, busy[0]),
        lambda: _busy(bare.muxed, busy[1]),
        lambda: _busy(bare.muxed_here, busy[2]),
    )
    times, spread = ratio(mine, theirs)
    found = range_of(60)
    return row(
        "first segment of a grant of a minute against decrypting and muxing the same seconds from memory",
        times,
        "x",
        target="2 x or less",
        met=times <= 2,
        first_ms=round(statistics.median(mine) * 1000, 2),
        bare_ms=round(statistics.median(theirs) * 1000, 2),
        of_processor_time=f"{ratio(*busy[:2])[0]:.3g} x",
        bare="muxed by libavformat",
        against_the_same_muxer=f"{ratio(mine, here)[0]:.3g} x, of processor time {ratio(busy[0], busy[2])[0]:.3g} x",
        segment_s=found.segments[0].seconds,
        segments=len(found.segments),
        spread=spread,
    )


def _export(place: Path, volume: Volume, range_of: Callable[[int], Range]) -> Row:
    found = range_of(300)
    bare = _Bare(volume, found, [segment.number for segment in found.segments])
    size = sum(len(part) for part in extract(volume, found, exact=False))

    def export() -> None:
        with (place / "export.mp4").open("wb") as file:
            file.writelines(extract(volume, range_of(300), exact=False))

    busy: list[list[float]] = [[], [], []]
    theirs, mine, memory = interleaved(
        _RUNS,
        lambda: _busy(lambda: bare.copied(place / "copy"), busy[0]),
        lambda: _busy(export, busy[1]),
        lambda: _busy(lambda: bare.copied_from_memory(place / "copy"), busy[2]),
    )
    share, spread = ratio(theirs, mine)
    return row(
        "export speed of five minutes against decrypting and copying alone",
        100 * share,
        "%",
        target="80 % or more",
        met=share >= 0.8,
        export_s=round(statistics.median(mine), 3),
        copy_s=round(statistics.median(theirs), 3),
        of_processor_time=f"{100 * ratio(*busy[:2])[0]:.3g} %",
        against_copying_from_memory=f"{100 * ratio(memory, mine)[0]:.3g} %, of processor time "
        f"{100 * ratio(busy[2], busy[1])[0]:.3g} %",
        alone="chunks read where they lie in the ring, decrypted, unpacked, their samples written to a file; the "
        "export also selects, makes the MP4, and is written to a file",
        mib_per_s=round(size / MIB / statistics.median(mine)),
        spread=spread,
    )


def _busy(job: Callable[[], object], costs: list[float]) -> float:
    """Seconds of a job on the wall; those of the processor are added to ``costs``, for a machine that is not idle."""
    before = time.process_time()
    seconds = _seconds(job)
    costs.append(time.process_time() - before)
    return seconds


def _seconds(job: Callable[[], object]) -> float:
    start = time.perf_counter()
    job()
    return time.perf_counter() - start


# Rings of very many small groups


def _filled(place: Path, groups: int) -> TurnedClock:
    """A ring of groups of a few bytes, one in each chunk, thirty in each clip, twenty clips in each region."""
    clock = TurnedClock(_START)
    regions = -(-groups // 600) + 2
    volume = Volume.create(
        place, VolumeSpec((regions + 1) * 2816 * KIB, 2816 * KIB, 0.0, "bench", "bench"), clock=clock
    )
    config = CodecConfig("h264", 1280, 720, (1, 90_000), b"parameter sets", "annexb")
    sample = (Sample(_SMALL, 0, 0, 2 * 90_000, True),)
    data = os.urandom(_SMALL)
    for first in range(0, groups, 30):
        writer = volume.begin_clip("front", ClipHeader(_VISIT, deadline=_START + 6000 * HOUR))
        for number in range(first, min(first + 30, groups)):
            wall = _START + number * _GROUP * SECOND
            given = config if number == first else None
            chunk = Chunk(0, wall, wall - _START, "boot", "good", given, sample, data)
            if not writer.append(chunk):
                writer.close()
                writer = volume.begin_clip("front", ClipHeader(_VISIT, deadline=_START + 6000 * HOUR), new_region=True)
                writer.append(Chunk(0, wall, wall - _START, "boot", "good", config, sample, data))
        writer.close()
        if first % 600 == 0:
            volume.commit()
    volume.close()
    return clock


def _start_up(place: Path) -> Row:
    clock = _filled(place / "r", _MILLION)
    index = place / "r" / "index.db"

    busy: list[list[float]] = [[], []]
    opened: list[Volume] = []

    def start(*, cold: bool) -> float:
        gc.collect()
        if cold:
            _forget(place / "r")
        seconds = _busy(lambda: opened.append(Volume.open(place / "r", clock=clock)), busy[0])
        opened.pop().close()
        return seconds

    def read(*, cold: bool) -> float:
        if cold:
            _forget(place / "r")
        return _busy(index.read_bytes, busy[1])

    start(cold=False)
    warm = ratio(*interleaved(_RUNS, lambda: start(cold=False), lambda: read(cold=False)))
    for costs in busy:
        costs.clear()
    mine, theirs = interleaved(_RUNS, lambda: start(cold=True), lambda: read(cold=True))
    times, spread = ratio(mine, theirs)
    return row(
        "start-up with a million groups of pictures against reading the index file once",
        times,
        "x",
        target="3 x or less",
        met=times <= 3,
        start_s=round(statistics.median(mine), 3),
        processor_s=round(statistics.median(busy[0]), 3),
        both="from the disk: the kernel was asked to forget the files",
        in_the_kernels_memory=f"{warm[0]:.3g} x ({warm[1]})",
        read_s=round(statistics.median(theirs), 4),
        index_mib=round(index.stat().st_size / MIB, 1),
        spread=spread,
    )


def _forget(folder: Path) -> None:
    """Ask the kernel to drop what it keeps of the files in memory."""
    for path in folder.iterdir():
        with path.open("rb") as file:
            os.fdatasync(file.fileno())
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def _large(folder: Path | None) -> Row:
    """The time to the first segment of the same footage in a ring of 1,920 hours, and in one of 20."""
    name = _LARGE
    free = shutil.disk_usage(folder or tempfile.gettempdir()).free
    if free < 17 * GIB:
        return row(name, f"NOT MEASURED: {free / GIB:.0f} GiB free, 17 needed", "", target="1.2 x or less")
    units, sets = _units(_CLIP)
    config = CodecConfig("h264", 1280, 720, (1, 90_000), sets, "annexb")
    jobs = []
    with _place(folder) as place:
        volumes = []
        for hours in (_HOURS_SMALL, _HOURS_LARGE):
            clock = _filled(place / str(hours), hours * _GROUPS_PER_HOUR)
            volume = Volume.open(place / str(hours), clock=clock)
            end = hours * _GROUPS_PER_HOUR * _GROUP + 100
            _write_clip(volume, units, end, config)
            volumes.append(volume)
            jobs.append(lambda volume=volume, end=end: _served(volume, end))
        small, large = interleaved(_RUNS * 3, *jobs)
        for volume in volumes:
            volume.close()
    times, spread = ratio(large, small)
    return row(
        name,
        times,
        "x",
        target="1.2 x or less",
        met=times <= 1.2,
        large_ms=round(statistics.median(large) * 1000, 2),
        small_ms=round(statistics.median(small) * 1000, 2),
        groups=_HOURS_LARGE * _GROUPS_PER_HOUR,
        spread=spread,
    )


def _served(volume: Volume, second: int) -> float:
    low = _START + second * SECOND
    visible: dict[bytes, tuple[int, int | None]] = {_VISIT: (_START, low + _CLIP * SECOND)}
    begin = time.perf_counter()
    found = select(volume, "front", low, low + _CLIP * SECOND, visible=visible, why=lambda _a, _b: "no_visit")
    media_playlist(found)
    init_segment(found, 0)
    media_segment(volume, found, 0)
    return time.perf_counter() - begin
