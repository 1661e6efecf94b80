"""Some days after its footage is gone a visit's record shrinks to date, hour and seconds; texts that list it go."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from mihariban.base.clock import DAY, SECOND, to_datetime
from mihariban.ledger.entry import Draft
from mihariban.ledger.tags import Tag
from mihariban.recorder.control import PastVisit, VisitRow
from mihariban.recorder.keeping.erasures import mark_visits

if TYPE_CHECKING:
    from mihariban.recorder.service import Recorder


def shrink_visits(recorder: Recorder, wall: int) -> int:
    """Shrink what is due. Returns how many visits."""
    control = recorder.control
    done = _shrink(recorder, wall)
    if recorder.log_to_empty:
        recorder.log_to_empty = not control.empty_log()
    return done


def _shrink(recorder: Recorder, wall: int) -> int:
    control = recorder.control
    _mark_overdue(recorder, wall)
    due = [row for row in control.erased_visits() if _is_due(recorder, row, wall)]
    gone = {row.id for row in due}
    days = {(row.camera, _date(recorder, row)) for row in due}
    over = {day for day in days if not _left(recorder, *day, gone)}
    texts = [
        hash_
        for hash_, camera, day, until in control.forgettable()
        if (until is not None and until <= wall) or (until is None and (camera, day) in over)
    ]
    if not due and not texts:
        return 0
    with control.transaction() as db:
        control.shrink(db, [(row.id, _past(recorder, row)) for row in due])
        for hash_ in texts:
            control.forget(db, hash_)
        if due:
            control.ledger.append(db, Draft(Tag.VISIT_RECORD_SHRINK, {"count": len(due)}))
        if texts:
            control.ledger.append(db, Draft(Tag.LEDGER_TEXT_ERASE, {"count": len(texts)}))
    recorder.log_to_empty = True
    return len(due)


def _mark_overdue(recorder: Recorder, wall: int) -> None:
    """Of some visits no clip ever was durable, or a crash took the entry: nothing else would ever end them."""
    overdue = [row.id for row in recorder.control.overdue_visits(wall)]
    if overdue:
        with recorder.control.transaction():
            mark_visits(recorder, overdue, wall)


def _is_due(recorder: Recorder, row: VisitRow, wall: int) -> bool:
    if row.erased is None or row.recorded_to is None:
        return False
    loaded = recorder.hours.version(row.policy, row.started)
    days = loaded.policy.erasure.visit_shrinks_after_days if loaded else 0
    return row.erased + days * DAY <= wall


def _left(recorder: Recorder, camera: str, day: str, gone: set[bytes]) -> bool:
    """Whether visits of that day stay."""
    start, end = recorder.hours.day_span(date.fromisoformat(day))
    rows = recorder.control.visits(camera=camera, since=start, until=end)
    return any(row.id not in gone and start <= row.started < end for row in rows)


def _date(recorder: Recorder, row: VisitRow) -> str:
    return to_datetime(row.started, recorder.site.zone).date().isoformat()


def _past(recorder: Recorder, row: VisitRow) -> PastVisit:
    local = to_datetime(row.started, recorder.site.zone)
    seconds = ((row.recorded_to or row.recorded_from) - row.recorded_from) // SECOND
    return PastVisit(row.camera, local.date().isoformat(), local.hour, seconds, row.policy)
