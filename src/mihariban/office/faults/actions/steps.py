"""A step of a fault, as every action writes it; moments that cannot be."""

from __future__ import annotations

from datetime import datetime, timedelta

from mihariban.office.base.acting import Acting
from mihariban.office.base.dates import now
from mihariban.office.base.text import T
from mihariban.office.faults.errors import FaultTimesWrong
from mihariban.office.faults.models import Fault, Step
from mihariban.office.people.models import Person

WHAT = T("この故障の記録", "this fault")
_SLACK = timedelta(minutes=1)
"""A form knows minutes only, and the clerk's watch may be a little fast."""


def person_of(acting: Acting) -> Person | None:
    """The person who acts; None for the office itself."""
    return acting.user.person if acting.user is not None else None


def add_step(fault: Fault, sort: str, acting: Acting, *, at: datetime | None = None, **more: str) -> Step:
    """Write a step; ``at`` is now where it is not told."""
    moment = now()
    return Step.objects.create(fault=fault, sort=sort, at=at or moment, entered_at=moment, by=person_of(acting), **more)


def check_past(at: datetime, what: T, field: str) -> None:
    """Make sure that ``at`` is not to come. ``field``: of the form it was typed in.

    Raises:
        FaultTimesWrong: it is.
    """
    if at > now() + _SLACK:
        raise FaultTimesWrong(
            why_ja=f"{what.ja}が未来になっています。過ぎた時刻を入れてください。",
            why_en=f"{what.en} lies in the future. Enter a moment that has passed.",
            field=field,
        )


def check_order(earlier: datetime, later: datetime, first: T, second: T, field: str) -> None:
    """Make sure that ``later``, typed in ``field``, does not come before ``earlier``.

    Raises:
        FaultTimesWrong: it does.
    """
    if later < earlier.replace(second=0, microsecond=0):
        raise FaultTimesWrong(
            why_ja=f"{second.ja}が{first.ja}より前になっています。",
            why_en=f"{second.en} is earlier than {first.en}.",
            field=field,
        )
