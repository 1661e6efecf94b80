"""Erasures whose entry was lost: what was about to be erased is noted in the book before, and regions that no key opens
any more are compared with the rows. What is missing is entered, read back now, and overwritten like all else.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from mihariban.base import sqlite
from mihariban.ledger.canonical import Json
from mihariban.ledger.entry import Draft
from mihariban.ledger.tags import Tag
from mihariban.recorder.control import ErasureRow
from mihariban.recorder.keeping.erasures import LEVEL, Rows, basis, enter_rows
from mihariban.volume.erasing import erasable_regions

if TYPE_CHECKING:
    from mihariban.recorder.service import Recorder

AT_START, LATER = "found at start", "found by comparison"
FOUND = frozenset({AT_START, LATER})
"""Causes of rows that stand for a whole region: which clips these were, and when they were due, is not known."""
_NOTE = "erasing:"


def note_beforehand(recorder: Recorder, rows: Rows) -> None:
    """Keep what is about to be erased until its entry is made.

    Raises:
        LedgerUnwritable: it cannot be kept.
    """
    recorder.control.remember(_name(rows), {"rows": rows.as_json()})


def forget_note(recorder: Recorder, db: sqlite.Connection, rows: Rows) -> None:
    """The entry is made: inside its transaction the note goes."""
    recorder.control.forget_remembered(db, _name(rows))


def _name(rows: Rows) -> str:
    return _NOTE + min(row.clip for row in rows.rows).hex()


def find_missed(recorder: Recorder, wall: int, cause: str = LATER) -> int:
    """Enter erasures that happened and are in no row. Returns how many."""
    if recorder.owed.waiting:
        return 0  # their entries are on the way
    return _noted(recorder, wall, cause) + _regions(recorder, wall, cause)


def _noted(recorder: Recorder, wall: int, cause: str) -> int:
    found = 0
    for name in recorder.control.remembered_names(_NOTE):
        noted = Rows.from_json(recorder.control.remembered(name)["rows"])
        gone = [row for row in noted.rows if recorder.volume.catalogue.get(row.clip) is None]
        rows = noted.only(row.clip for row in gone).seen(wall, (row.clip for row in gone if _is_gone(recorder, row)))
        with recorder.control.transaction() as db:
            recorder.control.forget_remembered(db, name)
            if gone:
                lag = max(wall - min(row.deadline for row in gone), 0)
                facts: dict[str, Json] = {"cause": cause, "lag_ms": lag // 1_000_000, "level": LEVEL}
                facts |= enter_rows(recorder, db, rows, wall)
                recorder.control.ledger.append(db, Draft(Tag.CLIP_KEY_DESTROY, facts, basis=basis(recorder, wall)))
        found += len(gone)
    return found


def _is_gone(recorder: Recorder, row: ErasureRow) -> bool:
    """Whether both slots of its page, read from the file now, know it no more."""
    with recorder.volume.lock:
        pages = recorder.volume.keys.slots(row.region)
    return all(page is not None and all(each.clip != row.clip for each in page.entries) for page in pages)


def _regions(recorder: Recorder, wall: int, cause: str) -> int:
    """Regions without any key and without any row of that use: which clips these were is not known any more."""
    entered = {(row.region, row.generation) for row in recorder.control.erasures()}
    missing = [each for each in erasable_regions(recorder.volume) if each not in entered]
    # A release or an erasure may be under way: between its deed and its entry it looks the same.
    sure = [each for each in missing if cause == AT_START or each in recorder.missing_regions]
    recorder.missing_regions = set(missing)
    found = [_of_region(recorder, *each, cause, wall) for each in sure]
    found = [(row, clips) for row, clips in found if clips]
    if not found:
        return 0
    count = sum(clips for _, clips in found)
    facts: dict[str, Json] = {
        "cause": cause,
        "count": count,
        "regions": len(found),
        "read_back": sum(clips for row, clips in found if row.read_back),
        "bytes": sum(row.bytes for row, _ in found),
        "level": LEVEL,
    }
    with recorder.control.transaction() as db:
        recorder.control.ledger.append(db, Draft(Tag.CLIP_KEY_DESTROY, facts, basis=basis(recorder, wall)))
        recorder.control.put_erasures(db, [row for row, _ in found])
    return count


def _of_region(recorder: Recorder, region: int, generation: int, cause: str, wall: int) -> tuple[ErasureRow, int]:
    """One row that stands for all keys of a region, and how many there ever were; 0 where nothing was stored."""
    volume = recorder.volume
    with volume.lock:
        page, slots = volume.ring.page(region), volume.keys.slots(region)
    read_back = all(slot is not None and not slot.live for slot in slots)
    id_ = hashlib.sha256(b"region %d use %d" % (region, generation)).digest()[:16]
    row = ErasureRow(
        id_, bytes(16), page.camera, region, generation, 0, 0, page.end, wall, cause, wall, read_back, None, LEVEL
    )
    return row, len(page.entries) if page.chunks else 0
