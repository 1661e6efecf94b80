"""One camera's life, against sources made by hand and against a real one that is killed and frozen."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from mihariban.base.clock import SECOND, SystemClock, TurnedClock
from mihariban.policy import Limits
from mihariban.recorder.camera import CameraFeed, Gap
from mihariban.recorder.errors import SourceLoginRefused, SourceLost, SourceTruncated, SourceUnreachable
from mihariban.recorder.packet import Packet
from mihariban.recorder.sources.base import Source
from tests.recorder.packets import packet
from tests.support.clips import write_units
from tests.support.drops import force_drops
from tests.support.rtsp_server import RtspServer, missing

Script = Callable[[threading.Event], Iterator[Packet]]


class Played:
    """A source that plays a script."""

    def __init__(self, script: Script, *, live: bool = True, answers: bool = False) -> None:
        self.name = "played"
        self.live = live
        self._script = script
        self._answers = answers

    def packets(self, stop: threading.Event) -> Iterator[Packet]:
        return self._script(stop)

    def answers(self, timeout_s: float) -> bool:
        return self._answers


class Waits(TurnedClock):
    """A clock that notes each wait."""

    def __init__(self) -> None:
        super().__init__(1_700_000_000 * SECOND)
        self.waits: list[float] = []

    def wait(self, event: threading.Event, seconds: float) -> bool:
        self.waits.append(seconds)
        return super().wait(event, seconds)


def lost(*times: float) -> Script:
    def script(_stop: threading.Event) -> Iterator[Packet]:
        yield from (packet(t, key=True) for t in times)
        raise SourceLost(source="played", why="test")

    return script


def refused(_stop: threading.Event) -> Iterator[Packet]:
    raise SourceUnreachable(source="played", why="test")
    yield


def wrong_login(_stop: threading.Event) -> Iterator[Packet]:
    raise SourceLoginRefused(source="played")
    yield


def run(
    sources: list[Played],
    *,
    clock: TurnedClock | SystemClock | None = None,
    limits: Limits | None = None,
    packets: list[Packet] | None = None,
    **more: float,
) -> tuple[list[Packet], list[Gap]]:
    """Play the sources one after the other, then stop."""
    stop = threading.Event()
    packets = [] if packets is None else packets
    gaps: list[Gap] = []
    left = iter(sources)

    def factory() -> Source:
        source = next(left, None)
        if source is None:
            stop.set()
            return Played(lost())
        return source

    CameraFeed(
        source_factory=factory,
        clock=clock or Waits(),
        limits=limits or Limits(),
        on_packet=packets.append,
        on_gap=gaps.append,
        **more,  # type: ignore[arg-type]  # only floats are handed in
    ).run(stop)
    return packets, gaps


def test_a_gap_reaches_from_the_last_good_packet_to_the_first_new_one() -> None:
    """Told twice: open when it begins, closed when it has ended; many attempts are one gap with its first cause."""
    packets, gaps = run([Played(lost(1, 2)), Played(refused), Played(refused), Played(lost(9, 10))])
    assert [p.wall // SECOND for p in packets] == [1, 2, 9, 10]
    assert [(g.started_wall // SECOND, g.ended_wall, g.cause) for g in (gaps[0], gaps[2])] == [
        (2, None, "MH304"),
        (10, None, "MH304"),
    ]
    assert gaps[1] == Gap(2 * SECOND, 9 * SECOND, "MH304", gaps[0].detail)
    assert [p.broken for p in packets] == [False, False, True, False]


def test_a_camera_that_was_never_there_is_a_gap_from_the_beginning() -> None:
    """The gap begins with the first attempt."""
    clock = Waits()
    began = clock.wall()
    _, gaps = run([Played(refused)], clock=clock)
    assert gaps == [Gap(began, None, "MH302", gaps[0].detail)]


def test_pauses_grow_to_the_cap_and_shrink_after_a_stable_connection() -> None:
    """Half a second, doubled up to the cap; ten good seconds begin anew."""
    clock = Waits()
    seen: list[Packet] = []

    def good(_stop: threading.Event) -> Iterator[Packet]:
        for second in range(3):
            before = len(seen)
            yield packet(second, key=True)
            # The reader is a thread of its own: the feed must have seen the packet before the clock is turned.
            deadline = time.monotonic() + 10
            while len(seen) == before and time.monotonic() < deadline:
                time.sleep(0.001)
            clock.turn(6 * SECOND)

    limits = Limits(backoff_first_s=0.5, backoff_max_s=4)
    sources = [Played(lost(1)) for _ in range(5)] + [Played(good), Played(lost(1))]
    run(sources, clock=clock, limits=limits, packets=seen, knock_s=60)
    assert clock.waits[:5] == [0.5, 1, 2, 4, 4]
    assert clock.waits[5:7] == [0.5, 1]


def test_a_camera_that_listens_again_is_not_kept_waiting() -> None:
    """The long pause ends at the first knock that is answered."""
    clock = Waits()
    limits = Limits(backoff_first_s=30, backoff_max_s=30)
    run([Played(refused, answers=True)], clock=clock, limits=limits, knock_s=2)
    assert clock.waits == [2]
    clock = Waits()
    run([Played(refused, answers=False)], clock=clock, limits=limits, knock_s=2)
    assert clock.waits == [2] * 15


def test_a_wrong_password_is_not_tried_in_quick_succession() -> None:
    """Cameras lock the account after a few: the longest pause at once."""
    clock = Waits()
    run([Played(wrong_login)], clock=clock)
    assert clock.waits == [30]


def test_a_child_that_dies_of_an_unforeseen_error_is_replaced() -> None:
    """Recorded as a gap with a cause of its own, then goes on."""

    def dies(_stop: threading.Event) -> Iterator[Packet]:
        yield packet(1, key=True)
        raise ZeroDivisionError("unforeseen")

    packets, gaps = run([Played(dies), Played(lost(5))])
    assert [p.wall // SECOND for p in packets] == [1, 5]
    assert (gaps[0].cause, gaps[1].ended_wall) == ("MH310", 5 * SECOND)


def test_a_read_that_hangs_for_ever_is_given_up() -> None:
    """The child ignores everything, the camera comes back all the same; the late packet goes nowhere."""
    release = threading.Event()

    def hangs(_stop: threading.Event) -> Iterator[Packet]:
        yield packet(1, key=True)
        release.wait(20)
        yield packet(2, key=True)

    began = time.monotonic()
    clock = SystemClock()
    limits = Limits(connect_s=0.1, stall_s=0.1, backoff_first_s=0.05, backoff_max_s=0.1)
    packets, gaps = run(
        [Played(hangs), Played(lost(5))],
        clock=clock,
        limits=limits,
        grace_s=0.2,
    )
    release.set()
    assert time.monotonic() - began < 5
    assert [p.wall // SECOND for p in packets] == [1, 5]
    assert gaps[0].cause == "MH305"


def test_a_file_ends_without_a_gap_and_its_error_is_told() -> None:
    """No reconnecting to a file."""
    packets, gaps = run([Played(lambda _: iter([packet(1, key=True)]), live=False)])
    assert (len(packets), gaps) == (1, [])

    def cut_off(_stop: threading.Event) -> Iterator[Packet]:
        yield packet(1, key=True)
        raise SourceTruncated(source="film", delivered=1, expected=2)

    with pytest.raises(SourceTruncated):
        run([Played(cut_off, live=False)])


def test_an_error_of_the_consumer_ends_the_run() -> None:
    """A volume that fails is not a camera that fails."""

    def full(_packet: Packet) -> None:
        raise OSError("volume")

    feed = CameraFeed(
        source_factory=lambda: Played(lost(1)),
        clock=Waits(),
        limits=Limits(),
        on_packet=full,
        on_gap=lambda _gap: None,
    )
    with pytest.raises(OSError, match="volume"):
        feed.run(threading.Event())


@pytest.mark.rtsp
def test_twenty_forced_drops_of_a_real_camera_leave_none_stuck(tmp_path: Path) -> None:
    """Killed, restarted, frozen in turn: each is back within seconds and recorded with its cause."""
    why = missing()
    if why:
        pytest.skip(f"no RTSP server here ({why}); install the packages of tools/apt-tests.txt")
    with RtspServer(write_units(tmp_path / "clip", "h264", gop=5)) as server:
        drops = force_drops(server, 20)
    assert [drop for drop in drops if drop.stuck] == []
    assert {(drop.kind, drop.cause) for drop in drops} == {
        ("killed", "MH304"),
        ("restarted", "MH304"),
        ("frozen", "MH305"),
    }
    assert max(drop.back_s for drop in drops) <= 5.0
