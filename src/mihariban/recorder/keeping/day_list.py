"""When a day is over, its visits are entered as one commitment: nobody can take one away unnoticed, and the times can
still be forgotten when the footage is gone."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import TYPE_CHECKING

from mihariban.base.clock import SECOND, to_datetime
from mihariban.base.ids import id_text
from mihariban.ledger.entry import Draft, moment
from mihariban.ledger.tags import Tag
from mihariban.recorder.control import VisitRow
from mihariban.recorder.day import camera_account

if TYPE_CHECKING:
    from mihariban.recorder.service import Recorder

_MEMORY = "day_list"
_MOST_DAYS = 400


def list_days(recorder: Recorder, wall: int) -> int:
    """Enter every day that is over and not yet entered, for each camera. Returns how many entries were made."""
    done = 0
    for camera in recorder.site.camera:
        for day in _days_over(recorder, camera.id, wall):
            visits = _visits(recorder, camera.id, day)
            if any(visit.recorded_to is None for visit in visits):
                break  # a visit that outlasts midnight is closed first
            _enter(recorder, camera.id, day, visits)
            done += 1
    return done


def _days_over(recorder: Recorder, camera: str, wall: int) -> list[date]:
    today = to_datetime(wall, recorder.site.zone).date()
    last = recorder.control.remembered(_MEMORY).get(camera)
    first = today if last is None else date.fromisoformat(last) + timedelta(days=1)
    if last is None:
        rows = recorder.control.visits(camera=camera)
        first = min([today, *(_date(recorder, row) for row in rows[:1])])
        if first == today:
            _remember(recorder, camera, today - timedelta(days=1))
    span = min((today - first).days, _MOST_DAYS)
    return [first + timedelta(days=ahead) for ahead in range(span)]


def _date(recorder: Recorder, visit: VisitRow) -> date:
    return to_datetime(visit.started, recorder.site.zone).date()


def _visits(recorder: Recorder, camera: str, day: date) -> list[VisitRow]:
    start, end = recorder.hours.day_span(day)
    return [row for row in recorder.control.visits(camera=camera, since=start, until=end) if start <= row.started < end]


def _enter(recorder: Recorder, camera: str, day: date, visits: list[VisitRow]) -> None:
    control = recorder.control
    windows = recorder.hours.windows_on(day)
    account = camera_account(control, recorder.site, recorder.hours.in_force, camera, day, recorder.clock.wall())
    recorder.machine.day_over(
        camera, day, open_seconds=account.seconds("watched", "visit") if windows else 0.0, visits=len(visits)
    )
    draft: dict[str, str | int] = {
        "camera": camera,
        "date": day.isoformat(),
        "count": len(visits),
        "seconds": sum(_seconds(row) for row in visits),
        "open_seconds": sum(window.end_wall - window.start_wall for window in windows) // SECOND,
    }
    with control.transaction() as db:
        if visits:
            hash_ = control.ledger.keep_text(db, json.dumps([_facts(row) for row in visits]))
            control.put_forgettable(db, hash_, camera, day.isoformat(), None)
            draft["list"] = hash_.hex()
        control.ledger.append(db, Draft(Tag.VISIT_DAY_LIST, draft))
        if windows and not visits:
            control.ledger.append(db, Draft(Tag.HEALTH_VISITS_MISS, {"camera": camera, "date": day.isoformat()}))
        _remember(recorder, camera, day)


def _remember(recorder: Recorder, camera: str, day: date) -> None:
    known = recorder.control.remembered(_MEMORY)
    recorder.control.remember(_MEMORY, {**known, camera: day.isoformat()})


def _seconds(row: VisitRow) -> int:
    return ((row.recorded_to or row.recorded_from) - row.recorded_from) // SECOND


def _facts(row: VisitRow) -> dict[str, str]:
    return {
        "id": id_text(row.id),
        "started": moment(row.started),
        "ended": moment(row.ended or row.started),
        "from": moment(row.recorded_from),
        "to": moment(row.recorded_to or row.recorded_from),
    }
