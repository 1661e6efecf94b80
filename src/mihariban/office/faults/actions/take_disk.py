"""Disks with footage that leave a recorder: taken out, handed over, erased."""

from __future__ import annotations

from datetime import datetime

from mihariban.ledger.entry import Draft
from mihariban.ledger.tags import Tag
from mihariban.office.base.acting import Acting
from mihariban.office.base.action import action
from mihariban.office.base.text import T
from mihariban.office.faults.actions.steps import WHAT, add_step, check_order, check_past
from mihariban.office.faults.errors import DiskTwice
from mihariban.office.faults.models import Fault, TakenDisk
from mihariban.office.faults.policy import FAULTS

_DISK = T("このディスクの記録", "this disk")
_TAKEN, _HANDED, _ERASED = T("取り外し", "taking out"), T("引き渡し", "handing over"), T("消去", "erasure")


def take_disk(
    fault: Fault, *, serial: str, taken_at: datetime, taken_by: str, kept_at: str, acting: Acting, stamp: int
) -> TakenDisk:
    """A disk was taken out and waits for its erasure.

    Args:
        serial: the number on its label.
        taken_by: who took it out, such as the vendor's engineer.
        kept_at: where it lies locked up until it is handed over.

    Raises:
        NotAllowed: the policy refuses.
        ChangedMeanwhile: somebody else changed the fault.
        DiskTwice: it stands here already.
        FaultTimesWrong: to come.
    """
    with action(acting, FAULTS.may_take_disk(acting, fault)) as act:
        fault.check_stamp(stamp, WHAT)
        check_past(taken_at, _TAKEN, "taken_at")
        if fault.disks.filter(serial=serial).exists():
            raise DiskTwice(serial=serial, field="serial")
        disk = TakenDisk.objects.create(
            fault=fault, serial=serial, taken_at=taken_at, taken_by=taken_by, kept_at=kept_at
        )
        fault.save()
        facts: dict[str, str | int] = {"fault": fault.pk, "disk": serial, "taken_by": act.commit(taken_by)}
        act.enter(Draft(Tag.FAULT_DISK_TAKE, facts))
        add_step(fault, "disk", acting, at=taken_at, spoken_to=taken_by, text=f"{serial}：{kept_at}")
    return disk


def hand_disk(disk: TakenDisk, *, at: datetime, to: str, acting: Acting, stamp: int) -> None:
    """The disk was handed over to be erased.

    Raises:
        NotAllowed, ChangedMeanwhile, FaultTimesWrong: as ``take_disk``.
    """
    with action(acting, FAULTS.may_hand_disk(acting, disk)) as act:
        disk.check_stamp(stamp, _DISK)
        check_past(at, _HANDED, "at")
        check_order(disk.taken_at, at, _TAKEN, _HANDED, "at")
        disk.handed_at, disk.handed_to, disk.state = at, to, "handed"
        disk.save()
        facts: dict[str, str | int] = {"disk": disk.serial, "fault": disk.fault_id, "to": act.commit(to)}
        act.enter(Draft(Tag.FAULT_DISK_HAND, facts))
        add_step(disk.fault, "disk_handed", acting, at=at, spoken_to=to, text=disk.serial)


def confirm_erasure(
    disk: TakenDisk, *, at: datetime, method: str, acting: Acting, stamp: int, certificate: str = ""
) -> None:
    """The disk was erased so that nothing can be restored, or destroyed.

    Args:
        method: how, such as 破砕.
        certificate: number of the certificate of erasure.

    Raises:
        NotAllowed, ChangedMeanwhile, FaultTimesWrong: as ``take_disk``.
    """
    with action(acting, FAULTS.may_erase_disk(acting, disk)) as act:
        disk.check_stamp(stamp, _DISK)
        check_past(at, _ERASED, "at")
        check_order(disk.handed_at or disk.taken_at, at, _HANDED if disk.handed_at else _TAKEN, _ERASED, "at")
        disk.erased_at, disk.method, disk.certificate, disk.state = at, method, certificate, "erased"
        disk.save()
        facts: dict[str, str | int] = {"disk": disk.serial, "fault": disk.fault_id, "certificate": certificate}
        act.enter(Draft(Tag.FAULT_DISK_ERASE, facts, note=act.commit(method)))
        add_step(disk.fault, "disk_erased", acting, at=at, text=f"{disk.serial}：{method} {certificate}".strip())
