"""Where a run is cut into segments: at key frames two to six seconds apart, where the camera sends them so."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from itertools import accumulate, islice

from mihariban.base.clock import SECOND
from mihariban.recorder.footage.lay import Run
from mihariban.recorder.footage.range import REORDER, Piece, Segment
from mihariban.recorder.footage.stored import Peek
from mihariban.recorder.packet import StreamConfig

SHORTEST = 2 * SECOND
USUAL = 4 * SECOND
LONGEST = 6 * SECOND


def cut_run(run: Run, configs: list[StreamConfig], peek: Peek, *, first: int, follow: bool) -> list[Segment]:
    """The segments of a run; none where it has no key frame.

    Chunks that begin with a key frame are known without decrypting, and in most that is noted of all their key frames.
    Else, in older footage, where none begins so in time, the chunk in which a key frame is likely (by the distance of
    those before it) is decrypted, and its neighbours where it is not there.

    Args:
        first: number of the first segment.
        follow: leave out what may still grow.
    """
    ends, near = run.ends, _Near(run.pieces)
    cuts = list(_cuts(run, ends, configs, peek, follow=follow))
    if not follow and len(cuts) > 1 and ends - cuts[-1] < SHORTEST // 2:
        cuts.pop()  # a last segment of a picture or two makes players stumble
    segments = []
    for index, begin in enumerate(cuts):
        cut = index + 1 < len(cuts)
        if follow and not cut:
            break
        end = cuts[index + 1] if cut else ends
        # At the end of the run also the chunks whose pictures later ones were coded from.
        pieces = near.between(begin, end if cut else end + REORDER)
        segments.append(Segment(first + index, begin, end, run.pieces[0].config, index == 0, cut, pieces))
    return segments


class _Near:
    """Finds chunks by when they are displayed, though a lead-in steps back in time."""

    def __init__(self, pieces: list[Piece]) -> None:
        self._pieces = pieces
        self._until = list(accumulate((piece.until for piece in pieces), max))
        self._wall = list(accumulate((piece.wall for piece in reversed(pieces)), min))[::-1]

    def between(self, begin: int, end: int) -> tuple[Piece, ...]:
        """The chunks that a segment of [begin, end) may need."""
        low, high = bisect_right(self._until, begin), bisect_left(self._wall, end)
        return tuple(piece for piece in self._pieces[low:high] if piece.until > begin and piece.wall < end)


def _cuts(run: Run, ends: int, configs: list[StreamConfig], peek: Peek, *, follow: bool) -> Iterator[int]:
    shown = [piece for piece in run.pieces if not piece.hidden and piece.begins < piece.ends]
    find = _Finder(shown, configs, peek)
    cut = find.first_from(0, run.begins)
    step = 0
    while cut is not None:
        yield cut
        if follow and ends - cut < LONGEST + SECOND:
            return
        following = find.after(cut, step)
        step = 0 if following is None else following - cut
        cut = following


class _Finder:
    """Finds key frames among chunks in order of time."""

    def __init__(self, pieces: list[Piece], configs: list[StreamConfig], peek: Peek) -> None:
        self._pieces = pieces
        self._walls = [piece.wall for piece in pieces]
        self._configs = configs
        self._peek = peek

    def after(self, cut: int, step: int) -> int | None:
        """The next key frame to cut at; ``step``: distance of the last two cuts, 0 where unknown."""
        for low in (USUAL, SHORTEST):
            listed = self._listed(cut + low, cut + LONGEST)
            if listed is not None:
                return listed
        if step:
            guess = self._in_chunk(self._index(cut + step), cut + SHORTEST)
            if guess is not None and guess <= cut + max(step, LONGEST):
                return guess
        usual = self._within(cut + USUAL, cut + LONGEST)
        return usual or self.first_from(self._index(cut + SHORTEST), cut + SHORTEST)

    def _within(self, low: int, high: int) -> int | None:
        for index in range(self._index(low), self._index(high) + 1):
            found = self._in_chunk(index, low)
            if found is not None:
                return found if found <= high else None
        return None

    def first_from(self, index: int, wall: int) -> int | None:
        """The first key frame displayed at or after ``wall`` in the chunks from ``index`` on."""
        for number in range(index, len(self._pieces)):
            found = self._in_chunk(number, wall)
            if found is not None:
                return found
        return None

    def _listed(self, low: int, high: int) -> int | None:
        for piece in islice(self._pieces, self._index(low), None):
            if piece.wall > high:
                return None
            if piece.key and low <= piece.wall and piece.low <= piece.wall < piece.high:
                return piece.wall
        return None

    def _in_chunk(self, index: int, wall: int) -> int | None:
        piece = self._pieces[index]
        if piece.key and max(wall, piece.low) <= piece.wall < piece.high:
            return piece.wall
        if piece.until <= wall or piece.info.aligned:
            return None
        keys = self._peek.keys(piece, self._configs[piece.config])
        return next((key for key in keys if key >= wall), None)

    def _index(self, wall: int) -> int:
        """The chunk in which ``wall`` lies, by when its first sample is displayed."""
        return min(max(0, bisect_right(self._walls, wall) - 1), len(self._pieces) - 1)
