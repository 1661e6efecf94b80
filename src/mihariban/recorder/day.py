"""A day of the site's cameras, accounted for from its book: for the command line, the door and the drawing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from mihariban.base.clock import DAY, from_datetime
from mihariban.policy import FilmingWindow, LoadedPolicy, Site, filming_windows
from mihariban.recorder.accounting import DayAccount, Life, Stretch, day_account, day_bounds
from mihariban.recorder.control import Control
from mihariban.recorder.day_drawing import CameraDay
from mihariban.recorder.site_hours import calendar_entries

InForce = Callable[[int], LoadedPolicy | None]


def windows_around(
    in_force: InForce, control: Control, day: date, zone: ZoneInfo, place: str | None
) -> list[FilmingWindow]:
    """When the rule permits filming on a local date and the days beside it.

    Raises:
        HolidaysUnknown, UnknownSite: see ``filming_windows``.
    """
    entries = calendar_entries(control.calendar())
    found: list[FilmingWindow] = []
    for near in (day - timedelta(days=1), day, day + timedelta(days=1)):
        loaded = in_force(from_datetime(datetime.combine(near, time(12), zone)))
        if loaded is not None:
            found += filming_windows(loaded.policy, near, entries, zone, place)
    return found


def camera_account(control: Control, site: Site, in_force: InForce, camera: str, day: date, now: int) -> DayAccount:
    """One camera's day. ``now``: wall ns."""
    start, _ = day_bounds(day, site.zone)
    since = start - DAY
    visits = [
        Stretch(row.started, row.ended)
        for row in control.visits(camera=camera)
        if row.ended is None or row.ended >= since
    ]
    return day_account(
        day,
        site.zone,
        windows_around(in_force, control, day, site.zone, site.site.policy_site),
        [Stretch(row.started, row.ended, row.cause) for row in control.gaps() if row.camera == camera],
        [Stretch(row.started, row.ended, row.cause) for row in control.closed_periods() if row.camera == camera],
        [Life(row.started, row.last_seen, row.ended) for row in control.lives()],
        visits,
        now,
    )


def camera_days(control: Control, site: Site, in_force: InForce, day: date, now: int) -> list[CameraDay]:
    """Every camera's day, in the order of the site file."""
    return [
        CameraDay(camera.id, camera_account(control, site, in_force, camera.id, day, now)) for camera in site.camera
    ]
