"""Reading chunks for playing: pictures with their moments, key frames and codings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby

from mihariban.base.clock import SECOND
from mihariban.recorder.footage.range import Piece
from mihariban.recorder.footage.startcodes import start_codes
from mihariban.recorder.packet import StreamConfig
from mihariban.recorder.sources.container import ticks_to_ns
from mihariban.volume import Chunk, ChunkDamaged, ChunkInfo, CodecConfig, Volume


class Body:
    """Decrypted bytes in which the samples of a chunk lie; where start codes are is found once, if asked for."""

    __slots__ = ("_codes", "data")

    def __init__(self, data: bytes) -> None:
        self.data = data
        self._codes: list[int] | None = None

    @property
    def codes(self) -> list[int]:
        """Where each start code begins."""
        if self._codes is None:
            self._codes = start_codes(self.data)
        return self._codes


@dataclass(slots=True)
class Picture:
    """One access unit where it lies in memory: nothing of it is copied before it is written out.

    Attributes:
        body, begin, end: where its bytes are.
        pts, dts: ticks of ``config.time_base``. key: a decoder can start here. wall: moment it is displayed, ns.
        shown: it may be shown; others are there for decoding only.
    """

    body: Body
    begin: int
    end: int
    pts: int
    dts: int
    key: bool
    wall: int
    config: StreamConfig
    shown: bool = True

    @property
    def data(self) -> bytes:
        """Its bytes, copied."""
        return self.body.data[self.begin : self.end]


def read_pieces(
    volume: Volume, pieces: Iterable[Piece], configs: tuple[StreamConfig, ...], damaged: list[ChunkDamaged]
) -> Iterator[tuple[Piece, list[Picture] | None]]:
    """The pictures of each chunk, clip by clip in the order given; None where a chunk is damaged.

    Raises:
        ClipUnknown, ClipRefused: the clip was destroyed or its time ended since the range was selected.
    """
    for clip, group in groupby(pieces, key=lambda piece: piece.clip):
        wanted = list(group)
        chunks = volume.read_in_place(clip, damaged, [piece.info for piece in wanted])
        following = next(chunks, None)
        for piece in wanted:
            if following is None or following[0].wall != piece.wall:
                yield piece, None
                continue
            chunk, data, begin = following
            yield piece, pictures_of(chunk, Body(data), begin, configs[piece.config], piece)
            following = next(chunks, None)


def pictures_of(chunk: Chunk, body: Body, begin: int, config: StreamConfig, piece: Piece) -> list[Picture]:
    """The pictures of one chunk; moments count from the chunk's first sample.

    Args:
        body, begin: its samples lie there, from that byte on.
        piece: says which may be shown.
    """
    end, wall = begin, chunk.wall
    first = chunk.samples[0].pts if chunk.samples else 0
    tick, second = config.time_base.numerator * SECOND, config.time_base.denominator  # as ticks_to_ns, for many
    low, high = piece.low, piece.high
    lead = low if piece.lead is None else piece.lead
    made = []
    for sample in chunk.samples:
        begin, end, pts = end, end + sample.size, sample.pts
        moment = wall + (pts - first) * tick // second
        shown = lead <= moment < low if sample.lead_in else low <= moment < high
        made.append(Picture(body, begin, end, pts, sample.dts, sample.key, moment, config, shown))
    return made


def key_moments(chunk: Chunk, config: StreamConfig) -> list[int]:
    """Moments (wall ns) of the key frames in a chunk that are not lead-in."""
    first = chunk.samples[0].pts if chunk.samples else 0
    keys = [sample.pts for sample in chunk.samples if sample.key and not sample.lead_in]
    return [chunk.wall + ticks_to_ns(pts - first, config.time_base) for pts in keys]


def decode_moment(picture: Picture) -> int:
    """When the picture is decoded, on the wall clock: as long before it is displayed as its ticks say. ns."""
    return picture.wall - ticks_to_ns(picture.pts - picture.dts, picture.config.time_base)


class Peek:
    """Looks into single chunks while a range is selected.

    Args:
        volume: where they are.
    """

    def __init__(self, volume: Volume) -> None:
        self._volume = volume
        self._keys: dict[tuple[bytes, int], list[int]] = {}

    def _read(self, clip: bytes, info: ChunkInfo) -> Chunk | None:
        """A chunk without its data."""
        return next((chunk for chunk, _, _ in self._volume.read_in_place(clip, [], [info])), None)

    def config(self, clip: bytes, info: ChunkInfo) -> StreamConfig | None:
        """The coding that a chunk carries; None where it is damaged."""
        chunk = self._read(clip, info)
        return None if chunk is None or chunk.config is None else stream_config(chunk.config)

    def keys(self, piece: Piece, config: StreamConfig) -> list[int]:
        """Moments (wall ns) of the key frames in a chunk that may be shown, in order."""
        name = (piece.clip, piece.info.number)
        if name not in self._keys:
            chunk = self._read(piece.clip, piece.info)
            self._keys[name] = [] if chunk is None else key_moments(chunk, config)
        return [wall for wall in self._keys[name] if piece.low <= wall < piece.high]


def stream_config(stored: CodecConfig) -> StreamConfig:
    """The coding as the rest of the recorder knows it."""
    return StreamConfig(
        stored.codec,  # type: ignore[arg-type]  # what was stored came from a StreamConfig
        stored.width,
        stored.height,
        Fraction(*stored.time_base),
        stored.extradata,
        stored.framing,  # type: ignore[arg-type]  # the same
    )
