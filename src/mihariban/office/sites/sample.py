"""Names and places of the kiosks for the demo, and weeks of past visits."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random

from mihariban.office.base.acting import Acting
from mihariban.office.days.hours import hours_between
from mihariban.office.sites.actions.change_kiosk import change_kiosk
from mihariban.office.sites.models import CameraUnit, QueuedHour, SeenVisit, Site
from mihariban.policy import DayHours


def make_sample(acting: Acting, site: Site) -> None:
    """Give the kiosks of ``site`` names that people read.

    Raises:
        NotAllowed: ``acting`` is neither manager nor IT staff.
    """
    for number, kiosk in enumerate(site.kiosks.order_by("id"), 1):
        change_kiosk(kiosk, acting=acting, name=f"{number}号機", place="本庁舎1階ロビー", stamp=kiosk.stamp)


def make_visits(site: Site, first: date, last: date, seed: int = 2016) -> int:
    """Weeks of past visits that no recorder ever told: ``state`` says "sample". They have date, hour and seconds alone,
    as a visit that shrank; what the demo really records stays apart from them.

    Opening hours come from the rule; more come before noon, after lunch and on Mondays, fewer at the second kiosk.
    Returns how many.
    """
    random = Random(seed)
    cameras = list(CameraUnit.objects.filter(recorder__site=site).select_related("recorder").order_by("camera"))
    hours = hours_between(first, last, site)
    rows: list[SeenVisit] = []
    queued: list[QueuedHour] = []
    for number in range((last - first).days + 1):
        day = first + timedelta(days=number)
        for hour, share in _open_hours(hours.on(day)):
            for place, camera in enumerate(cameras):
                busy = _BUSY.get(hour, 4.0) * _WEEKDAYS[day.weekday()] * share * (0.62 if place else 1.0)
                count = max(0, round(random.gauss(busy, busy**0.5)))
                rows += [_visit(camera, day, hour, random) for _ in range(count)]
                waited = sum(random.random() < min(0.45, count / 60) for _ in range(max(0, count - 1)))
                if waited:
                    at = {"recorder": camera.recorder, "camera": camera.camera, "day": day, "hour": hour}
                    queued.append(QueuedHour(**at, count=waited))
    SeenVisit.objects.bulk_create(rows, batch_size=500)
    QueuedHour.objects.bulk_create(queued, batch_size=500)
    return len(rows)


_BUSY = {8: 6.0, 9: 10.0, 10: 14.0, 11: 13.0, 12: 9.0, 13: 10.0, 14: 9.0, 15: 8.0, 16: 9.0, 17: 5.0}
"""Visits of an hour at the first kiosk on an ordinary day."""
_WEEKDAYS = (1.25, 0.95, 0.9, 0.9, 1.1, 0.7, 0.6)


def _open_hours(day: DayHours) -> Iterator[tuple[int, float]]:
    """Hours of the clock with the part of each that is open."""
    for window in day.windows:
        for hour in range(window.open_minute // 60, -(-window.close_minute // 60)):
            minutes = min(window.close_minute, 60 * hour + 60) - max(window.open_minute, 60 * hour)
            yield hour, minutes / 60


def _visit(camera: CameraUnit, day: date, hour: int, random: Random) -> SeenVisit:
    seconds = min(600.0, max(18.0, random.lognormvariate(4.35, 0.5)))
    return SeenVisit(
        recorder=camera.recorder, camera=camera.camera, day=day, hour=hour, seconds=round(seconds, 1), state="sample"
    )
