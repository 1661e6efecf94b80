"""How long a recording may be kept, as an instant."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo

from mihariban.base.clock import HOUR, from_datetime, to_datetime
from mihariban.policy.errors import PolicyIncomplete
from mihariban.policy.rule import Policy
from mihariban.policy.sections.retention import CountedUnit, Start


@dataclass(frozen=True, slots=True)
class Period:
    """A period of keeping in force at one site."""

    amount: int
    unit: CountedUnit
    start: Start


def period_of(policy: Policy, site_id: str | None = None) -> Period | None:
    """The period of a site; None where no clock counts (capacity or hours of footage alone).

    Raises:
        PolicyIncomplete: the rule counts by the clock, but the number is not known.
    """
    keep = policy.retention
    if keep.basis != "wall_clock":
        return None
    own = next((site for site in keep.sites if site.id == site_id), None)
    if own is not None:
        return Period(own.amount, own.unit, keep.start)
    if keep.unit == "minimum_necessary":
        amount, unit = keep.own_amount, keep.own_unit
    else:
        amount, unit = keep.amount, keep.unit
    if amount is None:
        raise PolicyIncomplete(policy=policy.id, what="retention.amount")
    return Period(amount, unit, keep.start)


def expires_at(policy: Policy, recorded_to_wall: int, zone: tzinfo, site_id: str | None = None) -> int | None:
    """The instant (ns) from which a recording may no longer be read.

    Hours are elapsed hours. Days, weeks, months and years are those of the calendar in ``zone``: counted from the
    recording they end at the same time of day; counted from the next day (翌日から起算) they end with a midnight. A
    month without the corresponding day ends with its last day (Civil Code 143(2)). "About", "at most" and "in
    principle" do not move the instant: the number said is the number kept.

    Args:
        recorded_to_wall: end of the recording, ns since 1970 UTC.
        zone: the site's time zone.

    Returns:
        None where only capacity or hours of footage limit the keeping.

    Raises:
        PolicyIncomplete: see ``period_of``.
    """
    period = period_of(policy, site_id)
    if period is None:
        return None
    local = to_datetime(recorded_to_wall, zone)
    next_day = local.date() + timedelta(days=1)
    if period.unit == "hour":
        begin = _midnight(next_day, zone) if period.start == "next_day" else recorded_to_wall
        return begin + period.amount * HOUR
    if period.start == "next_day":
        return _midnight(_day_after_period(next_day, period), zone)
    last = _shifted(local.date(), period)
    moment = datetime.combine(last, local.time(), zone)
    return from_datetime(moment) + recorded_to_wall % 1000


def keep_until(policy: Policy, recorded_to_wall: int, zone: tzinfo, site_id: str | None = None) -> int:
    """The instant (ns) before which a recording must not be erased: its expiry where the period is also a minimum."""
    expiry = expires_at(policy, recorded_to_wall, zone, site_id)
    return expiry if expiry is not None and policy.retention.is_also_minimum else recorded_to_wall


def overwrite_by(policy: Policy, expiry: int) -> int | None:
    """The instant (ns) by which an expired area must be overwritten; None where it may wait for new footage."""
    lag = policy.erasure.max_lag_after_expiry_h
    if lag is None:
        return None if policy.erasure.lazy_allowed else expiry
    return expiry + lag * HOUR


def _midnight(day: date, zone: tzinfo) -> int:
    return from_datetime(datetime.combine(day, time(), zone))


def _days(period: Period) -> timedelta | None:
    """The length of periods that are a fixed number of days."""
    factor = {"day": 1, "week": 7}.get(period.unit)
    return None if factor is None else timedelta(days=factor * period.amount)


def _shifted(day: date, period: Period) -> date:
    """The corresponding day; the month's last day where it has none."""
    days = _days(period)
    if days is not None:
        return day + days
    year, month = _month_after(day, period)
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def _day_after_period(first: date, period: Period) -> date:
    """The day after the last one of a period that begins with the whole of ``first``."""
    days = _days(period)
    if days is not None:
        return first + days
    year, month = _month_after(first, period)
    if first.day <= calendar.monthrange(year, month)[1]:
        return date(year, month, first.day)
    year, month = divmod(year * 12 + month, 12)  # the period ends with the month's last day
    return date(year, month + 1, 1)


def _month_after(day: date, period: Period) -> tuple[int, int]:
    months = period.amount * (12 if period.unit == "year" else 1)
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return year, month + 1
