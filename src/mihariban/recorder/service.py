"""The recorder of a site: opens book and volume, gives each camera its pipeline, survives a failing disk."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable

import structlog

from mihariban.base.clock import SECOND, Clock, SiteClock, TurnedClock
from mihariban.base.errors import MiharibanError
from mihariban.base.ids import Random
from mihariban.base.ntp import TimeQuality
from mihariban.policy import Camera, LoadedPolicy
from mihariban.recorder.actions.close_grant import close_grant
from mihariban.recorder.bookkeeper import Bookkeeper
from mihariban.recorder.channel import Channel, make_channel, save_scene
from mihariban.recorder.control import Control
from mihariban.recorder.errors import NoSuchCamera
from mihariban.recorder.findings import enter_begin, enter_end, lasting
from mihariban.recorder.health.clock_judge import CameraClock
from mihariban.recorder.health.health import Finding, Health
from mihariban.recorder.health.machine import MachineHealth
from mihariban.recorder.keeping import Keeper
from mihariban.recorder.keeping.missed import AT_START, find_missed
from mihariban.recorder.keeping.redate import Redating
from mihariban.recorder.keeping.renew_root import raise_levels
from mihariban.recorder.keeping.scrub import Scrubbing
from mihariban.recorder.keeping.watch_time import begin_time, keep_time, read_clock
from mihariban.recorder.owed import Owed
from mihariban.recorder.packet import Packet
from mihariban.recorder.presence import Zone
from mihariban.recorder.private import close_to_others
from mihariban.recorder.recovery import close_what_was_open, holds_from_ring, visits_from_ring, visits_without_footage
from mihariban.recorder.sessions import Sessions
from mihariban.recorder.site_folder import SiteFolder
from mihariban.recorder.site_hours import SiteHours, calendar_entries
from mihariban.recorder.sources.base import Source
from mihariban.recorder.trusted_time import Now
from mihariban.volume import Volume, VolumeIoError
from mihariban.volume.stat import VolumeStat

_log = structlog.get_logger(__name__)

SIGN_OF_LIFE = 5 * SECOND
"""After a crash the recorder counts as down from its last sign of life on; each one costs a sync (ns)."""
FILE_TICK = 5 * SECOND
"""A source that is read faster than time moves the second hand this often (ns of the site's clock)."""


class Recorder:
    """Everything that runs for one site. Use as a context manager.

    Args:
        folder: the site's folder.
        clock: the site's clock.
        random: source of ids and keys.
        time_quality: how well the wall clock is known now; None where the clock is not the machine's.
    """

    def __init__(
        self,
        folder: SiteFolder,
        *,
        clock: Clock,
        random: Random = os.urandom,
        time_quality: Callable[[], TimeQuality] | None = None,
    ) -> None:
        folder.require()
        close_to_others(folder.recorder)
        self.folder = folder
        self.site = folder.load_site()
        self.clock = clock
        self.random = random
        self.clock_is_real = time_quality is not None
        self.time_quality: Callable[[], TimeQuality] = time_quality or (lambda: "unknown")
        self.book = folder.load_book()
        self.channels: dict[str, Channel] = {}
        self._lock = threading.RLock()
        self._failed = False
        self._used: set[str] = set()
        self.log_to_empty = True  # a crash may have come between a shrinking and the emptying of the log
        self.scrubbing: Scrubbing | None = None
        self.redating: Redating | None = None
        self.missing_regions: set[tuple[int, int]] = set()
        self._life = 0
        self._next_sign = 0
        self._last_seen: int | None = None
        self.control = Control(folder.control, clock=clock, quality=self.time_quality)
        try:
            self.control.belongs_to(self.site.site.id, self.site.recorder.id)
            self._volume = self._open_volume()
        except BaseException:
            self.control.close()
            raise
        self.time = begin_time(self.control, self._volume, self.now())
        self._stat = self._volume.stat(clock.wall())
        self.owed = Owed()
        self.sessions = Sessions()
        self.bookkeeper = Bookkeeper(self.control, self.owed)
        self.hours = self._load_hours()
        self.on_finding: Callable[[Finding], None] = lambda _: None
        self.health = Health(
            clock, on_begin=self._finding_began, on_end=self._finding_ended, lasting=lasting(self.control)
        )
        self.camera_clocks = {
            each.id: CameraClock(each.id, self.health, clock, each.onvif.most_deviation_s) for each in self.site.camera
        }
        self.machine = MachineHealth(self.health, clock.monotonic())
        self.owed.write(self._begin)
        self.owed.write(lambda: keep_time(self))
        self.owed.write(self._recover)
        self.keeper = Keeper(self)

    def __enter__(self) -> Recorder:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End in order: open visits are closed, regions and book are closed."""
        wall = self.clock.wall()
        for channel in self.channels.values():
            channel.pipeline.interrupted(wall, "recorder_stopped")
        for session in self.sessions.all():
            self.owed.write(lambda session=session: close_grant(self, session))  # type: ignore[misc]  # bound now
        self.owed.write(lambda: self.control.end_life(self._life, wall))
        self.owed.write(lambda: keep_time(self))
        if not self._failed:
            self.keeper.stop(wall)
            self.volume.close()
        self.control.close()

    def now(self) -> Now:
        """Both clocks together, and whether the wall clock follows a reference."""
        return read_clock(self.clock, self.time_quality())

    def certain(self) -> int:
        """Wall instant up to which time has certainly come: what ended before may be destroyed. A site's own clock is
        moved by who plays with it."""
        return self.clock.wall() if isinstance(self.clock, SiteClock) else self.time.certain(self.now())

    def latest(self) -> int:
        """Wall instant before which nothing opens any more, though the clock was turned back."""
        wall = self.clock.wall()
        return wall if isinstance(self.clock, SiteClock) else self.time.latest(wall)

    def time_told(self) -> str:
        """How far the clock can be believed, for who asks; ``site`` where the site has a clock of its own."""
        return self.time_quality() if self.clock_is_real else "site"

    def _finding_began(self, finding: Finding) -> None:
        self.owed.write(lambda: enter_begin(self.control, finding))
        self.on_finding(finding)

    def _finding_ended(self, finding: Finding) -> None:
        self.owed.write(lambda: enter_end(self.control, finding))
        self.on_finding(finding)

    def _begin(self) -> None:
        """The first thing the book learns of this life."""
        self.control.ledger.close_dangling()
        self._life, self._last_seen = self.control.begin_life(self.clock.boot_id(), self.clock.wall())

    def _recover(self) -> None:
        """What the last life left behind it."""
        visits_from_ring(self.control, self.volume, self.hours.deadline)
        holds_from_ring(self.control, self.volume)
        find_missed(self, self.certain(), AT_START)
        visits_without_footage(self.control, self.volume, self.certain())
        raise_levels(self)
        close_what_was_open(self.control, self.volume, self.hours.deadline, self._last_seen)

    def camera(self, name: str | None) -> Camera:
        """A camera of the site by name; the first one without a name.

        Raises:
            NoSuchCamera: there is none of that name.
        """
        for camera in self.site.camera:
            if name is None or camera.id == name:
                return camera
        raise NoSuchCamera(camera=name or "-", known=", ".join(each.id for each in self.site.camera) or "-")

    def channel(self, camera: Camera, *, zone: Zone | None = None, own_presence_stream: bool = False) -> Channel:
        """The camera's pipeline, made on first use.

        Args:
            zone: instead of the one in the site file.
            own_presence_stream: presence comes from a second stream through ``Pipeline.presence_packet``.
        """
        with self._lock:
            if camera.id not in self.channels:
                self.channels[camera.id] = make_channel(self, camera, zone, own_presence_stream=own_presence_stream)
            return self.channels[camera.id]

    def take(self, channel: Channel, packet: Packet) -> None:
        """Hand a packet to its camera's pipeline. A failing disk costs what was in flight, never the recorder."""
        if self._failed:
            return
        if channel.disk_gap is not None:
            self.bookkeeper.end_gap(channel.disk_gap, packet.wall)
            channel.disk_gap = None
        try:
            channel.pipeline.packet(packet)
            if packet.key:
                save_scene(self, channel, packet.wall, packet.monotonic)
        except VolumeIoError as error:
            self.disk_failed(packet.wall, error)

    def record_to_the_end(self, source: Source, channel: Channel, stop: threading.Event) -> None:
        """Record a source that ends (a file), as fast as it delivers. The site's clock follows the pictures.

        Raises:
            SourceError: the source cannot be read.
        """
        last, ticked = self.clock.wall(), 0
        try:
            for packet in source.packets(stop):
                last = max(last, packet.wall)
                if isinstance(self.clock, TurnedClock):
                    self.clock.turn_to(packet.wall)
                self.take(channel, packet)
                if self.clock.monotonic() - ticked >= FILE_TICK:
                    ticked = self.clock.monotonic()
                    self.tick()
        finally:
            channel.pipeline.finish(last)
            save_scene(self, channel, last, self.clock.monotonic())

    def tick(self) -> None:
        """To be called about every second: closes what the clock closes, does the recorder's duties."""
        wall = self.clock.wall()
        if self._failed:
            self._try_again()
        self.health.tick(wall, self.clock.monotonic())
        for channel in list(self.channels.values()):
            try:
                channel.pipeline.tick(wall)
            except VolumeIoError as error:
                self.disk_failed(wall, error)
        self._sign_of_life(wall)
        if not self._failed:
            self.keeper.tick(wall)

    def _sign_of_life(self, wall: int) -> None:
        self.owed.settle()
        now = self.clock.monotonic()
        if now >= self._next_sign:
            self._next_sign = now + SIGN_OF_LIFE
            self.bookkeeper.seen(self._life, wall)

    @property
    def volume(self) -> Volume:
        """The ring.

        Raises:
            VolumeIoError: the disk failed, and it could not be opened anew so far.
        """
        if self._failed:
            raise VolumeIoError(what="ring.vol", why="it cannot be opened; see the recorder's log")
        return self._volume

    def stat(self) -> VolumeStat:
        """Figures of the ring; where it cannot be opened, as they last were."""
        if not self._failed:
            self._stat = self._volume.stat(self.clock.wall())
        return self._stat

    @property
    def failed(self) -> bool:
        """The disk failed and the volume could not be opened again so far."""
        return self._failed

    def use_calendar(self) -> None:
        """The calendar or the rule changed: ask them anew from now on."""
        self.book = self.folder.load_book()
        self.hours.renew(self.book, calendar_entries(self.control.calendar()))

    # Making

    def _open_volume(self) -> Volume:
        return Volume.open(self.folder.recorder, clock=self.clock, random=self.random, site=self.site.site.id)

    def _load_hours(self) -> SiteHours:
        entries = calendar_entries(self.control.calendar())
        return SiteHours(self.book, entries, self.site.zone, self.site.site.policy_site)

    def governing(self, wall: int) -> LoadedPolicy:
        """The version of the rule in force; the newest where none is."""
        return self.hours.in_force(wall) or self.book.versions[-1]

    def policy_hash(self) -> str:
        """Hash of the version in force; noted in the book when it is first used."""
        wall = self.clock.wall()
        loaded = self.governing(wall)
        if loaded.sha256 not in self._used:
            self._used.add(loaded.sha256)
            facts = (loaded.sha256, loaded.policy.id, str(loaded.policy.version), loaded.text, wall)
            self.owed.write(lambda: self.control.use_policy(*facts))
        return loaded.sha256

    # Trouble

    def disk_failed(self, wall: int, error: VolumeIoError) -> None:
        """The disk failed: what was in flight is lost and said; the volume is opened anew and recording goes on."""
        _log.error("volume failed, opening it anew", code=error.code)
        with self._lock:
            self._failed = True
            for each in self.channels.values():
                if each.disk_gap is None:
                    cause = ("volume_failed", error.text("en"))
                    each.disk_gap = self.bookkeeper.begin_gap(each.camera.id, each.lost_from(wall), *cause)
                each.recording.abandon()
        self.keeper.disk_failed(error)
        self._try_again()

    def _try_again(self) -> None:
        with self._lock:
            try:
                self._volume.close()
                self._volume = self._open_volume()
            except (MiharibanError, OSError) as error:
                _log.error("the volume cannot be opened", why=str(error))
                return
            for each in self.channels.values():
                each.recording.use(self._volume)
                each.scenes.use(self._volume)
            self._failed = False
