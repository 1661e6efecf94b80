"""Record one source into a site: what ``mihariban record`` and the demo do."""

from __future__ import annotations

import threading
import uuid
from dataclasses import dataclass
from pathlib import Path

from mihariban.base.clock import Clock, SiteClock, SystemClock, TurnedClock, iso
from mihariban.base.ntp import quality
from mihariban.policy import Camera
from mihariban.recorder.control import Control
from mihariban.recorder.live import LiveCamera
from mihariban.recorder.presence import Zone
from mihariban.recorder.service import Recorder
from mihariban.recorder.site_folder import SiteFolder
from mihariban.recorder.site_hours import SiteHours, calendar_entries
from mihariban.recorder.sources.connect import make_source


@dataclass(frozen=True, slots=True)
class RecordOrder:
    """What is to be recorded.

    Attributes:
        source: address or file; None for what the site file says.
        camera: name of the camera it stands for; None for the first.
        starts_at: wall ns at which a file or the drawn scene was filmed; None for the last open morning.
        zone: corners as fractions of the picture; None for what the site file says.
        real_time: a file or the drawn scene no faster than filmed.
        until_end: a live camera: stop where the stream ends, do not reconnect.
    """

    source: str | None = None
    camera: str | None = None
    starts_at: int | None = None
    zone: tuple[float, ...] | None = None
    real_time: bool = False
    until_end: bool = False


def is_live(source: str) -> bool:
    """Whether the source is a real camera: its time is the machine's time."""
    return source.startswith(("rtsp:", "v4l2:"))


def record(path: Path, order: RecordOrder, stop: threading.Event, *, clock: Clock | None = None) -> str:
    """Record until the source ends or ``stop`` is set. Returns a sentence that says which clock was used.

    Raises:
        NotASite, NoSuchCamera, SourceError, StorageError.
    """
    folder = SiteFolder(path)
    folder.require()
    real = clock or SystemClock()
    source = order.source or _configured(folder, order).source
    if is_live(source):
        with Recorder(folder, clock=real, time_quality=quality) as recorder:
            camera = recorder.camera(order.camera)
            LiveCamera(recorder, camera, source, zone=_zone(order), until_end=order.until_end).run(stop)
        return "live, on the machine's clock"
    starts_at = order.starts_at if order.starts_at is not None else last_opening(folder, real)
    site_clock: Clock = SiteClock(real, starts_at) if order.real_time else _turned(starts_at)
    with Recorder(folder, clock=site_clock) as recorder:
        feed = make_source(source, clock=site_clock, starts_at=starts_at, real_time=order.real_time)
        channel = recorder.channel(recorder.camera(order.camera), zone=_zone(order))
        recorder.record_to_the_end(feed, channel, stop)
        began = iso(starts_at, recorder.site.zone)
    return f"on the site's clock, which began at {began}"


def last_opening(folder: SiteFolder, clock: Clock) -> int:
    """The last opening of the site before now, wall ns; now where the rule has not opened for two months."""
    site = folder.load_site()
    control = Control(folder.control, readonly=True)
    try:
        entries = calendar_entries(control.calendar())
    finally:
        control.close()
    hours = SiteHours(folder.load_book(), entries, site.zone, site.site.policy_site)
    opening = hours.last_opening(clock.wall())
    return clock.wall() if opening is None else opening


def _turned(starts_at: int) -> TurnedClock:
    """A clock for a source that is read faster than time; its monotonic clock is of a boot of its own."""
    return TurnedClock(starts_at, str(uuid.uuid4()))


def _configured(folder: SiteFolder, order: RecordOrder) -> Camera:
    site = folder.load_site()
    return next((camera for camera in site.camera if order.camera in (None, camera.id)), site.camera[0])


def _zone(order: RecordOrder) -> Zone | None:
    return None if order.zone is None else Zone.from_numbers(order.zone)
