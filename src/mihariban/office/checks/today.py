"""Today's checks, those that are late, and sheets that wait for the manager, for today's screen."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time

from django.urls import reverse
from django.utils import timezone

from mihariban.office.base.acting import Acting
from mihariban.office.base.text import T
from mihariban.office.checks.day import CheckDay, checks_today, late_checks, waiting_sheets
from mihariban.office.checks.policy import CHECKS
from mihariban.office.today.tasks import State, Task

_STATES: dict[str, State] = {"due": "due", "late": "late", "missing": "alarm", "signed": "done", "confirmed": "done"}


def tasks(acting: Acting, now: datetime) -> Iterator[Task]:  # noqa: ARG001  # the apps' common form
    """The morning check of each kiosk, and what was left undone in the week before."""
    if not CHECKS.may_see(acting):
        return
    today = checks_today()
    for day in today:
        if day.state in _STATES:
            yield _task(day, T("{k} の朝の点検", "Morning check of {k}").format(k=day.kiosk.name))
    for day in late_checks():
        if day.date != today[0].date:
            yield _task(
                day, T("{k} の点検（{d}）がない", "No check of {k} on {d}").format(k=day.kiosk.name, d=day.date)
            )
    for sheet in waiting_sheets():
        title = T("{k} の点検票（{d}）を確認する", "Confirm the sheet of {k}, {d}").format(
            k=sheet.kiosk.name, d=sheet.date
        )
        yield Task(title, "due", _address(sheet.kiosk_id, sheet.date.isoformat()), kiosk=sheet.kiosk_id)


def _task(day: CheckDay, title: T) -> Task:
    sheet = day.sheet
    since = sheet.signed_at if sheet is not None and sheet.signed_at is not None else _due(day)
    return Task(title, _STATES[day.state], _address(day.kiosk.pk, day.date.isoformat()), since, kiosk=day.kiosk.pk)


def _due(day: CheckDay) -> datetime | None:
    if day.due is None:
        return None
    return datetime.combine(day.date, time(*divmod(day.due, 60)), timezone.get_default_timezone())


def _address(kiosk: str, day: str) -> str:
    return reverse("checks:sheet", args=[kiosk, day])
