"""Reading chunks for playing: packets with their moments, key frames and codings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby

from mihariban.base.clock import SECOND
from mihariban.recorder.footage.range import Piece
from mihariban.recorder.packet import Packet, StreamConfig
from mihariban.recorder.sources.container import ticks_to_ns
from mihariban.volume import Chunk, ChunkDamaged, ChunkInfo, CodecConfig, Volume


@dataclass(frozen=True, slots=True)
class Stored:
    """One packet as it lies in the ring. ``packet`` is None where a chunk is damaged; ``lead_in`` is never shown."""

    piece: Piece
    packet: Packet | None
    lead_in: bool

    @property
    def shown(self) -> bool:
        """It may be shown."""
        packet, piece = self.packet, self.piece
        if packet is None:
            return False
        if self.lead_in:
            return piece.lead is not None and piece.lead <= packet.wall < piece.low
        return piece.low <= packet.wall < piece.high


def read_pieces(
    volume: Volume, pieces: Iterable[Piece], configs: tuple[StreamConfig, ...], damaged: list[ChunkDamaged]
) -> Iterator[Stored]:
    """The packets of chunks, clip by clip in the order given; a damaged chunk is one entry without a packet.

    Raises:
        ClipUnknown, ClipRefused: the clip was destroyed or its time ended since the range was selected.
    """
    for clip, group in groupby(pieces, key=lambda piece: piece.clip):
        wanted = list(group)
        chunks = volume.read(clip, damaged, [piece.info for piece in wanted])
        chunk = next(chunks, None)
        for piece in wanted:
            if chunk is None or chunk.wall != piece.wall:
                yield Stored(piece, None, lead_in=False)
                continue
            for packet, lead_in in packets_of(chunk, configs[piece.config]):
                yield Stored(piece, packet, lead_in)
            chunk = next(chunks, None)


def packets_of(chunk: Chunk, config: StreamConfig) -> Iterator[tuple[Packet, bool]]:
    """The packets of one chunk and whether each is lead-in; moments count from the chunk's first sample."""
    position = 0
    wall, monotonic, data = chunk.wall, chunk.monotonic, chunk.data
    first = chunk.samples[0].pts if chunk.samples else 0
    tick, second = config.time_base.numerator * SECOND, config.time_base.denominator  # as ticks_to_ns, for many
    for sample in chunk.samples:
        end = position + sample.size
        since = (sample.pts - first) * tick // second
        yield (
            Packet(data[position:end], sample.pts, sample.dts, sample.key, wall + since, monotonic + since, config),
            sample.lead_in,
        )
        position = end


def key_moments(chunk: Chunk, config: StreamConfig) -> list[int]:
    """Moments (wall ns) of the key frames in a chunk that are not lead-in."""
    first = chunk.samples[0].pts if chunk.samples else 0
    keys = [sample.pts for sample in chunk.samples if sample.key and not sample.lead_in]
    return [chunk.wall + ticks_to_ns(pts - first, config.time_base) for pts in keys]


def decode_moment(packet: Packet) -> int:
    """When the packet is decoded, on the wall clock: as long before it is displayed as its ticks say. ns."""
    return packet.wall - ticks_to_ns(packet.pts - packet.dts, packet.config.time_base)


class Peek:
    """Looks into single chunks while a range is selected.

    Args:
        volume: where they are.
    """

    def __init__(self, volume: Volume) -> None:
        self._volume = volume
        self._keys: dict[tuple[bytes, int], list[int]] = {}

    def _read(self, clip: bytes, info: ChunkInfo) -> Chunk | None:
        return next(self._volume.read(clip, [], [info]), None)

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
