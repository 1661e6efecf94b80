"""Now and today in the office's zone, and dates as clerks write them."""

from __future__ import annotations

from datetime import date, datetime

from django.utils import timezone

from mihariban.base.clock import from_datetime, to_datetime
from mihariban.office.base.clock import clock
from mihariban.office.base.text import language
from mihariban.policy.era import both_dates

__all__ = ["both_dates", "day_of", "era_text", "local", "now", "today"]


def now() -> datetime:
    """The present as an aware datetime in the office's zone, for DateTimeFields."""
    return to_datetime(clock().wall(), timezone.get_default_timezone())


def today() -> date:
    """The calendar day in the office's zone."""
    return now().date()


def local(wall: int) -> datetime:
    """``wall`` (ns since 1970 UTC) in the office's zone."""
    return to_datetime(wall, timezone.get_default_timezone())


def day_of(moment: datetime | int) -> date:
    """The calendar day of a moment in the office's zone."""
    wall = moment if isinstance(moment, int) else from_datetime(moment)
    return local(wall).date()


def era_text(value: date | datetime) -> str:
    """「令和8年11月23日（2026-11-23）」 in Japanese, 2026-11-23 in English; with the time where there is one."""
    time = ""
    if isinstance(value, datetime):
        value = timezone.localtime(value, timezone.get_default_timezone())
        time = f" {value:%H:%M}"
        value = value.date()
    return (both_dates(value) if language() == "ja" else value.isoformat()) + time
