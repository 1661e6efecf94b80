"""Taking in a recorder's list of visits. What it lists no longer shrinks here as it did there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import connection, transaction
from django.db.models import F

from mihariban.office.base.dates import local
from mihariban.office.sites import alarms
from mihariban.office.sites.alarms import moment_of
from mihariban.office.sites.errors import AnswerUnusable
from mihariban.office.sites.models import QueuedHour, RecorderUnit, SeenVisit
from mihariban.recorder.contract.facts import VisitItem

QUEUE: Final = timedelta(seconds=30)
"""Who comes so soon after the one before stood in the queue."""

_CHANGING: Final = ("started", "ended", "expires", "seconds", "state", "handover", "queued", "day", "hour")
_BATCH = 500


def keep_visits(recorder: RecorderUnit, items: Iterable[VisitItem], now: datetime) -> None:
    """Bring what is kept up to the recorder's list, in one transaction.

    A visit that is listed no longer and was past its deadline keeps date, hour and seconds alone. One that vanished
    before its deadline is an alarm, and is kept until then.

    Raises:
        AnswerUnusable: a moment in the list cannot be read.
    """
    told = _rows(recorder, items)
    with transaction.atomic():
        kept = {row.visit: row for row in SeenVisit.objects.filter(recorder=recorder, visit__isnull=False)}
        new = [row for visit, row in told.items() if visit not in kept]
        changed = [_updated(kept[visit], row) for visit, row in told.items() if visit in kept]
        SeenVisit.objects.bulk_create(new, batch_size=_BATCH)
        SeenVisit.objects.bulk_update([row for row in changed if row], _CHANGING, batch_size=_BATCH)
        _vanished(recorder, [row for visit, row in kept.items() if visit not in told], now)


def _vanished(recorder: RecorderUnit, rows: list[SeenVisit], now: datetime) -> None:
    due = [row for row in rows if _is_over(row, now)]
    missing = [row for row in rows if not _is_over(row, now)]
    _shrink(recorder, due)
    SeenVisit.objects.filter(pk__in=[row.pk for row in missing]).exclude(state="missing").update(state="missing")
    if missing:
        alarms.begin(recorder, alarms.visits_missing(now, len(missing)))
    else:
        alarms.end(recorder, alarms.VISITS_MISSING, now)


def _is_over(row: SeenVisit, now: datetime) -> bool:
    return row.state in ("erased", "expired", "lost") or (row.expires is not None and row.expires <= now)


def _shrink(recorder: RecorderUnit, rows: list[SeenVisit]) -> None:
    if not rows:
        return
    if connection.vendor == "sqlite":
        # What is written over is written over with zeros, so that the freed page does not keep the times.
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA secure_delete = ON")
    for (camera, day, hour), count in Counter((r.camera, r.day, r.hour) for r in rows if r.queued).items():
        place: dict[str, Any] = {"recorder": recorder, "camera": camera, "day": day, "hour": hour}
        QueuedHour.objects.get_or_create(**place)
        QueuedHour.objects.filter(**place).update(count=F("count") + count)
    empty: dict[str, Any] = {"visit": None, "started": None, "ended": None, "expires": None}
    for start in range(0, len(rows), _BATCH):
        pks = [row.pk for row in rows[start : start + _BATCH]]
        SeenVisit.objects.filter(pk__in=pks).update(**empty, state="shrunk", handover=False, queued=False)


def _updated(row: SeenVisit, told: SeenVisit) -> SeenVisit | None:
    """The kept row with what is told now; None where nothing changed."""
    if all(getattr(row, name) == getattr(told, name) for name in _CHANGING):
        return None
    for name in _CHANGING:
        setattr(row, name, getattr(told, name))
    return row


def _rows(recorder: RecorderUnit, items: Iterable[VisitItem]) -> dict[str, SeenVisit]:
    found = {item.id: _row(recorder, item) for item in items}
    last: dict[str, datetime] = {}
    for row in sorted(found.values(), key=_started):
        before = last.get(row.camera)
        row.queued = before is not None and _started(row) - before <= QUEUE
        last[row.camera] = max(before, row.ended or _started(row)) if before else row.ended or _started(row)
    return found


def _row(recorder: RecorderUnit, item: VisitItem) -> SeenVisit:
    try:
        started, ended, expires = _moment(item.started_at), _when(item.ended_at), _when(item.expires_at)
    except (ValueError, OverflowError) as error:
        raise AnswerUnusable(recorder=recorder.pk, why=f"visit {item.id[:40]}: not a moment") from error
    return SeenVisit(
        recorder=recorder,
        camera=item.camera,
        visit=item.id,
        day=started.date(),
        hour=started.hour,
        started=started,
        ended=ended,
        expires=expires,
        seconds=0.0 if ended is None else max(0.0, (ended - started).total_seconds()),
        state=item.state,
        handover=bool((item.model_extra or {}).get("handover")),
    )


def _started(row: SeenVisit) -> datetime:
    if row.started is None:
        raise ValueError("a visit that shrank has no beginning")
    return row.started


def _when(text: str | None) -> datetime | None:
    return None if text is None else _moment(text)


def _moment(text: str) -> datetime:
    return moment_of(text).astimezone(local(0).tzinfo)
