"""What is wrong with recorders and cameras, and holds whose review is due, for today's screen."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.urls import reverse

from mihariban.office.base.acting import Acting
from mihariban.office.base.text import T
from mihariban.office.sites.alarms import moment_of
from mihariban.office.sites.models import CameraUnit, SeenFinding, SeenStatus
from mihariban.office.sites.policy import SITES
from mihariban.office.sites.seen import findings_now
from mihariban.office.today.tasks import State, Task

AHEAD = timedelta(days=14)
"""So long before its review a hold is told."""


def tasks(acting: Acting, now: datetime) -> Iterator[Task]:
    """Findings that last, and reviews of holds."""
    if not SITES.may_see(acting):
        return
    kiosks = _kiosk_names()
    for row in findings_now():
        where = _where(row, kiosks.get((row.recorder_id, row.camera), ""))
        state: State = "alarm" if row.severity == "alarm" else "warning"
        yield Task(row.text, state, reverse("sites:finding", args=[row.pk]), row.since, where)
    if SITES.may_see_events(acting):
        yield from _reviews(now)


def _kiosk_names() -> dict[tuple[str, str], str]:
    rows = CameraUnit.objects.exclude(kiosk=None).values_list("recorder_id", "camera", "kiosk__name")
    return {(recorder, camera): name for recorder, camera, name in rows}


def _where(row: SeenFinding, kiosk: str) -> T:
    """By the names that clerks give; the recorder's and camera's own beside them, as their labels have them."""
    if not row.camera:
        return T("{s} 録画装置 {r}", "{s}, recorder {r}").format(s=row.recorder.site, r=row.recorder_id)
    place = kiosk or str(row.recorder.site)
    return T("{p} カメラ {c}", "{p}, camera {c}").format(p=place, c=row.camera)


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
