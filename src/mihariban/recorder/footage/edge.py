"""The pictures between the granted instant and the first key frame after it: decoded from the group before."""

from __future__ import annotations

from collections.abc import Iterable

from av.video.frame import VideoFrame

from mihariban.recorder.footage.decodable import Filled, in_order
from mihariban.recorder.footage.range import Edge, Piece, Range, Segment
from mihariban.recorder.footage.stored import Picture
from mihariban.recorder.footage.transcode import decoded
from mihariban.volume import Volume


def lead_pictures(volume: Volume, range_: Range, edge: Edge, segment: Segment) -> list[tuple[int, VideoFrame]]:
    """Pictures of [edge.start, segment.start) with their moments; none where the group before is not stored.

    Args:
        segment: the one that follows the edge.
    """
    stored = _from_key(volume, range_, edge)
    needed, wanted = _until_key(stored, segment.start)
    return [(wall, frame) for wall, frame in decoded(needed) if wall in wanted]


def _from_key(volume: Volume, range_: Range, edge: Edge) -> list[Picture | None]:
    """What is stored from the last key frame at or before the edge on; chunks before it are not decrypted."""
    found: list[Picture | None] = []
    taken: tuple[Piece, ...] = ()
    for piece in reversed(edge.pieces):
        taken = (piece, *taken)
        if piece.wall > edge.start:
            continue
        found = list(in_order(volume, range_, taken, []))
        keys = [at for at, each in enumerate(found) if each is not None and each.key and each.wall <= edge.start]
        if keys:
            return found[keys[-1] :]
    return []


def _until_key(stored: Iterable[Picture | None], end: int) -> tuple[list[Picture], set[int]]:
    """What must be decoded for what is displayed before ``end``, and the moments that may be shown."""
    needed: list[Picture] = []
    wanted: set[int] = set()
    passed = False
    for each in stored:
        if each is None:
            break  # what follows a damaged chunk would be decoded wrongly
        if passed and each.wall >= end:
            break
        passed = passed or (each.key and each.wall >= end)
        needed.append(each)
        if each.shown and each.wall < end:
            wanted.add(each.wall)
    return needed, wanted


def tail_pictures(filled: Filled) -> list[tuple[int, VideoFrame]]:
    """The orphans at the end of a run: coded from a picture that is displayed after the range and is not given out."""
    if not filled.orphans or filled.damaged:
        return []
    wanted = {picture.wall for picture in filled.orphans}
    return [(wall, frame) for wall, frame in decoded(filled.group) if wall in wanted]
