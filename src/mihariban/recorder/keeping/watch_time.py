"""The recorder's own judgement of its clock: marks are kept, a confirmation is taken over, doubt is an alarm."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mihariban.base.clock import HOUR, MINUTE, SECOND, Clock, SiteClock
from mihariban.base.ntp import TimeQuality
from mihariban.ledger.entry import Draft
from mihariban.ledger.tags import Tag
from mihariban.recorder.control import Control
from mihariban.recorder.health.kinds import FindingKind
from mihariban.recorder.trusted_time import Mark, Now, TrustedTime, confirmed
from mihariban.volume import Volume

if TYPE_CHECKING:
    from mihariban.recorder.service import Recorder

PERIOD = 20 * SECOND
_MEMORY = "time"
_KEPT_EVERY = MINUTE


def read_clock(clock: Clock, quality: TimeQuality) -> Now:
    """Both clocks together."""
    return Now(clock.wall(), clock.monotonic(), clock.boot_id(), quality != "unknown")


def begin_time(control: Control, volume: Volume, now: Now) -> TrustedTime:
    """Judge the clock by the newest mark; where the book has none, by the newest that book and ring tell."""
    mark = Mark.from_json(control.remembered(_MEMORY))
    if mark is None:
        told = [life.last_seen for life in control.lives()] + [clip.created for clip in volume.clips()]
        if told:
            mark = Mark(max(told), 0, "", highest=max(told))
    return TrustedTime(mark, now)


def watch_time(recorder: Recorder, wall: int) -> None:
    """Look at the clock, keep the mark each minute, and say where it is not believed."""
    time, control = recorder.time, recorder.control
    kept = Mark.from_json(control.remembered(_MEMORY))
    if kept is not None and kept.confirmed > time.mark.confirmed:
        time.mark = kept
    time.look(recorder.now())
    waiting = 0
    if time.disputed:
        with recorder.volume.lock:
            waiting = len(recorder.volume.catalogue.expired(wall))
    figures = {"hours": abs(time.ahead) // HOUR, "clips": waiting}
    doubt = time.disputed and not isinstance(recorder.clock, SiteClock)
    recorder.health.observe(FindingKind.CLOCK_DISPUTED, "recorder", doubt, figures)
    if kept is None or _differs(kept, time.mark):
        control.remember(_MEMORY, time.mark.as_json())


def _differs(kept: Mark, mark: Mark) -> bool:
    return kept.boot != mark.boot or kept.known != mark.known or abs(mark.wall - kept.wall) >= _KEPT_EVERY


def keep_time(recorder: Recorder) -> None:
    """The recorder begins, or ends in order: this instant is the mark, where it is believed."""
    recorder.time.look(recorder.now())
    recorder.control.remember(_MEMORY, recorder.time.mark.as_json())


def confirm_time(control: Control, now: Now, reason: str) -> Mark:
    """The administrator has compared the clock and says that it is right: entered, and from now on believed."""
    before = Mark.from_json(control.remembered(_MEMORY))
    mark = confirmed(before, now)
    moved = 0 if before is None else (mark.wall - before.wall) // HOUR
    with control.transaction() as db:
        why = control.ledger.keep_text(db, reason)
        control.ledger.append(db, Draft(Tag.CLOCK_TIME_CONFIRM, {"hours": moved}, note=why.hex()))
        control.remember(_MEMORY, mark.as_json())
    return mark
