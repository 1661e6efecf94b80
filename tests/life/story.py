"""The life of one site, told twice: to the recorder, and to a record of the story's own that asks nothing of it.

The second hand moves at least once an hour, more often where something is due. What the recorder must do follows from
the story alone: the hours of the papers as a table by hand, 5,760 hours as a product, who stood there when.
"""

from __future__ import annotations

import heapq
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise
from pathlib import Path

from mihariban.base.clock import DAY, HOUR, MINUTE, SECOND, TurnedClock
from mihariban.base.ntp import TimeQuality
from mihariban.office.book import OfficeBook
from mihariban.office.exchange import exchange
from mihariban.office.signer import Decided, Office
from mihariban.office.trust import trust
from mihariban.policy import CalendarEntry
from mihariban.recorder.channel import Channel
from mihariban.recorder.client import RecorderClient
from mihariban.recorder.control import ErasureRow
from mihariban.recorder.new_site import describe_site
from mihariban.recorder.service import Recorder
from mihariban.recorder.site_folder import SiteFolder, create_site
from mihariban.recorder.site_service import open_door
from mihariban.volume import ClipRefused, ClipUnknown, Volume
from tests.life.pictures import STEP, ToldWatcher, picture
from tests.support.sites import SAGA, moment

Upset = Callable[[int], int]
ROLL = 3 * SECOND
SAGA_PERIOD = 5760 * HOUR
WITHIN = MINUTE
RARE = {"scrub": DAY, "publish": 6 * HOUR, "forecast": DAY}
"""Duties that cost a test its minute and change nothing here when they are done less often than the recorder does."""
DECIDED = Decided("manager", "見本 太郎", "盗難カードの事案の確認", "第10条第2号", "見本市生第1号")


class SiteTime(TurnedClock):
    """The site's clock; a restart of the machine begins its monotonic clock anew."""

    def reboot(self) -> None:
        """Another boot."""
        self._monotonic = SECOND
        self._boot_id = f"00000000-0000-0000-0000-{int(self._boot_id[-12:]) + 1:012}"


@dataclass(slots=True)
class Told:
    """A visit as the story knows it.

    Attributes:
        frames: moments of the pictures that may be shown; perhaps: those of them that a failing disk may have taken.
        deadline: from when its last picture may not be read. gone: when nothing of it was there any more.
        erasures: rows of its clips, as the book had them within a minute.
    """

    began: int
    ended: int
    shown_from: int
    shown_to: int
    frames: list[int]
    deadline: int
    perhaps: frozenset[int] = frozenset()
    gone: int | None = None
    erasures: list[ErasureRow] = field(default_factory=list)

    @property
    def seconds(self) -> int:
        return (self.shown_to - self.shown_from) // SECOND


@dataclass(slots=True)
class Stretch:
    """From, to, and why."""

    began: int
    ended: int
    cause: str


@dataclass(slots=True)
class ToldHold:
    """A hold as the story knows it."""

    id: str
    began: int
    ended: int
    review: int
    placed: int
    released: int | None = None


@dataclass(slots=True)
class Story:
    """One site from its first day on."""

    folder: SiteFolder
    clock: SiteTime
    office: Office
    recorder: Recorder
    channel: Channel = field(init=False)
    watcher: ToldWatcher = field(init=False)
    period: int = SAGA_PERIOD
    visits: list[Told] = field(default_factory=list)
    gaps: list[Stretch] = field(default_factory=list)
    outages: list[Stretch] = field(default_factory=list)
    holds: list[ToldHold] = field(default_factory=list)
    grants: list[str] = field(default_factory=list)
    probed: int = 0
    ticks: int = 0
    _stops: list[tuple[int, int, Callable[[], None]]] = field(default_factory=list)
    _next_hour: int = 0
    _pushed: int = 0

    # Beginning and ending

    @classmethod
    def begin(cls, path: Path, at: str, *, size: str = "64MiB", region: str = "512KiB") -> Story:
        """A new site and its office."""
        clock = SiteTime(moment(at))
        site = describe_site(site_id="test", policy_file=SAGA, source="none.mp4", size=size, region_size=region)
        folder = create_site(path / "site", policy_file=SAGA, site=site, clock=clock)
        book = OfficeBook.create(folder.path / "office", name="office.test", clock=clock)
        party = trust(folder.recorder, folder.path / "office", site="test", recorder="test-r1")
        story = cls(folder, clock, Office(book, party), Recorder(folder, clock=clock, time_quality=_quality))
        story._watch()
        return story

    def _watch(self) -> None:
        self.channel = self.recorder.channel(self.recorder.camera(None))
        self.watcher = ToldWatcher()
        self.channel.pipeline.watcher = self.watcher
        self.channel.pipeline.health = None  # it would miss the pictures that this story leaves out between visits
        for duty in self.recorder.keeper.duties:
            duty.period = RARE.get(duty.name, duty.period)
        self._next_hour = (self.clock.wall() // HOUR + 1) * HOUR
        self.tick()

    def end(self) -> None:
        """The recorder ends in order."""
        self.recorder.close()
        self.office.book.close()

    def stop(self, seconds: float, *, reboot: bool = False, between: Callable[[], None] | None = None) -> None:
        """Stopped in order, and started again after some seconds."""
        self.recorder.close()
        self._away(seconds, reboot=reboot, between=between)

    def crash(self, seconds: float, *, reboot: bool = False) -> None:
        """The process is gone without a word, and comes back after some seconds."""
        self.tick()
        volume = self.recorder.volume
        for part in (volume.ring.file, volume.keys, volume.catalogue, volume._index):
            part.close()
        volume._storage.unlock()  # the kernel does that for a dead process
        self.recorder.control.close()
        self._away(seconds, reboot=reboot, between=None)

    def _away(self, seconds: float, *, reboot: bool, between: Callable[[], None] | None) -> None:
        gone = self.clock.wall()
        if between is not None:
            between()
        self.clock.turn(round(seconds * SECOND))
        if reboot:
            self.clock.reboot()
        self.outages.append(Stretch(gone, self.clock.wall(), "recorder_down"))
        self.recorder = Recorder(self.folder, clock=self.clock, time_quality=_quality)
        self._watch()

    # Time

    def turn_to(self, wall: int) -> None:
        """Time passes until ``wall``: every hour, and whatever is due before, in its order."""
        while True:
            stop = min(self._next_hour, self._stops[0][0] if self._stops else self._next_hour)
            if stop > wall:
                break
            self.clock.turn_to(stop)
            if stop == self._next_hour:
                self._next_hour += HOUR
                self.tick()
            else:
                heapq.heappop(self._stops)[2]()
        self.clock.turn_to(wall)

    def tick(self) -> None:
        """The second hand moves."""
        self.ticks += 1
        self.recorder.tick()

    def at(self, wall: int, do: Callable[[], None]) -> None:
        """Something to be done when the clock stands at ``wall``."""
        self._pushed += 1
        heapq.heappush(self._stops, (wall, self._pushed, do))

    # Who comes

    def visit(self, at: int, seconds: int, hours: tuple[int, int] | None, *, upset: Upset | None = None) -> Told | None:
        """Somebody stands there from ``at`` on.

        Args:
            hours: the permitted span, from the story's own table; None on a closed day, when nothing may come of it.
            upset: called before each picture with its number; returns how far (ns) it stepped the wall clock.
        """
        begin, ends = at - 3 * STEP, at + seconds * SECOND
        self.turn_to(begin - SECOND)
        self.watcher.tell(at, ends)
        frames: list[int] = []
        moved = 0
        for number in range((ends + 3 * STEP - begin) // STEP):
            self.turn_to(begin + number * STEP + moved)
            step = 0 if upset is None else upset(number)
            moved += step
            frames.append(self.clock.wall())
            self.show(number, broken=step != 0)
        self.turn_to(self.clock.wall() + STEP)
        self.tick()
        return None if hours is None else self._note(at, ends + moved, frames, hours)

    def show(self, number: int, *, broken: bool = False) -> None:
        """One picture now."""
        packet = picture(self.clock.wall(), self.clock.monotonic(), number, broken=broken)
        self.recorder.take(self.channel, packet)

    def _note(self, began: int, ended: int, frames: list[int], hours: tuple[int, int]) -> Told:
        """What must come of it: nothing outside the hours, three seconds before and after."""
        opens, closes = hours
        low, high = max(began - ROLL, opens), min(ended + ROLL, closes)
        shown = [wall for wall in frames if low <= wall < high]
        told = Told(max(began, opens), min(ended, closes), low, high, shown, shown[-1] + self.period)
        self.add(told)
        return told

    def cut_short(self, at: int, shown: int, seconds: float, *, reboot: bool) -> Told:
        """Somebody stands there, and after so many pictures the recorder dies; it is back after some seconds.

        The last picture was in flight. The one before it stands until then, and there the visit ends.
        """
        begin = at - 3 * STEP
        self.turn_to(begin - SECOND)
        self.watcher.tell(at, at + 600 * SECOND)
        for number in range(shown):
            self.turn_to(begin + number * STEP)
            self.show(number)
        last = self.clock.wall()
        self.crash(seconds, reboot=reboot)
        frames = [wall for wall in range(begin, last, STEP) if wall >= at - ROLL]
        told = Told(at, last, at - ROLL, last, frames, last + self.period)
        self.add(told)
        return told

    def add(self, told: Told) -> None:
        """A visit that the book must have; its erasure is looked at when it comes."""
        self.visits.append(told)
        period = told.deadline - told.frames[-1]
        for number, (wall, after) in enumerate(pairwise(told.frames)):  # a clip may end there and has its own deadline
            if number % 8 == 7 or after - wall > STEP:
                self.at(wall + period + 30 * SECOND, self.tick)
        self.at(told.deadline - 1, lambda: self._before(told))
        self.at(told.deadline + 40 * SECOND, lambda: self._after(told))

    def _before(self, told: Told) -> None:
        """A moment before: still there, to the last picture."""
        self.tick()
        self.probed += 1
        assert told.frames[-1] in self.readable(told), f"lost early: {told}"

    def _after(self, told: Told) -> None:
        """Within the minute: gone, unless held."""
        self.tick()
        left = self.readable(told)
        kept = [each for each in self.holds if each.released is None]
        wanted = [wall for wall in told.frames if any(each.began <= wall < each.ended for each in kept)]
        assert left == wanted, f"readable after its deadline: {left}, held are {wanted}"
        rows = self.recorder.control.erasures()
        ids = {row.visit for row in rows if told.shown_from - MINUTE < row.filmed_from < told.shown_to}
        told.erasures = [row for row in rows if row.visit in ids]  # clips that show nothing too
        if not left:
            told.gone = self.clock.wall()

    def readable(self, told: Told, volume: Volume | None = None) -> list[int]:
        """Moments of the pictures of a visit that the ring still opens."""
        found: set[int] = set()
        volume = volume or self.recorder.volume
        for clip in volume.clips(camera="cam1", since=told.shown_from - SECOND, until=told.shown_to):
            try:
                for chunk in volume.read(clip.clip):
                    found.add(chunk.wall)
            except (ClipRefused, ClipUnknown):
                continue
        return sorted(wall for wall in told.frames if wall in found)

    # The office

    @contextmanager
    def office_calls(self) -> Iterator[RecorderClient]:
        """The door is open, the office calls."""
        with open_door(self.recorder) as served, RecorderClient(served.socket) as client:
            yield client

    def cosign(self) -> None:
        """Office and recorder cosign each other."""
        with self.office_calls() as client:
            exchange(self.office, client)

    def hold(self, began: int, ended: int, review: int) -> ToldHold:
        """Keep a span beyond its deadline."""
        order = self.office.order_hold(DECIDED, camera="cam1", start=began, end=ended, review=review)
        with self.office_calls() as client:
            client.place_hold(self.office.present(order))
        held = ToldHold(order, began, ended, review, self.clock.wall())
        self.holds.append(held)
        return held

    def release(self, held: ToldHold) -> None:
        """A hold ends."""
        order = self.office.release_hold(DECIDED, held.id)
        with self.office_calls() as client:
            client.release_hold(held.id, self.office.present(order))
        held.released = self.clock.wall()
        for told in self.visits:
            if told.deadline < held.released and told.gone is None and told.shown_from < held.ended:
                self.at(held.released + 40 * SECOND, lambda told=told: self._after(told))  # type: ignore[misc]  # bound now

    def calendar(self, *entries: CalendarEntry) -> None:
        """The office changes days."""
        order = self.office.push_calendar(DECIDED, entries)
        with self.office_calls() as client:
            client.put_calendar(self.office.present(order))

    def rule(self, text: str, version: str, number: str) -> None:
        """Another version of the rule."""
        order = self.office.push_policy(DECIDED, text=text, version=version, document_number=number)
        with self.office_calls() as client:
            client.put_policy(self.office.present(order))


def _quality() -> TimeQuality:
    return "synchronised"


def closure(entry: str, first: date, last: date) -> CalendarEntry:
    """The mayor closes some days."""
    return CalendarEntry(
        id=entry, kind="closure", first_day=first, last_day=last, reason_ja="お盆の休止", approver_ja="市長",
        document_number="見本第10号",
    )  # fmt: skip


def opened(entry: str, day: date, windows: tuple[tuple[str, str], ...]) -> CalendarEntry:
    """The mayor opens a day that is closed by the rule."""
    return CalendarEntry(
        id=entry, kind="open_day", first_day=day, last_day=day, windows=windows, reason_ja="休日窓口", approver_ja="市長",
        document_number="見本第11号",
    )  # fmt: skip


def many_syncs(tmp_path: Path) -> Path:
    """A folder in memory where there is one: a life of nine months syncs oftener than a test's disk can in a minute.
    What survives a power cut is tested elsewhere."""
    memory = Path("/dev/shm")  # a folder of its own is made in it
    if not os.access(memory, os.W_OK):
        return tmp_path
    return memory / f"mihariban-life-{os.getpid()}-{tmp_path.name}"


__all__ = ["DAY", "DECIDED", "Story", "Told", "ToldHold", "closure", "many_syncs", "moment", "opened"]
