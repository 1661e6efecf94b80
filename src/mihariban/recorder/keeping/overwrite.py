"""What becomes of the bytes: regions taken for new footage and filled, and overwriting where the rule sets a lag."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mihariban.base.clock import HOUR, SECOND
from mihariban.ledger.canonical import Json
from mihariban.ledger.entry import Draft
from mihariban.ledger.tags import Tag
from mihariban.policy import overwrite_by
from mihariban.recorder.control import ErasureRow
from mihariban.recorder.health.kinds import FindingKind
from mihariban.recorder.keeping.erasures import basis, erasure_of, mark_visits
from mihariban.recorder.keeping.missed import FOUND
from mihariban.recorder.keeping.redate import NEVER
from mihariban.volume.erasing import RegionEvent, erasable_regions, overwrite_region

if TYPE_CHECKING:
    from mihariban.recorder.service import Recorder

_AHEAD = HOUR
"""Overwriting begins this long before the lag is over: a region at a time, so that recording hardly notices."""


def note_regions(recorder: Recorder, wall: int) -> int:
    """Enter what new footage did to old regions. Returns how many events."""
    events = recorder.volume.drain_events()
    for event in events:
        enter = _taken if event.what == "taken" else _filled
        recorder.owed.write(lambda enter=enter, event=event: enter(recorder, event, wall))  # type: ignore[misc]  # bound now
    return len(events)


def _taken(recorder: Recorder, event: RegionEvent, wall: int) -> None:
    lost = [info for info in event.lost if info.chunks]
    if not lost:
        return
    control = recorder.control
    early = [info for info in lost if wall < info.deadline < NEVER]  # where no time counts, capacity is the rule's way
    facts: dict[str, Json] = {
        "cause": "capacity",
        "region": event.region,
        "count": len(lost),
        "early": len(early),
        "before_minimum": sum(info.minimum > wall for info in early),
        "seconds": sum(info.duration for info in early) // SECOND,
        "hours_early": max((info.deadline - wall for info in early), default=0) // HOUR,
    }
    tag = Tag.VISIT_FOOTAGE_LOSE if early else Tag.CLIP_KEY_DESTROY
    with control.transaction() as db:
        control.ledger.append(db, Draft(tag, facts, basis=basis(recorder, wall)))
        rows = [erasure_of(info, event.old_generation, "capacity", wall, read_back=False) for info in lost]
        control.put_erasures(db, rows)
        mark_visits(recorder, {info.visit for info in lost}, wall)
    if early:
        figures = {"clips": len(early), "hours": max(info.deadline - wall for info in early) // HOUR}
        recorder.health.observe(FindingKind.FOOTAGE_LOST_EARLY, "recorder", True, figures)


def _filled(recorder: Recorder, event: RegionEvent, wall: int) -> None:
    control = recorder.control
    level = recorder.volume.erasure_level()
    with control.transaction() as db:
        count = control.mark_overwritten(db, event.region, event.generation, wall, level)
        if count:
            facts: dict[str, Json] = {"region": event.region, "by": "new footage", "count": count, "level": level}
            control.ledger.append(db, Draft(Tag.CLIP_REGION_OVERWRITE, facts, basis=basis(recorder, wall)))


def overwrite_due(recorder: Recorder, wall: int) -> int:
    """Overwrite one region whose lag under the rule is nearly over. Returns how many clips' bytes went."""
    rows: dict[int, list[ErasureRow]] = {}
    for row in recorder.control.erasures(waiting_only=True):
        rows.setdefault(row.region, []).append(row)
    for region, generation in erasable_regions(recorder.volume):
        if _is_due(recorder, rows.get(region, []), wall):
            return _overwrite(recorder, wall, region, generation, rows.get(region, []))
    return 0


def _is_due(recorder: Recorder, rows: list[ErasureRow], wall: int) -> bool:
    """Where no row tells since when a region waits, it is time already."""
    loaded = recorder.hours.in_force(wall)
    if loaded is None:
        return False
    since = min((0 if row.cause in FOUND else row.deadline for row in rows), default=0)
    by = overwrite_by(loaded.policy, since)
    return by is not None and by - _AHEAD <= wall


def _overwrite(recorder: Recorder, wall: int, region: int, generation: int, rows: list[ErasureRow]) -> int:
    control = recorder.control
    facts: dict[str, Json] = {"region": region, "by": "filler"}
    if rows and not any(row.cause in FOUND for row in rows):
        facts["lag_h"] = max(0, wall - min(row.deadline for row in rows)) // HOUR
    with control.ledger.deed(Draft(Tag.CLIP_REGION_OVERWRITE, facts, basis=basis(recorder, wall))) as deed:
        done = overwrite_region(recorder.volume, region, generation)
        deed.add(level=done.level, bytes=done.bytes, read_back=int(done.verified), read_from=done.read_from)
    with control.transaction() as db:
        return control.mark_overwritten(db, region, generation + 1, wall, done.level) if done.verified else 0
