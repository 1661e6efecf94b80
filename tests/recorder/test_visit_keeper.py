"""What is recorded of a visit, from which picture to which."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from mihariban.base.clock import SECOND
from mihariban.recorder.buffer import GroupBuffer
from mihariban.recorder.packet import Packet
from mihariban.recorder.presence.events import PresenceEvent
from mihariban.recorder.visit import Visit
from mihariban.recorder.visit_keeper import Rolls, VisitKeeper
from tests.recorder.packets import packet, stream


@dataclass(frozen=True)
class Span:
    """A permitted span in seconds."""

    start: float
    end: float

    @property
    def start_wall(self) -> int:
        return round(self.start * SECOND)

    @property
    def end_wall(self) -> int:
        return round(self.end * SECOND)


@dataclass
class FixedHours:
    """Permitted spans, nothing else."""

    spans: list[Span]

    def window_at(self, wall: int) -> Span | None:
        return next((span for span in self.spans if span.start_wall <= wall < span.end_wall), None)


@dataclass
class Memory:
    """A sink that remembers."""

    visits: list[Visit] = field(default_factory=list)
    packets: dict[bytes, list[tuple[Packet, bool]]] = field(default_factory=dict)
    closed: list[Visit] = field(default_factory=list)
    cuts: int = 0
    amended: list[Visit] = field(default_factory=list)

    def open(self, visit: Visit) -> None:
        self.visits.append(visit)
        self.packets[visit.id] = []

    def write(self, visit: Visit, packet: Packet, *, lead_in: bool) -> None:
        self.packets[visit.id].append((packet, lead_in))

    def cut(self, visit: Visit) -> None:
        self.cuts += 1

    def close(self, visit: Visit) -> None:
        self.closed.append(visit)

    def amend(self, visit: Visit) -> None:
        self.amended.append(visit)

    def seconds(self, number: int) -> tuple[float, float]:
        """First and last stored picture of a visit that may be shown."""
        visit = self.visits[number]
        shown = [each.wall / SECOND for each, lead_in in self.packets[visit.id] if not lead_in]
        return shown[0], shown[-1]


class Bench:
    """A keeper with its buffer, driven in seconds."""

    def __init__(self, *spans: Span, before: float = 5, after: float = 5, group: float = 2) -> None:
        self.sink = Memory()
        self.buffer = GroupBuffer(20 * SECOND)
        self.group = group
        count = iter(range(1, 1000))
        self.keeper = VisitKeeper(
            camera="cam1",
            policy=lambda: "p1",
            hours=FixedHours(list(spans) or [Span(0, 1e6)]),
            rolls=lambda: Rolls(round(before * SECOND), round(after * SECOND)),
            buffer=self.buffer,
            sink=self.sink,
            new_id=lambda _wall: next(count).to_bytes(16, "big"),
        )

    def run(self, begin: float, end: float) -> None:
        """Packets from ``begin`` to ``end``."""
        for each in stream(begin, end, group=self.group):
            self.take(each)

    def take(self, each: Packet) -> None:
        """One packet, as the pipeline hands it on."""
        self.buffer.add(each)
        self.keeper.packet(each)

    def enter(self, at: float, decided: float | None = None) -> None:
        """Presence was found."""
        self.keeper.event(_event("enter", at, decided))

    def leave(self, at: float, decided: float | None = None) -> None:
        """Absence was found."""
        self.keeper.event(_event("leave", at, decided))


def _event(kind: str, at: float, decided: float | None) -> PresenceEvent:
    return PresenceEvent(
        kind=kind,  # type: ignore[arg-type]  # the tests name the kinds
        at=round(at * SECOND),
        decided_at=round((at if decided is None else decided) * SECOND),
        reason="test",
        score=1.0,
        box=None,
    )


def test_a_visit_is_recorded_from_pre_roll_to_post_roll() -> None:
    """Start at most one group before the wanted second, end exactly."""
    bench = Bench()
    bench.run(100, 121.5)
    bench.enter(120, 121.5)
    bench.run(121.5, 135)
    bench.leave(132, 135)
    bench.run(135, 150)
    (visit,) = bench.sink.closed
    assert (visit.started, visit.ended) == (120 * SECOND, 132 * SECOND)
    assert bench.sink.seconds(0) == (pytest.approx(115), pytest.approx(136.9))
    assert visit.recorded_from == 115 * SECOND
    assert visit.recorded_to == 137 * SECOND


def test_the_key_frame_before_the_pre_roll_is_a_lead_in() -> None:
    """It is stored so that the rest can be decoded, and not shown."""
    bench = Bench()
    bench.run(100, 121.5)
    bench.enter(120)
    stored = bench.sink.packets[bench.sink.visits[0].id]
    assert stored[0][0].key
    assert [lead_in for each, lead_in in stored if each.wall < 115 * SECOND] == [True] * 10


def test_a_late_decision_loses_nothing() -> None:
    """Presence found eight seconds late is recorded from its beginning."""
    bench = Bench()
    bench.run(100, 128)
    bench.enter(120, 128)
    assert bench.sink.seconds(0)[0] <= 115
    walls = [each.wall for each, _ in bench.sink.packets[bench.sink.visits[0].id]]
    assert walls == sorted(walls)
    assert len(walls) == len(set(walls))


def test_the_roll_never_reaches_into_the_next_presence() -> None:
    """A post-roll ends where the next visit begins; what was shown is not shown again."""
    bench = Bench()
    bench.run(100, 110)
    bench.enter(105, 110)
    bench.run(110, 121)
    bench.leave(120, 121)
    bench.run(121, 124)
    bench.enter(122.4, 124)
    bench.run(124, 140)
    first, second = bench.sink.visits
    assert first.recorded_to == round(122.4 * SECOND)
    assert second.recorded_from == first.recorded_to
    assert second.started == round(122.4 * SECOND)
    shown = [each.wall for each, lead_in in bench.sink.packets[second.id] if not lead_in]
    assert min(shown) >= first.recorded_to


def test_filming_begins_with_the_first_key_frame_after_the_opening_minute() -> None:
    """Somebody who waits before the opening is filmed from the opening on, with no roll before it."""
    bench = Bench(Span(120.5, 1000))
    bench.run(100, 110)
    bench.enter(105, 110)
    bench.run(110, 130)
    (visit,) = bench.sink.visits
    assert bench.sink.seconds(0)[0] == 122
    assert (visit.started, visit.recorded_from) == (122 * SECOND, 122 * SECOND)
    assert visit.reason == "present_at_opening"


def test_filming_ends_with_the_last_frame_before_the_closing_minute() -> None:
    """Not a frame later, though the person is still there."""
    bench = Bench(Span(0, 130))
    bench.run(100, 121)
    bench.enter(120, 121)
    bench.run(121, 150)
    (visit,) = bench.sink.closed
    assert bench.sink.seconds(0)[1] == pytest.approx(129.9)
    assert visit.recorded_to == 130 * SECOND
    assert visit.end_reason == "closing"


def test_presence_found_after_closing_is_still_kept_from_before_it() -> None:
    """It happened within the hours; only the decision came late."""
    bench = Bench(Span(0, 130))
    bench.run(100, 131)
    bench.enter(129, 131)
    bench.run(131, 140)
    (visit,) = bench.sink.closed
    assert bench.sink.seconds(0) == (pytest.approx(124), pytest.approx(129.9))
    assert visit.started == 129 * SECOND


def test_outside_the_hours_nothing_is_stored() -> None:
    """Presence in the night is judged in memory and forgotten."""
    bench = Bench(Span(0, 100), Span(200, 300))
    bench.run(110, 130)
    bench.enter(120, 122)
    bench.run(130, 150)
    bench.leave(140, 150)
    bench.run(150, 199)
    assert bench.sink.visits == []


def test_a_person_who_stays_over_a_break_is_two_visits() -> None:
    """Between two windows of a day nothing is stored."""
    bench = Bench(Span(0, 130), Span(160, 300))
    bench.run(100, 121)
    bench.enter(120, 121)
    bench.run(121, 175)
    bench.leave(170, 175)
    bench.run(175, 190)
    first, second = bench.sink.closed
    assert first.recorded_to == 130 * SECOND
    assert second.recorded_from == 160 * SECOND
    assert second.ended == 170 * SECOND


def test_a_hand_over_is_one_visit_with_its_moment() -> None:
    """The next person comes before the last has left."""
    bench = Bench()
    bench.run(100, 121)
    bench.enter(120, 121)
    bench.keeper.event(_event("handover", 125, 126))
    bench.run(121, 130)
    bench.leave(128, 130)
    bench.run(130, 140)
    (visit,) = bench.sink.closed
    assert visit.handovers == [125 * SECOND]


def test_a_lost_camera_ends_the_visit_with_the_last_picture() -> None:
    """The reason is kept."""
    bench = Bench()
    bench.run(100, 125)
    bench.enter(120, 122)
    bench.keeper.interrupted("camera_lost")
    (visit,) = bench.sink.closed
    assert visit.end_reason == "camera_lost"
    assert visit.ended == pytest.approx(124.9 * SECOND, abs=1)


def test_a_cut_time_line_waits_for_the_next_key_frame() -> None:
    """What cannot be decoded after the cut is not stored."""
    bench = Bench()
    bench.run(100, 121)
    bench.enter(120, 121)
    bench.take(packet(500.1, broken=True))
    bench.take(packet(500.2))
    bench.take(packet(500.3, key=True))
    stored = [each.wall / SECOND for each, _ in bench.sink.packets[bench.sink.visits[0].id]]
    assert bench.sink.cuts == 1
    assert stored[-1] == pytest.approx(500.3)
    assert 500.1 not in stored


@pytest.mark.parametrize("group", [0.5, 1, 4, 10])
def test_every_second_of_presence_is_stored_at_any_key_frame_distance(group: float) -> None:
    """Two visits 2.4 seconds apart, found as late as the judge may be."""
    bench = Bench(group=group, before=3, after=3)
    bench.run(100, 109)
    bench.enter(106, 109)
    bench.run(109, 124)
    bench.leave(120, 124)
    bench.enter(122.4, 124)
    bench.run(124, 139)
    bench.leave(135, 139)
    bench.run(139, 150)
    first, second = bench.sink.visits
    assert bench.sink.seconds(0)[0] <= 106
    assert bench.sink.seconds(0)[1] >= 119.9
    assert bench.sink.seconds(1)[0] <= 122.4
    assert bench.sink.seconds(1)[1] >= 134.9
    assert first.recorded_to is not None
    assert first.recorded_to <= second.started
