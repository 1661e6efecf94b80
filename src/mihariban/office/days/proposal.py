"""A change that somebody typed: checked, and shown in words before it is entered."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from pydantic import ValidationError

from mihariban.base.ids import id_text, new_id
from mihariban.office.base.clock import clock
from mihariban.office.base.text import T
from mihariban.office.days.errors import ChangeUnsound, DayPassed
from mihariban.office.days.hours import hours_between
from mihariban.office.days.models import CalendarChange
from mihariban.office.days.words import hours_text
from mihariban.office.sites.models import Site
from mihariban.policy.calendar import EntryKind
from mihariban.policy.doc import CUSTOM

LONGEST = 366
"""Days of one change."""


@dataclass(frozen=True, slots=True)
class ChangeProposal:
    """What somebody wants changed; see ``models.CalendarChange`` for the fields."""

    kind: EntryKind
    first_day: date
    last_day: date
    windows: tuple[tuple[str, str], ...] = ()
    moved_to: date | None = None
    site: Site | None = None
    reason: str = ""
    reason_en: str = ""
    approver: str = ""
    document_number: str = ""

    def change(self, today: date) -> CalendarChange:
        """A new row, not saved.

        Raises:
            DayPassed: it begins before ``today``.
            ChangeUnsound: it contradicts itself.
        """
        for day in filter(None, (self.first_day, self.moved_to)):
            if day < today:
                raise DayPassed(day=day)
        if (self.last_day - self.first_day).days >= LONGEST:
            raise ChangeUnsound(
                why_ja=f"一つの変更は {LONGEST} 日までです", why_en=f"one change spans {LONGEST} days at most"
            )
        made = CalendarChange(
            id=id_text(new_id(clock().wall(), os.urandom)),
            kind=self.kind,
            first_day=self.first_day,
            last_day=self.last_day,
            windows=[list(each) for each in sorted(self.windows)],
            moved_to=self.moved_to,
            site=self.site,
            reason=self.reason,
            reason_en=self.reason_en,
            approver=self.approver,
            document_number=self.document_number,
        )
        _check(made)
        return made


@dataclass(frozen=True, slots=True)
class DayBeforeAfter:
    """A day as it is and as it would be."""

    day: date
    before: T
    after: T


@dataclass(frozen=True, slots=True)
class Preview:
    """What a change would do. ``unchanged``: days of it on which nothing would be otherwise."""

    days: tuple[DayBeforeAfter, ...]
    unchanged: int


def preview(change: CalendarChange) -> Preview:
    """The days on which a change that is not approved would make a difference.

    Raises:
        HolidaysUnknown, UnknownSite: see ``day_hours``.
    """
    days = sorted({*_days(change), *([change.moved_to] if change.moved_to else [])})
    now = hours_between(days[0], days[-1], change.site)
    then = now.with_entry(change.entry())
    compared = [(day, now.on(day), then.on(day)) for day in days]
    found = [
        DayBeforeAfter(day, hours_text(before), hours_text(after))
        for day, before, after in compared
        if before.windows != after.windows
    ]
    return Preview(tuple(found), len(days) - len(found))


def _days(change: CalendarChange) -> Iterator[date]:
    for ahead in range((change.last_day - change.first_day).days + 1):
        yield change.first_day + timedelta(days=ahead)


def _check(change: CalendarChange) -> None:
    try:
        change.entry()
    except ValidationError as error:
        detail = error.errors(include_url=False, include_input=False)[0]
        told = detail.get("ctx", {}) if detail["type"] == CUSTOM else {}
        why = detail["msg"]
        raise ChangeUnsound(why_ja=told.get("ja", why), why_en=told.get("en", why)) from None
