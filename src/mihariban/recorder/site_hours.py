"""The permitted hours of one camera under every version of the rule, with the site's calendar."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from mihariban.base.clock import HOUR, from_datetime, to_datetime
from mihariban.policy import (
    CalendarEntry,
    FilmingCalendar,
    FilmingWindow,
    LoadedPolicy,
    PolicyBook,
    day_hours,
    filming_windows,
)
from mihariban.policy.errors import NoPolicyInForce

_LOOK_BACK_DAYS = 60


class SiteHours:
    """Asks the version of the rule that is in force at each instant.

    Args:
        book: all versions.
        entries: the site's calendar; a changed calendar is a new object.
        zone: the site's time zone.
        place: site of the rule where the camera is; None where the rule names no sites.
    """

    def __init__(self, book: PolicyBook, entries: Iterable[CalendarEntry], zone: ZoneInfo, place: str | None) -> None:
        self._book = book
        self._entries = tuple(entries)
        self._zone = zone
        self._place = place
        self._calendars: dict[str, FilmingCalendar] = {}
        self._by_hash = {version.sha256: version for version in book.versions}

    def renew(self, book: PolicyBook, entries: Iterable[CalendarEntry]) -> None:
        """Another calendar, or other versions, from now on."""
        self._entries = tuple(entries)
        self._by_hash = {version.sha256: version for version in book.versions}
        self._book = book
        self._calendars = {}

    @property
    def versions(self) -> tuple[LoadedPolicy, ...]:
        """All versions of the rule, oldest first."""
        return self._book.versions

    def in_force(self, wall: int) -> LoadedPolicy | None:
        """The version in force at an instant, or None where none is."""
        try:
            return self._book.filmed_under(wall, self._zone)
        except NoPolicyInForce:
            return None

    def window_at(self, wall: int) -> FilmingWindow | None:
        """The permitted span around an instant; None where filming is not permitted."""
        loaded = self.in_force(wall)
        if loaded is None:
            return None
        calendar = self._calendars.get(loaded.sha256)
        if calendar is None:
            calendar = FilmingCalendar(loaded.policy, self._entries, self._zone, self._place)
            self._calendars[loaded.sha256] = calendar
        return calendar.window_at(wall)

    def closed_reason(self, wall: int) -> str:
        """Why nothing is filmed at an instant, in the words of the rule's day."""
        loaded = self.in_force(wall)
        if loaded is None:
            return "no rule in force"
        hours = day_hours(loaded.policy, to_datetime(wall, self._zone).date(), self._entries, self._place)
        return "outside hours" if hours.open else hours.reason_en

    def windows_on(self, day: date) -> tuple[FilmingWindow, ...]:
        """The permitted spans that begin on a local date."""
        start, _ = self.day_span(day)
        loaded = self.in_force(start + 12 * HOUR)
        if loaded is None:
            return ()
        return filming_windows(loaded.policy, day, self._entries, self._zone, self._place)

    def day_span(self, day: date) -> tuple[int, int]:
        """A local date from midnight to midnight, wall ns."""
        first, last = (datetime.combine(day + timedelta(days=ahead), time(), self._zone) for ahead in (0, 1))
        return from_datetime(first), from_datetime(last)

    def last_opening(self, wall: int) -> int | None:
        """The beginning of the last permitted span that began at or before ``wall``; None within the last 60 days."""
        today = to_datetime(wall, self._zone).date()
        for back in range(_LOOK_BACK_DAYS):
            day = today - timedelta(days=back)
            loaded = self.in_force(wall - back * 86_400 * 1_000_000_000)
            if loaded is None:
                continue
            windows = filming_windows(loaded.policy, day, self._entries, self._zone, self._place)
            begun = [window.start_wall for window in windows if window.start_wall <= wall]
            if begun:
                return begun[0]
        return None

    def version(self, version: str, wall: int) -> LoadedPolicy | None:
        """The version with that hash (or the beginning of it); where it is not here, the one in force at ``wall``."""
        found = self._by_hash.get(version)
        if found is None and version:
            found = next((each for hash_, each in self._by_hash.items() if hash_.startswith(version)), None)
        return found or self.in_force(wall)

    def deadline(self, version: str, wall: int, on: int | None = None) -> int | None:
        """From when footage filmed at ``wall`` cannot be read, as that version and those in force by ``on`` leave it.

        ``on``: wall ns; without it, the day of filming.
        """
        loaded = self.version(version, wall)
        if loaded is None:
            return None
        day = to_datetime(wall if on is None else on, self._zone).date()
        return self._book.expires_at(loaded.policy.version, wall, day, self._zone, self._place)


def calendar_entries(texts: Iterable[str]) -> tuple[CalendarEntry, ...]:
    """Calendar entries from their JSON, as the control book keeps them."""
    return tuple(CalendarEntry.from_json(text) for text in texts)
