"""One segment or initialisation of a range, made when it is asked for; nothing is kept between two requests.

Who may have it is not asked here: the deed that calls has verified the grant.
"""

from __future__ import annotations

from dataclasses import dataclass

from mihariban.base.clock import iso
from mihariban.recorder.footage.boxes import fragment, initialisation
from mihariban.recorder.footage.decodable import Filled, fill
from mihariban.recorder.footage.errors import SegmentDamaged, SegmentUnknown
from mihariban.recorder.footage.range import Range, Segment
from mihariban.recorder.footage.samples import sample_entry, samples
from mihariban.recorder.footage.stored import Picture
from mihariban.recorder.footage.transcode import Recoder, decoded, leading
from mihariban.volume import Volume


@dataclass(frozen=True, slots=True)
class InitReply:
    """The initialisation segment of one coding. transcoded: the pictures that follow are coded anew."""

    data: bytes
    transcoded: bool


@dataclass(frozen=True, slots=True)
class SegmentReply:
    """One media segment.

    Attributes:
        data: the fragment.
        first, last: moments of its first and last picture, wall ns. frames: how many.
        damaged: seconds (UTC) of it that cannot be read; what depends on them is left out.
        left_out: pictures inside the range that cannot be decoded without others outside it, or without damaged ones.
        transcoded: the pictures are coded anew.
    """

    data: bytes
    first: int
    last: int
    frames: int
    damaged: tuple[str, ...]
    left_out: int
    transcoded: bool


def init_segment(range_: Range, number: int) -> InitReply:
    """The initialisation that ``init-N.mp4`` of the playlist names.

    Raises:
        SegmentUnknown, CodecNotPlayable.
    """
    if not 0 <= number < len(range_.configs):
        raise SegmentUnknown(what=f"init-{number}.mp4")
    config = range_.configs[number]
    if range_.transcoded:
        config = recoder(range_, number).config
    return InitReply(initialisation(sample_entry(config, range_.camera)), range_.transcoded)


def media_segment(volume: Volume, range_: Range, number: int) -> SegmentReply:
    """The segment that ``seg-N.m4s`` of the playlist names. Every picture of it lies inside the range.

    Raises:
        SegmentUnknown: the playlist names no such segment.
        SegmentDamaged: nothing of it can be read; ``Range.without`` gives the range with a hole in its place.
        ClipUnknown, ClipRefused: the footage was destroyed, or its time ended, since the range was selected.
    """
    segment = range_.segment(number)
    filled = fill(volume, range_, segment)
    if not filled.pictures:
        second = filled.damaged[0] if filled.damaged else iso(segment.start)
        raise SegmentDamaged(camera=range_.camera, second=second)
    pictures = filled.pictures
    if range_.transcoded:
        pictures = _recoded(volume, range_, segment, filled)
    until = segment.end if segment.cut else None
    walls = [picture.wall for picture in pictures]
    return SegmentReply(
        data=fragment(segment.number + 1, samples(pictures, range_.origin, until=until)),
        first=min(walls),
        last=max(walls),
        frames=len(pictures),
        damaged=tuple(filled.damaged),
        left_out=len(filled.orphans) + filled.lost,
        transcoded=range_.transcoded,
    )


def recoder(range_: Range, config: int) -> Recoder:
    """The encoder for the pictures of one coding; the same settings give the same parameter sets each time."""
    size = range_.configs[config]
    return Recoder(size.width, size.height, range_.origin)


def _recoded(volume: Volume, range_: Range, segment: Segment, filled: Filled) -> list[Picture]:
    wanted = {picture.wall for picture in filled.pictures}
    needed = [*before(volume, range_, segment, filled), *filled.pictures]
    frames = ((wall, frame) for wall, frame in decoded(needed) if wall in wanted)
    return recoder(range_, segment.config).encode(frames)


def before(volume: Volume, range_: Range, segment: Segment, filled: Filled) -> list[Picture]:
    """The group before a segment, where its first pictures were coded from it; never shown by this segment."""
    if segment.fresh or not leading(filled.pictures):
        return []
    earlier = fill(volume, range_, range_.segment(segment.number - 1)).pictures
    last_key = max((index for index, picture in enumerate(earlier) if picture.key), default=0)
    return earlier[last_key:]
