"""What a rule's hours and period ask of a recorder's size."""

from __future__ import annotations

from fractions import Fraction

from mihariban.policy.doc import minutes_of
from mihariban.policy.hours import table_of
from mihariban.policy.retain import Period, period_of
from mihariban.policy.rule import Policy
from mihariban.policy.sections.operation import WEEKDAYS
from mihariban.policy.site import Site

OVERHEAD = Fraction(21, 20)
"""Headers, footers, lead-ins and regions not filled to their end: one twentieth on top of the stream."""

_DAYS = {"day": Fraction(1), "week": Fraction(7), "month": Fraction(31), "year": Fraction(366), "hour": Fraction(1, 24)}


def weekly_open_hours(policy: Policy, site_id: str | None = None) -> Fraction:
    """Kiosk hours of a week without holidays."""
    rows = table_of(policy, site_id).kiosk_hours
    minutes = sum(minutes_of(row.close) - minutes_of(row.open) for row in rows for day in row.days if day in WEEKDAYS)
    return Fraction(minutes, 60)


def weekly_filming_hours(policy: Policy, site_id: str | None = None) -> Fraction:
    """Hours of a week without holidays in which the camera may film."""
    if policy.operation.camera_hours == "always":
        return Fraction(168)
    table = table_of(policy, site_id)
    rows = table.camera_table if policy.operation.camera_hours == "table" else table.kiosk_hours
    minutes = sum(minutes_of(row.close) - minutes_of(row.open) for row in rows for day in row.days if day in WEEKDAYS)
    return Fraction(minutes, 60)


def period_days(period: Period) -> Fraction:
    """The longest a period can be, in days."""
    next_day = 1 if period.start == "next_day" else 0
    return period.amount * _DAYS[period.unit] + next_day


def most_footage_hours(policy: Policy, site_id: str | None = None) -> Fraction | None:
    """The most hours of one camera's footage that can be alive at once: filming without pause for a whole period.

    None where no clock counts.

    Raises:
        PolicyIncomplete: the period is unknown.
    """
    period = period_of(policy, site_id)
    if period is None:
        return None
    return weekly_filming_hours(policy, site_id) * period_days(period) / 7


def days_until_full(capacity_hours: Fraction | int, policy: Policy, site_id: str | None = None) -> Fraction | None:
    """Days until a recorder is full at the earliest, filming without pause; None where nothing is filmed."""
    weekly = weekly_filming_hours(policy, site_id)
    return Fraction(capacity_hours) / weekly * 7 if weekly else None


def ring_hours(site: Site) -> Fraction | None:
    """Hours of footage of all cameras together that the ring takes beside holds; None without a size."""
    size = site.recorder.volume.size_bytes
    if size is None or not site.camera:
        return None
    usable = size * (1 - Fraction(site.recorder.volume.hold_share).limit_denominator(1000))
    return usable * 8 / (site.recorder.volume.expected_kbit_s * 1000 * OVERHEAD * 3600) / len(site.camera)


def needed_bytes(policy: Policy, site: Site) -> int | None:
    """The ring's size in bytes, whole regions, at which the clock always comes first; None where no clock counts.

    Raises:
        PolicyIncomplete: the period is unknown.
    """
    hours = most_footage_hours(policy, site.site.policy_site)
    if hours is None:
        return None
    volume = site.recorder.volume
    stream = hours * 3600 * volume.expected_kbit_s * 1000 / 8 * OVERHEAD * len(site.camera)
    total = stream / (1 - Fraction(volume.hold_share).limit_denominator(1000))
    return -(-int(total) // volume.region_bytes) * volume.region_bytes
