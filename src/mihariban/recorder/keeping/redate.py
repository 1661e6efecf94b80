"""A version of the rule that comes into force and governs existing footage gives it its deadlines (article 12)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mihariban.base.clock import SECOND, to_datetime
from mihariban.ledger.entry import Draft
from mihariban.ledger.tags import Tag
from mihariban.volume import ClipKind

if TYPE_CHECKING:
    from mihariban.recorder.service import Recorder

_MEMORY = "redate"
NEVER = (1 << 63) - 1
_LAST_PICTURE = 2 * SECOND
"""A clip ends with its last picture's end, its first deadline counts from that picture's beginning (ns at most)."""


def redate(recorder: Recorder, wall: int) -> int:
    """Note the version in force; where it is another one than before, date existing clips anew. Returns how many."""
    loaded = recorder.hours.in_force(wall)
    if loaded is None:
        return 0
    control = recorder.control
    before = control.remembered(_MEMORY).get("version")
    if before == loaded.sha256:
        return 0
    control.use_policy(loaded.sha256, loaded.policy.id, str(loaded.policy.version), loaded.text, wall)
    changed = 0 if before is None or loaded.policy.applies_to_existing == "keep" else _all(recorder, wall)
    with control.transaction() as db:
        if changed:
            facts: dict[str, str | int] = {"version": str(loaded.policy.version), "count": changed}
            control.ledger.append(db, Draft(Tag.EXPIRY_DEADLINE_CHANGE, facts, basis=loaded.policy.id))
        date = to_datetime(wall, recorder.site.zone).date().isoformat()
        control.remember(_MEMORY, {"version": loaded.sha256, "since": date})
    return changed


def _all(recorder: Recorder, wall: int) -> int:
    policies = {row.id: row.policy for row in recorder.control.visits()}
    writing = {channel.recording.clip for channel in recorder.channels.values()}
    changed = 0
    for clip in recorder.volume.clips():
        if clip.clip in writing or clip.kind not in (ClipKind.VISIT, ClipKind.SCENE):
            continue
        version = policies.get(clip.visit, clip.policy.hex())
        deadline = recorder.hours.deadline(version, clip.end, on=wall)
        deadline = NEVER if deadline is None else deadline
        if abs(deadline - clip.deadline) >= _LAST_PICTURE:
            recorder.volume.set_deadline(clip.clip, deadline)
            changed += 1
    for row in recorder.control.visits():
        if row.recorded_to is not None and row.erased is None:
            expires = recorder.hours.deadline(row.policy, row.recorded_to, on=wall)
            if expires != row.expires:
                recorder.control.set_expiry(row.id, expires)
    return changed
