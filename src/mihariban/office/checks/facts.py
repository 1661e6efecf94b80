"""What the system sees for itself of an item, with the time at which it was seen."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from mihariban.office.base.dates import now
from mihariban.office.base.text import T
from mihariban.office.checks.models import CheckLine
from mihariban.office.sites.figures import Figures
from mihariban.office.sites.models import CameraUnit, Kiosk, SeenFinding, SeenStatus
from mihariban.office.sites.seen import findings_now, statuses

FRESH = timedelta(minutes=10)
"""A recorder is asked every few seconds: what is older says nothing of this morning."""
JOINED = "camera"
"""The item that takes the facts for which the rule's list has no item of its own (article 8(7), rules of other cities
name recorder or clock apart)."""

_CLOCK = ("clock_stepped", "clock_unsynchronised", "camera_clock_wrong")
_SPACE = ("capacity_short", "holds_over_share", "footage_lost_early", "ring_failing", "disk_error", "disk_changed")


@dataclass(frozen=True, slots=True)
class Fact:
    """Something seen. ``good``: None where it says nothing either way, such as when it is too old."""

    good: bool | None
    text: T
    at: datetime


Provider = Callable[[Kiosk], Mapping[str, Fact]]

providers: list[Provider] = []
"""Others that see something of a kiosk, such as its printer: ``providers.append(f)`` in ``AppConfig.ready``. Keys are
ids of items; a later provider wins."""


def facts_for(kiosk: Kiosk) -> dict[str, Fact]:
    """What is seen now, by item: ``camera``, ``recorder``, ``clock``, ``capacity``, ``link`` from the recorders of the
    kiosk's cameras, and whatever else ``providers`` see. Empty where nothing is connected."""
    found: dict[str, Fact] = dict(_recorders(kiosk))
    for each in providers:
        found.update(each(kiosk))
    return {item: _fresh(fact) for item, fact in found.items()}


def facts_by_item(items: Iterable[str], facts: Mapping[str, Fact]) -> dict[str, list[Fact]]:
    """The facts that belong to each item of a rule's list."""
    wanted = list(items)
    found = {item: [facts[item]] if item in facts else [] for item in wanted}
    if JOINED in found:
        found[JOINED] += [fact for item, fact in facts.items() if item not in found]
    return found


def judge(facts: Iterable[Fact]) -> bool | None:
    """All together: False where one is bad, None where one says nothing or there is none."""
    verdicts = [fact.good for fact in facts]
    if False in verdicts:
        return False
    return None if not verdicts or None in verdicts else True


def put_facts(line: CheckLine, facts: list[Fact]) -> None:
    """Write onto a line what is seen."""
    line.fact_ja = "、".join(fact.text.ja for fact in facts)
    line.fact_en = "; ".join(fact.text.en for fact in facts)
    line.fact_at = min((fact.at for fact in facts), default=None)
    line.fact_good = judge(facts)


def _fresh(fact: Fact) -> Fact:
    age = now() - fact.at
    if age <= FRESH:
        return fact
    minutes = int(age.total_seconds() // 60)
    old = T(f"{fact.text.ja}（{minutes} 分前の状態）", f"{fact.text.en} ({minutes} minutes ago)")
    return replace(fact, good=None, text=old)


def _recorders(kiosk: Kiosk) -> dict[str, Fact]:
    units = list(CameraUnit.objects.filter(kiosk=kiosk).order_by("recorder_id", "camera"))
    seen = {key: status for key, status in statuses().items() if key in {unit.recorder_id for unit in units}}
    if not seen:
        return {}
    findings = list(findings_now().filter(recorder__in=seen))
    status = min(seen.values(), key=lambda each: each.at or each.tried)  # with several recorders the oldest word counts
    if status.at is None:
        return {"link": Fact(False, T("レコーダーから応答なし", "the recorder does not answer"), status.tried)}
    mine = {(unit.recorder_id, unit.camera) for unit in units}
    return {
        "link": _link(seen.values(), status),
        "camera": Fact(*_cameras(units, seen, findings), status.at),
        "recorder": Fact(*_recording(seen), status.at),
        "clock": Fact(*_told(findings, _CLOCK, mine, _clock(seen.values())), status.at),
        "capacity": Fact(*_told(findings, _SPACE, mine, _space(seen.values())), status.at),
    }


def _clock(seen: Iterable[SeenStatus]) -> T:
    if any(status.json.get("time_quality") == "site" for status in seen):
        return T("見本の時計（カメラが実物でないため）", "demo clock, for no camera is live")
    return T("時計 正常", "clock right")


def _space(seen: Iterable[SeenStatus]) -> T:
    """A forecast from a few minutes would be none."""
    if any(Figures.from_json(status.figures).enough is None for status in seen):
        return T("容量 異常なし（何日残るかはまだ不明）", "no alarm of space, how long it lasts is not known yet")
    return T("容量 十分", "enough space")


def _link(seen: Iterable[SeenStatus], status: SeenStatus) -> Fact:
    away = [each.pk for each in seen if not each.reachable]
    if away:
        return Fact(
            False, T(f"レコーダー {'、'.join(away)} と通信できない", f"no link to {', '.join(away)}"), status.tried
        )
    return Fact(True, T("レコーダーと通信できる", "recorder answers"), status.tried)


def _cameras(units: list[CameraUnit], seen: Mapping[str, SeenStatus], findings: list[SeenFinding]) -> tuple[bool, T]:
    for each in findings:
        if each.camera and each.severity == "alarm" and any(_is(unit, each) for unit in units):
            return False, each.text
    for unit in units:
        told = _camera(seen.get(unit.recorder_id), unit.camera)
        if told is None or told.get("state") == "failing":
            return False, T(f"カメラ {unit.camera} が応答しない", f"camera {unit.camera} does not answer")
    return True, T("カメラ 正常", "camera works")


def _is(unit: CameraUnit, finding: SeenFinding) -> bool:
    return (unit.recorder_id, unit.camera) == (finding.recorder_id, finding.camera)


def _camera(status: SeenStatus | None, camera: str) -> dict[str, Any] | None:
    told = status.json.get("cameras", []) if status is not None else []
    return next((each for each in told if isinstance(each, dict) and each.get("id") == camera), None)


def _recording(seen: Mapping[str, SeenStatus]) -> tuple[bool, T]:
    if any(status.state == "failing" for status in seen.values()):
        return False, T("レコーダーに警報あり", "the recorder has an alarm")
    return True, T("レコーダー 作動", "recorder runs")


def _told(findings: list[SeenFinding], codes: tuple[str, ...], mine: set[tuple[str, str]], good: T) -> tuple[bool, T]:
    for each in findings:
        if each.code in codes and (not each.camera or (each.recorder_id, each.camera) in mine):
            return False, each.text
    return True, good
