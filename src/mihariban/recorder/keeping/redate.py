"""A version of the rule that comes into force and governs existing footage gives it its deadlines (article 12).

A full ring has a hundred thousand clips: they are dated region by region, for a fraction of each second, so that the
second hand goes on meanwhile. What a crash interrupts is begun anew; dating twice changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from mihariban.base.clock import SECOND, to_datetime
from mihariban.ledger.entry import Draft
from mihariban.ledger.tags import Tag
from mihariban.policy import LoadedPolicy
from mihariban.recorder.control import VisitRow
from mihariban.volume import ClipKind

if TYPE_CHECKING:
    from mihariban.recorder.service import Recorder

PERIOD = SECOND
_MEMORY = "redate"
NEVER = (1 << 63) - 1
_LAST_PICTURE = 2 * SECOND
"""A clip ends with its last picture's end, its first deadline counts from that picture's beginning (ns at most)."""
_AT_A_TIME = SECOND // 5
_REGIONS, _VISITS = 32, 512
T = TypeVar("T")


@dataclass(slots=True)
class Redating:
    """What is being dated anew.

    Attributes:
        version: of the rule. steps: what is left to do; each gives how many clips got another deadline.
        changed: how many so far.
    """

    version: str
    steps: Iterator[int] = field(repr=False)
    changed: int = 0


def redate(recorder: Recorder, wall: int) -> int:
    """Note the version in force; where it is another one than before, date existing clips anew. Returns how many, once
    all are done; 0 meanwhile."""
    loaded = recorder.hours.in_force(wall)
    if loaded is None:
        return 0
    control = recorder.control
    known = control.remembered(_MEMORY)
    if known.get("version") == loaded.sha256:
        return 0
    work = recorder.redating
    if work is None or work.version != loaded.sha256:
        control.use_policy(loaded.sha256, loaded.policy.id, str(loaded.policy.version), loaded.text, wall)
        governs = known.get("version") is not None and loaded.policy.applies_to_existing != "keep"
        before = int(known.get("changed", 0)) if known.get("turning") == loaded.sha256 else 0
        work = recorder.redating = Redating(loaded.sha256, _steps(recorder, wall) if governs else iter(()), before)
    began = recorder.clock.monotonic()
    for changed in work.steps:
        work.changed += changed
        if recorder.clock.monotonic() - began >= _AT_A_TIME:
            control.remember(_MEMORY, {**known, "turning": work.version, "changed": work.changed})
            return 0
    recorder.redating = None
    _finish(recorder, loaded, work.changed, wall)
    return work.changed


def _finish(recorder: Recorder, loaded: LoadedPolicy, changed: int, wall: int) -> None:
    control = recorder.control
    with control.transaction() as db:
        if changed:
            facts: dict[str, str | int] = {"version": str(loaded.policy.version), "count": changed}
            control.ledger.append(db, Draft(Tag.EXPIRY_DEADLINE_CHANGE, facts, basis=loaded.policy.id))
        date = to_datetime(wall, recorder.site.zone).date().isoformat()
        control.remember(_MEMORY, {"version": loaded.sha256, "since": date})


def _steps(recorder: Recorder, wall: int) -> Iterator[int]:
    visits = recorder.control.visits()
    policies = {row.id: row.policy for row in visits}
    for regions in _batches(range(recorder.volume.shape.regions), _REGIONS):
        yield _date_regions(recorder, regions, policies, wall)
    for rows in _batches(visits, _VISITS):
        _date_visits(recorder, rows, wall)
        yield 0


def _batches(things: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    return (things[start : start + size] for start in range(0, len(things), size))


def _date_regions(recorder: Recorder, regions: Sequence[int], policies: dict[bytes, str], wall: int) -> int:
    volume, new = recorder.volume, dict[bytes, int]()
    with volume.lock:
        writing = {channel.recording.clip for channel in recorder.channels.values()}
        for clip in (clip for region in regions for clip in volume.catalogue.of_region(region)):
            if clip.clip in writing or not clip.chunks or clip.kind not in (ClipKind.VISIT, ClipKind.SCENE):
                continue
            version = policies.get(clip.visit, clip.policy.hex())
            deadline = recorder.hours.deadline(version, clip.end, on=wall)
            deadline = NEVER if deadline is None else deadline
            if abs(deadline - clip.deadline) >= _LAST_PICTURE:
                new[clip.clip] = deadline
        volume.set_deadlines(new)
    return len(new)


def _date_visits(recorder: Recorder, rows: Sequence[VisitRow], wall: int) -> None:
    with recorder.control.transaction():
        for row in rows:
            if row.recorded_to is None or row.erased is not None:
                continue
            expires = recorder.hours.deadline(row.policy, row.recorded_to, on=wall)
            if expires != row.expires:
                recorder.control.set_expiry(row.id, expires)
