"""When the camera may film, as instants; and the same question asked packet by packet."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo

from mihariban.base.clock import SECOND, from_datetime, to_datetime
from mihariban.policy.calendar import CalendarEntry
from mihariban.policy.hours import camera_day
from mihariban.policy.rule import Policy

_LOOK_AHEAD_DAYS = 400
"""Longer than any closure that a rule can state; a year of closed days ends the search."""


@dataclass(frozen=True, slots=True)
class FilmingWindow:
    """A span in which pictures may be stored: start <= displayed < end.

    Attributes:
        start_wall, end_wall: ns since 1970 UTC; the end includes the grace after closing.
    """

    start_wall: int
    end_wall: int


def instant(day: date, minute: int, zone: tzinfo) -> int:
    """The instant (ns) of a minute of a local date; minute 1440 is the next midnight."""
    days, rest = divmod(minute, 1440)
    moment = datetime.combine(day + timedelta(days=days), time(rest // 60, rest % 60), zone)
    return from_datetime(moment)


def filming_windows(
    policy: Policy,
    day: date,
    entries: Iterable[CalendarEntry] = (),
    zone: tzinfo | None = None,
    camera_site: str | None = None,
) -> tuple[FilmingWindow, ...]:
    """The windows that begin on a local date.

    Args:
        day: local date in ``zone``.
        entries: the site's calendar.
        zone: the site's time zone; required, without default to the host's.
        camera_site: site of the rule where the camera is.

    Raises:
        ValueError: no zone.
        HolidaysUnknown, UnknownSite: see ``day_hours``.
    """
    if zone is None:
        raise ValueError("filming windows need the site's time zone")
    always = policy.operation.camera_hours == "always"
    grace = 0 if always else policy.capture.capture_grace_after_close_s * SECOND
    spans = camera_day(policy, day, entries, camera_site)
    windows = [FilmingWindow(instant(day, start, zone), instant(day, end, zone) + grace) for start, end in spans]
    return _joined(windows)


class FilmingCalendar:
    """Answers "may this be filmed?" for every packet; keeps the present window, so that it costs one comparison.

    Args:
        policy: the version in force.
        entries: the site's calendar; a changed calendar is a new object.
        zone: the site's time zone.
        site_id: site of the rule where the camera is.
    """

    def __init__(
        self, policy: Policy, entries: Iterable[CalendarEntry], zone: tzinfo, site_id: str | None = None
    ) -> None:
        self._policy = policy
        self._entries = tuple(entries)
        self._zone = zone
        self._site_id = site_id
        self._from = 0
        self._until = 0
        self._window: FilmingWindow | None = None
        self._days: dict[date, tuple[FilmingWindow, ...]] = {}

    def is_open(self, wall: int) -> bool:
        """Whether a picture displayed at ``wall`` may be stored."""
        return self.window_at(wall) is not None

    def window_at(self, wall: int) -> FilmingWindow | None:
        """The window around ``wall``; windows that meet at midnight are one (up to the days looked at)."""
        if not self._from <= wall < self._until:
            self._find(wall)
        return self._window

    def next_change(self, wall: int) -> int | None:
        """The next instant after ``wall`` at which the answer changes; None where it does not within 400 days."""
        today = to_datetime(wall, self._zone).date()
        window = self.window_at(wall)
        for ahead in range(-1, _LOOK_AHEAD_DAYS):
            for candidate in self._on(today + timedelta(days=ahead)):
                if window is None and candidate.start_wall > wall:
                    return candidate.start_wall
                if window is not None and candidate.start_wall > window.end_wall:
                    return window.end_wall
                if window is not None and candidate.end_wall > window.end_wall:
                    window = FilmingWindow(window.start_wall, candidate.end_wall)
        return None if window is None or window.end_wall > self._horizon(today) else window.end_wall

    def _horizon(self, today: date) -> int:
        return instant(today + timedelta(days=_LOOK_AHEAD_DAYS - 1), 0, self._zone)

    def _find(self, wall: int) -> None:
        today = to_datetime(wall, self._zone).date()
        near = [window for ahead in (-1, 0, 1) for window in self._on(today + timedelta(days=ahead))]
        self._from = instant(today, 0, self._zone)
        self._until = instant(today, 1440, self._zone)
        self._window = None
        for window in _joined(near):
            if window.start_wall <= wall < window.end_wall:
                self._window = window
                self._from, self._until = window.start_wall, min(window.end_wall, self._until)
                self._from = max(self._from, instant(today, 0, self._zone))
                return
            if window.end_wall <= wall:
                self._from = max(self._from, window.end_wall)
            else:
                self._until = min(self._until, window.start_wall)

    def _on(self, day: date) -> tuple[FilmingWindow, ...]:
        if day not in self._days:
            if len(self._days) > 2 * _LOOK_AHEAD_DAYS:
                self._days.clear()
            self._days[day] = filming_windows(self._policy, day, self._entries, self._zone, self._site_id)
        return self._days[day]


def _joined(windows: Iterable[FilmingWindow]) -> tuple[FilmingWindow, ...]:
    result: list[FilmingWindow] = []
    for window in sorted(windows, key=lambda w: w.start_wall):
        if result and window.start_wall <= result[-1].end_wall:
            result[-1] = FilmingWindow(result[-1].start_wall, max(result[-1].end_wall, window.end_wall))
        else:
            result.append(window)
    return tuple(result)
