"""What is shown of a camera between two instants: segments, holes, and where in the ring each picture lies."""

from __future__ import annotations

from dataclasses import dataclass, replace

from mihariban.base.clock import iso
from mihariban.recorder.footage.errors import NothingToShow, SegmentUnknown
from mihariban.recorder.packet import StreamConfig
from mihariban.volume import ChunkInfo

NO_KEY_FRAME = "no_key_frame"
DAMAGED = "damaged"
REORDER = 1_000_000_000  # ns: a picture is stored at most this long before it is displayed


@dataclass(slots=True)  # not frozen: a range has hundreds, and making frozen ones takes three times as long
class Piece:
    """A stored chunk and what of it may be shown; never changed.

    Attributes:
        info: the chunk, as the volume lists it. config: index in ``Range.configs``.
        until: end of its last sample, wall ns.
        low, high: its pictures displayed in [low, high) may be shown.
        lead: so may its lead-in displayed in [lead, low): it is of the visit before, which is shown up to ``low``.
    """

    clip: bytes
    visit: bytes
    info: ChunkInfo
    config: int
    until: int
    low: int
    high: int
    lead: int | None = None

    @property
    def wall(self) -> int:
        """Moment its first sample is displayed, ns since 1970 UTC."""
        return self.info.wall

    @property
    def key(self) -> bool:
        """Begins with a key frame."""
        return self.info.key

    @property
    def hidden(self) -> bool:
        """Holds lead-in only."""
        return self.info.hidden

    @property
    def begins(self) -> int:
        """First instant it may show something."""
        return max(self.wall, self.low)

    @property
    def ends(self) -> int:
        """Where it stops showing something."""
        return min(self.until, self.high)


@dataclass(frozen=True, slots=True)
class Segment:
    """Two to six seconds, longer where groups of pictures are longer; begins with a key frame.

    Attributes:
        number: counts from 0 through the range.
        start, end: first picture, and the moment after the last; wall ns.
        config: index in ``Range.configs``.
        fresh: nothing that is shown leads up to it: after a hole, a change of the coding, or at the beginning.
        cut: another segment goes on at ``end`` with a key frame.
        pieces: chunks it is made from, lead-ins included.
    """

    number: int
    start: int
    end: int
    config: int
    fresh: bool
    cut: bool
    pieces: tuple[Piece, ...]

    @property
    def name(self) -> str:
        """Its name in a playlist."""
        return f"seg-{self.number:05}.m4s"

    @property
    def seconds(self) -> float:
        return (self.end - self.start) / 1e9


@dataclass(frozen=True, slots=True)
class Hole:
    """A span of the range of which nothing is shown. start, end: wall ns; reason: a word, as the caller tells."""

    start: int
    end: int
    reason: str


@dataclass(frozen=True, slots=True)
class Edge:
    """A stretch before the first key frame that can be shown if its pictures are coded anew (exact extracts only).

    Attributes:
        segment: number of the segment that follows. start: first instant that may be shown, wall ns.
        pieces: chunks from the key frame before ``start`` on.
    """

    segment: int
    start: int
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Range:
    """The footage of one camera in [start, end), wall ns.

    Attributes:
        segments: in order. holes: in order; together with the segments they cover the range.
        configs: the codings met.
        origin: the instant from which media time counts: the first picture, wall ns.
        edges: what could be shown before the first key frames, where it is coded anew.
        transcoded: the pictures are coded anew (H.264) when they are served: what is shown is not what was stored.
        live: more may come; only whole segments are listed.
    """

    camera: str
    start: int
    end: int
    segments: tuple[Segment, ...]
    holes: tuple[Hole, ...]
    configs: tuple[StreamConfig, ...]
    origin: int
    edges: tuple[Edge, ...] = ()
    transcoded: bool = False
    live: bool = False

    @property
    def empty(self) -> bool:
        """There is nothing to show; ``holes`` say why."""
        return not self.segments

    @property
    def shown(self) -> int:
        """ns shown."""
        return sum(segment.end - segment.start for segment in self.segments)

    def segment(self, number: int) -> Segment:
        """One segment.

        Raises:
            SegmentUnknown.
        """
        for segment in self.segments:
            if segment.number == number:
                return segment
        raise SegmentUnknown(what=f"seg-{number:05}.m4s")

    def require(self) -> None:
        """There must be something to show.

        Raises:
            NothingToShow: with the reasons.
        """
        if self.empty:
            why = ", ".join(dict.fromkeys(hole.reason for hole in self.holes)) or "-"
            raise NothingToShow(camera=self.camera, start=iso(self.start), end=iso(self.end), why=why)

    def without(self, *numbers: int) -> Range:
        """The same range where these segments are damaged: they become holes, the others keep their names."""
        gone = [segment for segment in self.segments if segment.number in numbers]
        holes = [*self.holes, *(Hole(each.start, each.end, DAMAGED) for each in gone)]
        kept = tuple(segment for segment in self.segments if segment.number not in numbers)
        return replace(self, segments=kept, holes=tuple(sorted(holes, key=lambda hole: hole.start)))
