"""From stored chunks to the pictures of a segment: only what may be shown, and of that only what can be decoded."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from mihariban.base.clock import SECOND
from mihariban.recorder.footage.range import Piece, Range, Segment
from mihariban.recorder.footage.stored import Picture, decode_moment, read_pieces
from mihariban.recorder.sources import nal
from mihariban.recorder.sources.parameters import length_size
from mihariban.volume import ChunkDamaged, Volume

_SAME = SECOND // 50  # moments of one picture computed from two chunks differ by less


@dataclass(slots=True)
class Filled:
    """The pictures of a segment.

    Attributes:
        pictures: in decoding order, from a key frame on.
        orphans: pictures of the last group that may be shown, coded from pictures that may not or that are damaged.
        group: the last group whole, for decoding the orphans; never given out.
        lost: such pictures of earlier groups.
        damaged: seconds (UTC) that could not be read.
    """

    pictures: list[Picture] = field(default_factory=list)
    orphans: list[Picture] = field(default_factory=list)
    group: list[Picture] = field(default_factory=list)
    lost: int = 0
    damaged: list[str] = field(default_factory=list)


def fill(volume: Volume, range_: Range, segment: Segment) -> Filled:
    """Read a segment.

    A picture is left out where one stored before it in its group may not be shown or is damaged: it could be coded
    from that. So a stream with B pictures may end up to its reordering depth before the range does.

    Raises:
        ClipUnknown, ClipRefused: destroyed, or its time ended, since the range was selected.
    """
    filled = Filled()
    chooser = _Chooser(segment, filled)
    damaged: list[ChunkDamaged] = []
    for each in in_order(volume, range_, segment.pieces, damaged):
        if not chooser.take(each):
            break
    filled.damaged += [str(error.facts["second"]) for error in damaged]
    return filled


class _Chooser:
    """Walks through a segment in decoding order."""

    def __init__(self, segment: Segment, filled: Filled) -> None:
        self._segment = segment
        self._filled = filled
        self._key: int | None = None
        self._first = True
        self._broken = False
        self._over = False

    def take(self, picture: Picture | None) -> bool:
        """Take one, or None for a damaged chunk; False where the next segment begins."""
        if picture is None:
            self._broken = True
            return True
        if picture.key:
            if self._ends(picture):
                return False
            self._begin_group(picture)
        if self._key is None or self._over:
            return True
        self._filled.group.append(picture)
        if picture.wall < self._key and self._first and self._segment.fresh:
            return True  # displayed before its group's key frame and coded from a group that is not shown
        if not picture.shown:
            self._broken = self._broken or not disposable(picture)
        elif self._broken:
            self._filled.orphans.append(picture)
        else:
            self._filled.pictures.append(picture)
        return True

    def _ends(self, picture: Picture) -> bool:
        return self._segment.cut and picture.shown and picture.wall >= self._segment.end

    def _begin_group(self, picture: Picture) -> None:
        if not picture.shown:
            self._over = True
        elif self._key is not None or picture.wall >= self._segment.start:
            self._first = self._key is None
            self._broken = self._over = False
            self._key = picture.wall
            self._filled.lost += len(self._filled.orphans)
            self._filled.orphans.clear()
            self._filled.group.clear()


def disposable(picture: Picture) -> bool:
    """No other picture is coded from it (H.264, 14496-10 7.4.1: ``nal_ref_idc`` 0); where unsure, it is not."""
    config = picture.config
    if config.codec != "h264":
        return False
    size = length_size(config) if config.framing == "length" else 4
    slices = (unit[0] for unit in nal.units(picture.data, config.framing, size) if 1 <= unit[0] & 31 <= 5)
    return next(slices, 0x60) & 0x60 == 0


def in_order(
    volume: Volume, range_: Range, pieces: Sequence[Piece], damaged: list[ChunkDamaged]
) -> Iterator[Picture | None]:
    """Pictures in decoding order, each once, though a group on a boundary is stored in two clips; None where a chunk is
    damaged.
    """
    found = read_pieces(volume, pieces, range_.configs, damaged)
    if len({piece.clip for piece in pieces}) > 1:
        yield from _merged(found)
        return
    for _, pictures in found:
        yield from [None] if pictures is None else pictures


def _merged(found: Iterable[tuple[Piece, list[Picture] | None]]) -> list[Picture | None]:
    """By the moment of decoding; of a picture stored twice the one that may be shown."""
    placed: list[tuple[int, Picture | None]] = []
    for piece, pictures in found:
        if pictures is None:
            placed.append((piece.wall, None))
        else:
            placed += [(decode_moment(picture), picture) for picture in pictures]
    placed.sort(key=lambda pair: pair[0])
    kept: list[Picture | None] = []
    by_pts: dict[int, int] = {}
    for _, picture in placed:
        at = by_pts.get(picture.pts) if picture is not None else None
        other = kept[at] if at is not None else None
        if picture is None or at is None or other is None or abs(other.wall - picture.wall) >= _SAME:
            if picture is not None:
                by_pts[picture.pts] = len(kept)
            kept.append(picture)
        elif picture.shown and not other.shown:
            kept[at] = picture
    return kept
