"""The narrower rest of a clip: which samples, in which chunks, and how much room they take. Nothing is written here."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from mihariban.base.clock import SECOND
from mihariban.volume.chunk import Chunk, CodecConfig, Sample, pack_meta
from mihariban.volume.sealing import Piece, PieceKind
from mihariban.volume.table import describe
from mihariban.volume.writer import Room

_ID = bytes(16)
_ROUNDING = 1000  # ns; moments are rounded once more in a chunk that begins elsewhere


@dataclass(frozen=True, slots=True)
class Shot:
    """One stored sample with the moment it is displayed.

    Attributes:
        chunk: number of its chunk among those given. stream: of that. first: it is the first sample there.
        wall, monotonic: ns, as in the chunk.
    """

    chunk: int
    stream: int
    first: bool
    sample: Sample
    data: bytes
    wall: int
    monotonic: int
    config: CodecConfig


def shots_of(chunks: Sequence[Chunk]) -> Iterator[Shot]:
    """The samples of a clip in the order they were stored, but for those of a stream whose configuration is lost."""
    configs: dict[int, CodecConfig] = {}
    for number, chunk in enumerate(chunks):
        config = chunk.config or configs.get(chunk.stream)
        if config is None:
            continue
        configs[chunk.stream] = config
        position = 0
        for index, sample in enumerate(chunk.samples):
            data = chunk.data[position : position + sample.size]
            position += sample.size
            since = _ns(sample.pts - chunk.samples[0].pts, config)
            yield Shot(
                number, chunk.stream, index == 0, sample, data, chunk.wall + since, chunk.monotonic + since, config
            )


def shown_walls(chunks: Sequence[Chunk]) -> list[int]:
    """The moments at which something is displayed, ns since 1970 UTC, in stored order."""
    return [shot.wall for shot in shots_of(chunks) if not shot.sample.lead_in]


def cut(chunks: Sequence[Chunk], low: int, high: int, *, split: bool = True) -> list[Chunk]:
    """What shows exactly the samples displayed in [low, high), chunked anew; samples are taken over as they are.

    Samples before ``low`` back to the key frame are lead-in: stored, never shown. So is a sample displayed at or after
    ``high`` that the decoder needs for one displayed before it; nothing else of them is taken.

    Args:
        split: lead-in gets chunks of its own. Without, no chunk becomes two, so that all of it surely fits where its
            source did; the clip's table then tells its beginning and end only to a chunk's length.
    """
    shots = list(shots_of(chunks))
    lead_in: dict[int, bool] = {}
    for stream in sorted({chunk.stream for chunk in chunks}):
        lead_in.update(_needed(shots, [i for i, shot in enumerate(shots) if shot.stream == stream], low, high))
    made: list[Chunk] = []
    configs: dict[int, CodecConfig] = {}
    for (number, _), run in groupby(sorted(lead_in), key=lambda i: (shots[i].chunk, split and lead_in[i])):
        chunk = _chunk(chunks[number], [(shots[i], lead_in[i]) for i in run])
        if configs.get(chunk.stream) == chunk.config:
            chunk = replace(chunk, config=None)
        elif chunk.config is not None:
            configs[chunk.stream] = chunk.config
        made.append(chunk)
    return made


def _needed(shots: list[Shot], mine: list[int], low: int, high: int) -> dict[int, bool]:
    """Of one stream's samples those to store, and whether each is lead-in."""
    shown = {i for i in mine if not shots[i].sample.lead_in and low <= shots[i].wall < high}
    if not shown:
        return {}
    first, last = min(shown), max(shown)
    earliest = min(shots[i].wall for i in shown)
    keys = (i for i in reversed(mine) if i <= first and shots[i].sample.key and shots[i].wall <= earliest)
    begin = next(keys, mine[0])
    return {i: i not in shown for i in mine if begin <= i <= last}


def _chunk(source: Chunk, run: list[tuple[Shot, bool]]) -> Chunk:
    """Of (sample, whether it is lead-in). Notes go with the sample they were written beside, if that is shown."""
    first, hidden = run[0]
    return Chunk(
        stream=source.stream,
        wall=first.wall,
        monotonic=first.monotonic,
        boot=source.boot,
        time_quality=source.time_quality,
        config=first.config,
        samples=tuple(replace(shot.sample, lead_in=lead_in) for shot, lead_in in run),
        data=b"".join(shot.data for shot, _ in run),
        notes=source.notes if first.first and not hidden else {},
    )


def stored_bytes(chunks: Sequence[Chunk]) -> int:
    """Bytes of the ring these chunks take, without the clip's record."""
    return sum(
        Piece(PieceKind.CHUNK, 0, 0, 0, len(pack_meta(chunk, _ID, _ID)), len(chunk.data)).stored for chunk in chunks
    )


def shown_ns(chunks: Sequence[Chunk]) -> int:
    """How long stream 0 of these chunks is shown, as clips count it."""
    config: CodecConfig | None = None
    total = 0
    for chunk in chunks:
        if chunk.stream == 0:
            config = chunk.config or config
            info = describe(chunk, config, 0, 0, 0)
            total += 0 if info.hidden else info.duration
    return total


def portions(chunks: Sequence[Chunk], low: int, high: int, empty: Room) -> list[list[Chunk]]:
    """The rest in as few clips as fit a region each: mostly one.

    A clip that fills its region takes more room when it is cut, for every chunk is padded to whole blocks. Where not
    even one sample fits with its lead-in, no chunk is split.
    """
    made = cut(chunks, low, high)
    if replace(empty).take(stored_bytes(made), len(made)):
        return [made] if made else []
    walls = sorted({wall for wall in shown_walls(chunks) if low <= wall < high})
    if len(walls) < 2:
        return [cut(chunks, low, high, split=False)]
    middle = walls[len(walls) // 2]
    return portions(chunks, low, middle, empty) + portions(chunks, middle, high, empty)


def same_samples(copied: Sequence[Sequence[Chunk]], source: Sequence[Chunk], low: int, high: int) -> bool:
    """Whether what was read back from the copies displays just what ``source`` displays in [low, high).

    Sample by sample, told from the samples themselves, not from how they were cut. What else was stored must be of the
    source too.
    """
    ours = [shot for chunks in copied for shot in shots_of(chunks)]
    theirs = list(shots_of(source))
    shown = sorted((shot for shot in ours if not shot.sample.lead_in), key=_order)
    wanted = sorted((shot for shot in theirs if not shot.sample.lead_in and low <= shot.wall < high), key=_order)
    known = {_content(shot) for shot in theirs}
    return (
        [_content(shot) for shot in shown] == [_content(shot) for shot in wanted]
        and all(abs(one.wall - two.wall) < _ROUNDING for one, two in zip(shown, wanted, strict=True))
        and all(_content(shot) in known for shot in ours)
    )


def _order(shot: Shot) -> tuple[int, int, int]:
    return shot.stream, shot.sample.pts, shot.sample.dts


def _content(shot: Shot) -> tuple[int, Sample, bytes, CodecConfig]:
    return shot.stream, replace(shot.sample, lead_in=False), shot.data, shot.config


def _ns(ticks: int, config: CodecConfig) -> int:
    numerator, denominator = config.time_base
    return ticks * numerator * SECOND // max(1, denominator)
