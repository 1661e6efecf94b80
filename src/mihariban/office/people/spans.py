"""Days and moments that clerks type: sound, and with a reason where they change the past."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from mihariban.office.base.dates import now, today
from mihariban.office.people.errors import ReasonMissing, SpanUnsound

EARLIEST = date(1950, 1, 1)
LONGEST = timedelta(days=366)
"""An activation: nobody deputises for years by one decision."""
_SLACK = timedelta(minutes=5)
"""From the moment a form was opened to the moment it was sent."""


def gone(day: date) -> bool:
    """Whether a day has passed."""
    return day < today()


def check_days(first: date, last: date | None) -> None:
    """Make sure that the span is one.

    Raises:
        SpanUnsound: it ends before it begins, or lies before anybody who works today.
    """
    if last is not None and last < first:
        raise SpanUnsound(
            why_ja=f"終わりの日（{last}）が始まりの日（{first}）より前です。",
            why_en=f"The last day ({last}) lies before the first ({first}).",
            field="last",
        )
    if first < EARLIEST or first > today() + timedelta(days=3660):
        raise SpanUnsound(
            why_ja=f"始まりの日（{first}）の年を確かめてください。",
            why_en=f"Look at the year of the first day ({first}).",
            field="first",
        )


def check_reason(day: date, reason: str) -> None:
    """Make sure that a day gone by is not touched without a reason.

    Raises:
        ReasonMissing: it is.
    """
    if gone(day) and not reason.strip():
        raise ReasonMissing


def check_moments(begins: datetime, ends: datetime) -> None:
    """Make sure that an activation lies ahead.

    Raises:
        SpanUnsound: it does not, or is longer than a year.
    """
    if ends <= begins or ends <= now():
        raise SpanUnsound(
            why_ja="終わりは、始まりと現在より後の時刻にしてください。",
            why_en="The end must lie after the beginning, and after now.",
            field="ends",
        )
    if begins < now() - _SLACK:
        raise SpanUnsound(
            why_ja="職務代理は過去にさかのぼって始められません。始まりを現在か、それより後にしてください。",
            why_en="Nobody becomes deputy for the past. Let it begin now or later.",
            field="begins",
        )
    if ends - begins > LONGEST:
        raise SpanUnsound(
            why_ja="一度に定められるのは366日までです。終わりを早めてください。",
            why_en="At most 366 days at once. Let it end earlier.",
            field="ends",
        )
