"""Capacity against the rule's period: said days before it is short, not when footage is gone (article 10(2))."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mihariban.base.clock import DAY, HOUR, to_datetime
from mihariban.ledger.canonical import Json
from mihariban.ledger.entry import Draft, moment
from mihariban.ledger.tags import Tag
from mihariban.recorder.health.kinds import FindingKind

if TYPE_CHECKING:
    from mihariban.recorder.service import Recorder

_MEMORY = "forecast"


def forecast(recorder: Recorder, wall: int) -> bool:
    """Look ahead; True where footage will be overwritten before its minimum at the present rate."""
    loaded = recorder.hours.in_force(wall)
    figures = recorder.volume.stat(wall)
    deadline = recorder.hours.deadline(loaded.sha256, wall) if loaded else None
    if loaded is None or deadline is None or figures.lifetime_hours is None:
        recorder.health.observe(FindingKind.CAPACITY_SHORT, "recorder", False)
        return False
    wanted = (deadline - wall) / HOUR
    short = loaded.policy.retention.is_also_minimum and figures.lifetime_hours < wanted
    facts: dict[str, int | str] = {
        "days": int((figures.overwritten_at or wall) - wall) // DAY,
        "kept_hours": int(figures.lifetime_hours),
        "rule_hours": int(wanted),
    }
    recorder.health.observe(FindingKind.CAPACITY_SHORT, "recorder", short, facts)
    if short:
        _enter(recorder, wall, facts)
    return short


def _enter(recorder: Recorder, wall: int, facts: dict[str, int | str]) -> None:
    today = to_datetime(wall, recorder.site.zone).date().isoformat()
    if recorder.control.remembered(_MEMORY).get("date") == today:
        return
    with recorder.control.transaction() as db:
        recorder.control.ledger.append(db, Draft(Tag.EXPIRY_CAPACITY_FORECAST, facts))
        recorder.control.remember(_MEMORY, {"date": today})


def review_holds(recorder: Recorder, wall: int) -> int:
    """Holds whose review is overdue: entered once, and an alarm while it lasts. Returns how many."""
    control = recorder.control
    late = [hold for hold in control.holds(kept_only=True) if hold.review is not None and hold.review <= wall]
    told = control.remembered("reviews")
    for hold in late:
        if hold.id.hex() in told:
            continue
        with control.transaction() as db:
            facts: dict[str, Json] = {"hold": hold.id.hex(), "due": moment(hold.review or 0)}
            control.ledger.append(db, Draft(Tag.HOLD_REVIEW_OVERDUE, facts))
            told[hold.id.hex()] = moment(wall)
            control.remember("reviews", told)
    recorder.health.observe(FindingKind.HOLD_REVIEW_OVERDUE, "recorder", bool(late), {"holds": len(late)})
    return len(late)
