"""What the rule asks for in a fault, and what is still to be done."""

from __future__ import annotations

from dataclasses import dataclass

from mihariban.office.base.dates import day_of
from mihariban.office.base.rule import policy_on
from mihariban.office.base.text import T
from mihariban.office.faults.models import Fault
from mihariban.policy.errors import NoPolicyInForce
from mihariban.policy.sections.duties import Fault as FaultRule


@dataclass(frozen=True, slots=True)
class Task:
    """Something to do next. ``anchor``: where on the record's page."""

    text: T
    anchor: str
    required: bool = False


_VENDOR = T(
    "システムの故障です。保守業者に連絡し、記録してください（要綱の定め）。",
    "A fault of the system: contact the vendor and enter it (the rule asks for it).",
)
_TELL = T(
    "使用を止めていますが、利用者への周知が記録されていません。周知して記録してください（要綱の定め）。",
    "The kiosk is out of service and nobody entered that users were told: tell them (the rule asks for it).",
)


def rule_of(fault: Fault) -> FaultRule:
    """What the rule in force on the day of the fault says of faults. Where none was in force yet, the one of the day on
    which the fault was entered: a moment of long ago must not keep its record from being opened and corrected.

    Raises:
        NoPolicyInForce: no version was on either day.
    """
    try:
        return policy_on(day_of(fault.since)).policy.fault
    except NoPolicyInForce:
        return policy_on(day_of(fault.opened_at)).policy.fault


def lacking(fault: Fault) -> list[T]:
    """What the rule asks for and is not entered; the record cannot be confirmed before."""
    rule, found = rule_of(fault), []
    if rule.call_vendor_on_ja and fault.kind == "system" and fault.vendor_at is None:
        found.append(_VENDOR)
    if rule.tell_users_at_once and fault.told_at is None and fault.stoppages.all():
        found.append(_TELL)
    return found


def tasks(fault: Fault) -> list[Task]:
    """What is to be done next, the most urgent first."""
    found = [Task(each, "vendor" if each is _VENDOR else "tell", required=True) for each in lacking(fault)]
    sorts = {step.sort for step in fault.steps.all()}
    if fault.state == "open" and not fault.stoppages.all():
        found.append(Task(T("機械を止めるかどうかを決める", "Decide whether to stop the kiosk"), "service"))
    if fault.is_stopped and not _put_up(fault):
        found.append(Task(T("お知らせを印刷して掲示する", "Print the notice and put it up"), "tell"))
    if fault.kind == "camera" and fault.state != "confirmed" and not fault.gaps.all():
        found.append(Task(T("映像の欠けがあれば結びつける", "Link the gap of footage, if any"), "gaps"))
    if fault.state == "open":
        found.append(Task(T("直ったら修理の内容を書く", "Enter the repair once it is done"), "repair"))
    if fault.state == "repaired":
        found.append(Task(T("試験して復旧を書く", "Test it and enter that it is restored"), "repair"))
    if fault.state == "restored":
        found.append(Task(T("管理者が記録を確認する", "The manager confirms the record"), "repair"))
    if "disk" in sorts and any(disk.state != "erased" for disk in fault.disks.all()):
        found.append(Task(T("取り外したディスクの消去を確かめる", "Confirm the erasure of the disk"), "disks"))
    return found


def _put_up(fault: Fault) -> bool:
    return any(step.sort == "told" and step.text.startswith("paper") for step in fault.steps.all())
