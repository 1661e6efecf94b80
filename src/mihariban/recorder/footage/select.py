"""Which footage of a camera lies between two instants: from the chunk tables, with as little decrypting as can be."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from mihariban.base.clock import SECOND, iso
from mihariban.recorder.footage.cut import cut_run
from mihariban.recorder.footage.errors import RangeInvalid
from mihariban.recorder.footage.lay import TOLERANCE, Run, lay
from mihariban.recorder.footage.range import NO_KEY_FRAME, REORDER, Edge, Hole, Piece, Range, Segment
from mihariban.recorder.footage.stored import Peek
from mihariban.volume import Volume

_MOMENT = SECOND // 10  # a shorter stretch is not worth a hole of its own
Visible = Mapping[bytes, tuple[int, int | None]]
Why = Callable[[int, int], str]


def select(
    volume: Volume,
    camera: str,
    start: int,
    end: int,
    *,
    visible: Visible,
    why: Why,
    transcode: bool = False,
    follow: bool = False,
) -> Range:
    """The footage of [start, end): from the first key frame displayed at or after ``start``, never widened.

    Who may see it is not asked here: the deed that calls has decided and entered that.

    Args:
        volume: the open ring.
        camera: its name in the site file.
        start, end: wall ns.
        visible: (recorded_from, recorded_to) of each visit that may be shown, as the control book says now; None for
            the end of a visit that is still recorded: it is shown up to what is durable. Footage of other visits is
            not shown.
        why: a word for why there is nothing in a span (wall ns), for instance ``no_visit``, ``gap``, ``closed``.
        transcode: the pictures will be coded anew as H.264 when they are served.
        follow: a live list: only segments that will not change any more; names stay as the range grows.

    Raises:
        RangeInvalid: it ends before it begins.
    """
    if end <= start:
        raise RangeInvalid(start=iso(start), end=iso(end))
    peek = Peek(volume)
    laid = lay(volume, peek, camera, start, end, visible)
    segments: list[Segment] = []
    edges: list[Edge] = []
    for run in laid.runs:
        made = cut_run(run, laid.configs, peek, first=len(segments), follow=follow)
        if made:
            edges.append(Edge(made[0].number, run.begins, _leading_up(run, made[0])))
        segments += made
    configs = tuple(laid.configs)
    origin = segments[0].start if segments else start
    holes = tuple(_holes(start, end, segments, laid.runs, why, follow=follow))
    return Range(camera, start, end, tuple(segments), holes, configs, origin, tuple(edges), transcode, follow)


def _leading_up(run: Run, first: Segment) -> tuple[Piece, ...]:
    """The chunks before a run's first key frame, and those after it in which a picture displayed before it may lie."""
    return (*run.before, *(piece for piece in run.pieces if piece.wall < first.start + REORDER))


def _holes(start: int, end: int, segments: list[Segment], runs: list[Run], why: Why, *, follow: bool) -> list[Hole]:
    """What no segment shows. Footage before a run's first key frame is a hole of its own kind."""
    holes: list[Hole] = []
    covered = start
    stops = [(each.start, each.end) for each in segments]
    if not follow:
        stops.append((end, end))
    for begins, ends in stops:
        if begins > covered:
            holes += _spans(covered, begins, runs, why)
        covered = max(covered, ends)
    return holes if holes or segments else [Hole(start, end, why(start, end))]


def _spans(low: int, high: int, runs: list[Run], why: Why) -> list[Hole]:
    holes: list[Hole] = []
    at = low
    for run in runs:
        begins, ends = max(run.begins, at), min(run.ends, high)
        if ends - begins < _MOMENT:
            continue
        if begins - at > TOLERANCE:
            holes.append(Hole(at, begins, why(at, begins)))
        elif begins > at:
            begins = at
        holes.append(Hole(begins, ends, NO_KEY_FRAME))
        at = ends
    if high - at > TOLERANCE:
        holes.append(Hole(at, high, why(at, high)))
    return holes
