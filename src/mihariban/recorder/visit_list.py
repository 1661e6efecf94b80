"""Visits with the state of their footage: the book and the ring side by side."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal
from zoneinfo import ZoneInfo

from mihariban.base.clock import SECOND, iso
from mihariban.base.ids import id_text
from mihariban.recorder.control import HoldRow, VisitRow
from mihariban.volume import ClipInfo, ClipKind

State = Literal["recording", "kept", "held", "expired", "erased", "lost"]


@dataclass(frozen=True, slots=True)
class Part:
    """A clip of a visit, or the place where one was. Instants are wall ns."""

    start: int
    end: int
    state: State


@dataclass(frozen=True, slots=True)
class VisitState:
    """A visit and what is left of its footage.

    Attributes:
        seconds: seconds that may be shown. bytes: bytes the footage takes in the ring.
    """

    visit: VisitRow
    state: State
    seconds: float
    bytes: int
    parts: tuple[Part, ...]
    held_until: int | None = None

    def as_json(self, recorder: str, zone: ZoneInfo) -> dict[str, object]:
        """The visit as the command line prints it; instants in ``zone``."""
        visit = self.visit

        def moment(wall: int | None) -> str | None:
            return None if wall is None else iso(wall, zone)

        return {
            "id": id_text(visit.id),
            "recorder": recorder,
            "camera": visit.camera,
            "started_at": moment(visit.started),
            "ended_at": moment(visit.ended),
            "recorded_from": moment(visit.recorded_from),
            "recorded_to": moment(visit.recorded_to),
            "expires_at": moment(visit.expires),
            "held_until": moment(self.held_until),
            "seconds": round(self.seconds, 3),
            "bytes": self.bytes,
            "state": self.state,
            "policy": visit.policy,
            "parts": [
                {"from": iso(part.start, zone), "to": iso(part.end, zone), "state": part.state} for part in self.parts
            ],
            "reason": visit.reason,
            "end_reason": visit.end_reason,
            "score": visit.score,
            "end_score": visit.end_score,
            "handover": bool(visit.handovers),
            "left_behind": bool(visit.left_behind),
        }


def visit_states(
    visits: Iterable[VisitRow], clips: Iterable[ClipInfo], now: int, holds: Iterable[HoldRow] = ()
) -> list[VisitState]:
    """Join the book with the ring's clips.

    Args:
        clips: those of visits, and copies that holds keep of them.
        now: wall ns; a clip past its deadline counts as expired.
        holds: for the date until which held footage is kept at least: the review.
    """
    by_visit: dict[bytes, list[ClipInfo]] = defaultdict(list)
    found = list(clips)
    recorded = {clip.clip for clip in found if clip.kind is ClipKind.VISIT}
    for clip in found:
        if clip.kind is ClipKind.VISIT or clip.notes.get("source") not in recorded:
            by_visit[clip.visit].append(clip)
    copied = {clip.visit for clip in found if clip.kind is ClipKind.COPY and clip.held}
    kept = [hold for hold in holds if hold.released is None]
    return [
        _state(visit, sorted(by_visit[visit.id], key=lambda each: each.start), now, kept, copied=visit.id in copied)
        for visit in visits
    ]


def _state(visit: VisitRow, clips: list[ClipInfo], now: int, holds: list[HoldRow], *, copied: bool) -> VisitState:
    to = visit.recorded_to
    parts = tuple(
        Part(
            max(clip.start, visit.recorded_from),
            clip.end if to is None else min(clip.end, to),
            _clip_state(clip, now),
        )
        for clip in clips
        if clip.chunks
    )
    seconds = sum(max(0, part.end - part.start) for part in parts) / SECOND
    state = _visit_state(visit, parts, now)
    if copied and state == "kept":
        state = "held"  # a narrower part is kept as a copy beside the whole
    return VisitState(visit, state, seconds, sum(clip.stored for clip in clips), parts, _held_until(visit, holds))


def _held_until(visit: VisitRow, holds: list[HoldRow]) -> int | None:
    """The latest review among the holds that keep something of the visit; a hold itself has no end."""
    to = visit.recorded_to or visit.recorded_from
    reviews = [
        hold.review
        for hold in holds
        if hold.camera == visit.camera and hold.review and hold.from_wall < to and hold.to_wall > visit.recorded_from
    ]
    return max(reviews, default=None)


def _clip_state(clip: ClipInfo, now: int) -> State:
    if clip.held:
        return "held"
    return "expired" if clip.deadline <= now else "kept"


def _visit_state(visit: VisitRow, parts: tuple[Part, ...], now: int) -> State:
    states = {part.state for part in parts}
    if visit.erased is not None:
        return "erased"
    if visit.recorded_to is None:
        return "recording"
    for state in ("held", "kept", "expired"):
        if state in states:
            return state
    return "erased" if visit.expires is not None and visit.expires <= now else "lost"
