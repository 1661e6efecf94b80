"""The root key is renewed on schedule, in quiet hours: afterwards keys destroyed before are gone from every remnant."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mihariban.base.clock import DAY, iso
from mihariban.ledger.canonical import Json
from mihariban.ledger.entry import Draft
from mihariban.ledger.tags import Tag
from mihariban.volume.rotate import Progress, Rotation, level_after_rotation, rotate

if TYPE_CHECKING:
    from mihariban.recorder.service import Recorder

_MEMORY = "root"
_PATIENCE = DAY
"""Where the machine never rests, the renewal waits this long (ns) for a quiet hour and is then done all the same."""


def renew_root_when_due(recorder: Recorder, wall: int) -> bool:
    """Renew the root if its days are over. True where it was renewed."""
    days = recorder.site.recorder.volume.rotate_days
    last = recorder.control.remembered(_MEMORY).get("at")
    if last is None:
        recorder.control.remember(_MEMORY, {"at": wall})
        return False
    due = last + days * DAY
    quiet = recorder.hours.window_at(wall) is None or wall > due + _PATIENCE
    if not days or wall < due or not quiet:
        return False
    renew_root(recorder, wall)
    return True


def renew_root(recorder: Recorder, wall: int, progress: Progress | None = None) -> Rotation:
    """Renew the root and raise the level of what was destroyed before.

    Raises:
        LedgerUnwritable: nothing was renewed.
        VolumeIoError: the next opening ends what was begun.
    """
    control, volume = recorder.control, recorder.volume
    facts: dict[str, Json] = {"generation": volume.roots.generation + 1, "at": iso(wall, recorder.site.zone)}
    with control.ledger.deed(Draft(Tag.KEY_ROOT_ROTATE, facts)) as deed:
        done = rotate(volume, progress)
        deed.add(generation=done.generation, pages=done.pages, lost=done.lost, resumed=int(done.resumed))
    control.remember(_MEMORY, {"at": wall, "renewed": wall})
    raise_levels(recorder)
    return done


def raise_levels(recorder: Recorder) -> int:
    """What was destroyed before the last renewal has reached its level; after a restart that may be a higher one,
    because no process remembers the old root any more. Returns how many clips."""
    renewed = recorder.control.remembered(_MEMORY).get("renewed")
    if renewed is None:
        return 0
    level = level_after_rotation(recorder.volume)
    with recorder.control.transaction() as db:
        raised = recorder.control.raise_level(db, renewed, level)
        if raised:
            told: dict[str, Json] = {"count": raised, "level": level}
            recorder.control.ledger.append(db, Draft(Tag.ERASURE_LEVEL_RAISE, told))
    return raised
