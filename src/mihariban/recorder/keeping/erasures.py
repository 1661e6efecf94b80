"""What is entered of destroyed keys: facts for the ledger, a row for each clip, the list that can be forgotten."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

from mihariban.base import sqlite
from mihariban.base.clock import DAY, HOUR, SECOND, to_datetime
from mihariban.base.ids import id_text
from mihariban.ledger.canonical import Json
from mihariban.ledger.entry import moment
from mihariban.recorder.control import ErasureRow
from mihariban.volume import ClipInfo

if TYPE_CHECKING:
    from mihariban.recorder.service import Recorder

LEVEL = "E0"
"""What destroying a key alone reaches (docs/design/volume.md, "Erasure")."""


@dataclass(frozen=True, slots=True)
class Rows:
    """Clips that are erased together. ``shown``: ns shown of each."""

    rows: list[ErasureRow]
    shown: dict[bytes, int]

    def only(self, clips: Iterable[bytes]) -> Rows:
        """Those of these ids."""
        wanted = set(clips)
        return replace(self, rows=[row for row in self.rows if row.clip in wanted])

    def seen(self, destroyed: int, read_back: Iterable[bytes]) -> Rows:
        """With the instant at which the keys were found gone, and whose were found gone from both slots."""
        sound = set(read_back)
        rows = [replace(row, destroyed=destroyed, read_back=row.clip in sound) for row in self.rows]
        return replace(self, rows=rows)

    def as_json(self) -> list[dict[str, Any]]:
        """To be kept."""
        return [
            {**asdict(row), "clip": row.clip.hex(), "visit": row.visit.hex(), "shown": self.shown.get(row.clip, 0)}
            for row in self.rows
        ]

    @classmethod
    def from_json(cls, facts: Iterable[Mapping[str, Any]]) -> Rows:
        """What ``as_json`` gave."""
        made = cls([], {})
        for each in facts:
            fields = {name: value for name, value in each.items() if name != "shown"}
            ids = {name: bytes.fromhex(each[name]) for name in ("clip", "visit")}
            made.rows.append(ErasureRow(**{**fields, **ids}))
            made.shown[ids["clip"]] = int(each["shown"])
        return made


def rows_of(recorder: Recorder, infos: list[ClipInfo], cause: str) -> Rows:
    """Rows of clips whose keys are about to go."""
    uses = generations(recorder, infos)
    rows = [erasure_of(info, uses.get(info.region, 0), cause, 0, read_back=False) for info in infos]
    return Rows(rows, {info.clip: info.duration for info in infos})


def enter_rows(recorder: Recorder, db: sqlite.Connection, gone: Rows, wall: int) -> dict[str, Json]:
    """Keep rows and lists of what was destroyed, mark its visits; inside the caller's transaction, who enters the facts
    that are returned."""
    control, rows = recorder.control, gone.rows
    facts: dict[str, Json] = {
        "count": len(rows),
        "read_back": sum(row.read_back for row in rows),
        "seconds": sum(gone.shown.get(row.clip, 0) for row in rows) // SECOND,
        "bytes": sum(row.bytes for row in rows),
    }
    for (camera, date), group in _by_day(recorder, rows).items():
        hash_ = control.ledger.keep_text(db, json.dumps([_told(row) for row in group]))
        control.put_forgettable(db, hash_, camera, date, wall + shrink_ns(recorder, wall))
        facts[f"list.{camera}.{date}"] = hash_.hex()
    control.put_erasures(db, rows)
    mark_visits(recorder, {row.visit for row in rows}, wall)
    return facts


def generations(recorder: Recorder, infos: Iterable[ClipInfo]) -> dict[int, int]:
    """Region to the use of it in which these clips lie."""
    with recorder.volume.lock:
        return {info.region: recorder.volume.ring.page(info.region).generation for info in infos}


def erasure_of(info: ClipInfo, generation: int, cause: str, wall: int, *, read_back: bool) -> ErasureRow:
    """The row of a clip whose key is gone."""
    return ErasureRow(
        info.clip, info.visit, info.camera, info.region, generation, info.start, info.end, info.stored,
        info.deadline, cause, wall, read_back, None, LEVEL,
    )  # fmt: skip


def mark_visits(recorder: Recorder, visits: Iterable[bytes], wall: int) -> None:
    """Visits of which no clip is left are erased. Inside the caller's transaction."""
    for visit in visits:
        row = recorder.control.visit(visit)
        if row is None or row.recorded_to is None:
            continue
        # Nothing of it lies much later, and a ring knows half a million clips.
        clips = recorder.volume.clips(row.camera, row.recorded_from - SECOND, row.recorded_to + HOUR)
        if not any(clip.visit == visit for clip in clips):
            recorder.control.erased(visit, wall)


def basis(recorder: Recorder, wall: int) -> str:
    """The rule in force, for the entry."""
    loaded = recorder.hours.in_force(wall)
    return "" if loaded is None else f"{loaded.policy.id}:{loaded.policy.version}"


def shrink_ns(recorder: Recorder, wall: int) -> int:
    """How long after erasure times of visits may still be known."""
    loaded = recorder.hours.in_force(wall)
    return (loaded.policy.erasure.visit_shrinks_after_days if loaded else 0) * DAY


def _by_day(recorder: Recorder, rows: list[ErasureRow]) -> dict[tuple[str, str], list[ErasureRow]]:
    groups: dict[tuple[str, str], list[ErasureRow]] = {}
    for row in rows:
        day = to_datetime(row.filmed_from, recorder.site.zone).date().isoformat()
        groups.setdefault((row.camera, day), []).append(row)
    return groups


def _told(row: ErasureRow) -> dict[str, str | int]:
    return {
        "clip": id_text(row.clip),
        "from": moment(row.filmed_from),
        "to": moment(row.filmed_to),
        "deadline": moment(row.deadline),
        "region": row.region,
    }
