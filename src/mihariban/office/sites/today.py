"""What is wrong with recorders and cameras, and holds whose review is due, for today's screen."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.urls import reverse

from mihariban.office.base.acting import Acting
from mihariban.office.base.text import T
from mihariban.office.sites.alarms import moment_of
from mihariban.office.sites.models import SeenStatus
from mihariban.office.sites.policy import SITES
from mihariban.office.sites.seen import findings_now
from mihariban.office.today.tasks import State, Task

AHEAD = timedelta(days=14)
"""So long before its review a hold is told."""


def tasks(acting: Acting, now: datetime) -> Iterator[Task]:
    """Findings that last, and reviews of holds."""
    if not SITES.may_see(acting):
        return
    for row in findings_now():
        where = T("{r} {c}", "{r} {c}").format(r=row.recorder_id, c=row.camera)
        state: State = "alarm" if row.severity == "alarm" else "warning"
        yield Task(row.text, state, reverse("sites:finding", args=[row.pk]), row.since, where)
    if SITES.may_see_events(acting):
        yield from _reviews(now)


def _reviews(now: datetime) -> Iterator[Task]:
    for seen in SeenStatus.objects.all():
        for hold in seen.holds:
            review = moment_of(hold["review"])
            if review > now + AHEAD:
                continue
            title = T("保存延長 {h} を見直す", "Review hold {h}").format(h=hold["id"][-6:])
            yield Task(
                title,
                "late" if review <= now else "due",
                reverse("sites:recorder", args=[seen.pk]),
                review,
                T("{c} の映像", "footage of {c}").format(c=hold["camera"]),
            )
