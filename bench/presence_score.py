"""Judging presence on labelled scenes: what was missed, false or not covered, and how late an end was seen."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from mihariban.base.clock import SECOND
from mihariban.recorder.presence import PresenceEvent, PresenceSettings, SceneMemory, Watcher, Zone
from tests.scenes.case import STARTS_AT, Case

ROLL_S = 3.0
"""Pre-roll and post-roll of Saga's policy: what is recorded around presence."""


@dataclass
class Found:
    """A visit as judged, in seconds of the case; ``decided`` is when its end was known."""

    enter: float
    leave: float
    decided: float
    handover: bool = False
    left_behind: bool = False


@dataclass
class Score:
    """Sums over cases. Seconds."""

    visits: int = 0
    missed: int = 0
    false: int = 0
    merged: int = 0
    split: int = 0
    presence: float = 0.0
    uncovered: float = 0.0
    late: list[float] = field(default_factory=list)
    handovers: int = 0
    flagged: int = 0
    reported: int = 0

    def add(self, other: Score) -> None:
        """Take another score in."""
        for name, value in vars(other).items():
            setattr(self, name, getattr(self, name) + value)


def judge(case: Case) -> list[Found]:
    """Run the watcher over the packets of a case, over all its parts."""
    found: list[Found] = []
    memory: SceneMemory | None = None
    zone = Zone((case.zone,)) if case.zone else Zone.whole()
    for part, (_, end) in enumerate(case.parts or ((0.0, case.duration_s),)):
        watcher = Watcher(PresenceSettings(), zone, scene=memory)
        events: list[PresenceEvent] = []
        for packet in case.packets(part):
            events += watcher.feed(packet)
        last = STARTS_AT + round(end * SECOND)
        is_last = part == len(case.parts or (0,)) - 1
        events += watcher.finish(last) if is_last else watcher.interrupted(last, "recorder_stopped")
        memory = SceneMemory.from_bytes(watcher.scene().to_bytes())
        found += _visits(events)
    return found


def _visits(events: Iterable[PresenceEvent]) -> list[Found]:
    found: list[Found] = []
    for event in events:
        at, decided = (event.at - STARTS_AT) / SECOND, (event.decided_at - STARTS_AT) / SECOND
        if event.kind == "enter":
            found.append(Found(at, float("inf"), float("inf")))
        elif found and event.kind == "leave":
            found[-1].leave, found[-1].decided = at, decided
        elif found and event.kind == "handover":
            found[-1].handover = True
        elif found and event.kind == "left_behind":
            found[-1].left_behind = True
    return found


def score(case: Case, found: list[Found]) -> Score:
    """Compare what was judged with the truth. A part of a visit on each side of a restart counts as one each."""
    result = Score()
    parts = case.parts or ((0.0, case.duration_s),)
    truth = [
        (max(visit.enter_s, begin), min(visit.leave_s, end), visit)
        for visit in case.truth
        for begin, end in parts
        if min(visit.leave_s, end) - max(visit.enter_s, begin) > 1.5
    ]
    for enter, leave, visit in truth:
        mine = [each for each in found if each.enter < leave and each.leave > enter]
        result.visits += 1
        result.presence += leave - enter
        result.missed += not mine
        result.split += max(0, len(mine) - 1)
        result.handovers += visit.handover
        result.flagged += visit.handover and any(each.handover for each in mine)
        result.reported += visit.left_behind and any(each.left_behind for each in mine)
        result.uncovered += _uncovered(enter, leave, mine)
        ended_by_part = any(abs(leave - end) < 0.05 for _, end in parts)
        if mine and not ended_by_part:
            result.late.append(mine[-1].decided - leave)
    for each in found:
        met = sum(each.enter < leave and each.leave > enter for enter, leave, _ in truth)
        result.false += met == 0
        result.merged += max(0, met - 1)
    return result


def _uncovered(enter: float, leave: float, mine: list[Found]) -> float:
    left, position = 0.0, enter
    for each in sorted(mine, key=lambda one: one.enter):
        begin, end = each.enter - ROLL_S, each.leave + ROLL_S
        left += max(0.0, min(begin, leave) - position)
        position = max(position, min(end, leave))
    return left + max(0.0, leave - position)
