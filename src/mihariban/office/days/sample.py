"""Changes for a demonstration: decided, asked for, withdrawn."""

from __future__ import annotations

from datetime import date, timedelta

from mihariban.office.base.acting import Acting
from mihariban.office.days.actions.put_change import put_change
from mihariban.office.days.actions.withdraw_change import withdraw_change
from mihariban.office.days.hours import next_open_day
from mihariban.office.days.proposal import ChangeProposal
from mihariban.office.sites.models import Site
from mihariban.policy.calendar import EntryKind


def make_sample(manager: Acting, operator: Acting, site: Site | None, today: date, *, deliver: bool = False) -> None:
    """A half day closed, an evening longer, a wish that waits, a closure that was withdrawn.

    Args:
        deliver: ask the recorders at once.
    """
    days = _open_days(today, site)
    half = _decided(
        "closure", days[0], site, ("空調の点検", "Air conditioning check", "見本 第1号"), ("12:00", "24:00")
    )
    put_change(half, acting=manager, deliver=deliver)
    longer = _decided(
        "extension", days[1], site, ("転入の多い時期", "Many people move in", "見本 第2号"), ("17:15", "20:00")
    )
    put_change(longer, acting=manager, deliver=deliver)
    put_change(ChangeProposal("closure", days[2], days[2], site=site, reason="停電の予定"), acting=operator)
    gone = put_change(
        _decided("closure", days[3], site, ("床の清掃", "", "見本 第3号")), acting=manager, deliver=deliver
    )
    withdraw_change(gone, acting=manager, reason="清掃が延期になった", stamp=gone.stamp, deliver=deliver)


def _decided(
    kind: EntryKind, day: date, site: Site | None, paper: tuple[str, str, str], *windows: tuple[str, str]
) -> ChangeProposal:
    reason, reason_en, number = paper
    return ChangeProposal(kind, day, day, windows, None, site, reason, reason_en, "市長", number)


def _open_days(today: date, site: Site | None) -> list[date]:
    found = []
    day = today + timedelta(days=1)
    for _ in range(4):
        following = next_open_day(day, site)
        day = following.date if following else day + timedelta(days=1)
        found.append(day)
    return found
