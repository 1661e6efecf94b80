"""What can be done on a record's page: form, question to the policy, action. Buttons ask the same policy."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from mihariban.office.base.acting import Acting
from mihariban.office.base.policy import Verdict
from mihariban.office.base.text import T
from mihariban.office.faults import forms
from mihariban.office.faults.actions.amend_fault import FIELDS, amend_fault
from mihariban.office.faults.actions.close_fault import confirm_fault, repair_fault, restore_fault
from mihariban.office.faults.actions.link_gap import link_gap
from mihariban.office.faults.actions.log_call import add_note, log_call
from mihariban.office.faults.actions.mail_vendor import mail_vendor
from mihariban.office.faults.actions.stop_service import resume_service, stop_service
from mihariban.office.faults.actions.take_disk import confirm_erasure, hand_disk, take_disk
from mihariban.office.faults.actions.tell_users import tell_users
from mihariban.office.faults.models import Fault, TakenDisk
from mihariban.office.faults.policy import FAULTS

Facts = Mapping[str, Any]
Run = Callable[[Fault, Facts, Acting, int], object]


@dataclass(frozen=True, slots=True)
class Deed:
    """One of them. ``place``: section of the page; ``done``: what is said afterwards."""

    text: T
    place: str
    done: T
    form: type[forms.DeedForm]
    may: Callable[[Acting, Fault], Verdict]
    run: Run
    danger: bool = False


def _amend(fault: Fault, facts: Facts, acting: Acting, stamp: int) -> None:
    amend_fault(fault, acting=acting, stamp=stamp, **facts)


def _gap(fault: Fault, facts: Facts, acting: Acting, stamp: int) -> None:  # noqa: ARG001  # gaps stand side by side
    unit = facts["camera"]
    link_gap(
        fault, recorder=unit.recorder_id, camera=unit.camera, gap=facts["gap"], began=facts["began"],
        ended=facts["ended"], acting=acting,
    )  # fmt: skip  # facts handed on


def _stop(fault: Fault, facts: Facts, acting: Acting, stamp: int) -> None:
    stop_service(fault, acting=acting, stamp=stamp, **facts)


def _resume(fault: Fault, facts: Facts, acting: Acting, stamp: int) -> None:
    resume_service(fault, acting=acting, stamp=stamp, **facts)


def _tell(fault: Fault, facts: Facts, acting: Acting, stamp: int) -> None:
    tell_users(fault, acting=acting, stamp=stamp, **facts)


def _call(fault: Fault, facts: Facts, acting: Acting, stamp: int) -> None:
    log_call(fault, acting=acting, stamp=stamp, **facts)


def _mail(fault: Fault, facts: Facts, acting: Acting, stamp: int) -> None:  # noqa: ARG001  # it goes out all the same
    mail_vendor(fault, acting=acting, **facts)


def _note(fault: Fault, facts: Facts, acting: Acting, stamp: int) -> None:  # noqa: ARG001  # notes stand side by side
    add_note(fault, acting=acting, **facts)


def _disk(fault: Fault, facts: Facts, acting: Acting, stamp: int) -> None:
    take_disk(fault, acting=acting, stamp=stamp, **facts)


def _repair(fault: Fault, facts: Facts, acting: Acting, stamp: int) -> None:
    repair_fault(fault, acting=acting, stamp=stamp, **facts)


def _restore(fault: Fault, facts: Facts, acting: Acting, stamp: int) -> None:
    restore_fault(fault, acting=acting, stamp=stamp, **facts)


def _confirm(fault: Fault, facts: Facts, acting: Acting, stamp: int) -> None:  # noqa: ARG001  # nothing to fill in
    confirm_fault(fault, acting=acting, stamp=stamp)


_SAID = {
    "stop": T(
        "使用を止めました。公開ページと機械の画面に出ています。", "Out of service: page and kiosk screen say so."
    ),
    "resume": T("使用を再開しました。", "Back in service."),
    "tell": T("周知を記録しました。", "Entered."),
    "call": T("電話を記録しました。", "Call entered."),
    "mail": T("メールを送りました。", "Mail sent."),
    "note": T("経過を書きました。", "Note added."),
    "gap": T("映像の欠けを結びつけました。", "Gap linked."),
    "disk": T("記録しました。消去を確かめるまで一覧に残ります。", "Entered; listed until its erasure is confirmed."),
    "repair": T("修理を書きました。試験して復旧を書いてください。", "Entered. Test it and enter the restoration."),
    "restore": T("復旧しました。", "Restored."),
    "confirm": T("記録を確認しました。", "Record confirmed."),
    "amend": T("訂正しました。前の記載は経過に残っています。", "Corrected; the old text stays among the steps."),
}

_TABLE: list[tuple[str, T, str, type[forms.DeedForm], Callable[[Acting, Fault], Verdict], Run]] = [
    ("stop", T("使用を止める", "Take out of service"), "service", forms.StopForm, FAULTS.may_stop, _stop),
    (
        "resume",
        T("故障のまま使用を再開する", "Resume although it lasts"),
        "service",
        forms.ResumeForm,
        FAULTS.may_resume,
        _resume,
    ),
    ("tell", T("周知を記録する", "Enter how users were told"), "tell", forms.TellForm, FAULTS.may_tell, _tell),
    ("call", T("電話を記録する", "Enter a call"), "vendor", forms.CallForm, FAULTS.may_call, _call),
    ("mail", T("メールで知らせる", "Send a mail"), "vendor", forms.MailForm, FAULTS.may_call, _mail),
    ("note", T("経過を書く", "Add a note"), "steps", forms.NoteForm, FAULTS.may_note, _note),
    ("gap", T("映像の欠けを手で書く", "Enter a gap by hand"), "gaps", forms.GapForm, FAULTS.may_link_gap, _gap),
    (
        "disk",
        T("取り外したディスクを書く", "Enter a disk taken out"),
        "disks",
        forms.DiskForm,
        FAULTS.may_take_disk,
        _disk,
    ),
    ("repair", T("修理を書く", "Enter the repair"), "repair", forms.RepairForm, FAULTS.may_repair, _repair),
    (
        "restore",
        T("試験して復旧する", "Restore after the test"),
        "repair",
        forms.RestoreForm,
        FAULTS.may_restore,
        _restore,
    ),
    ("confirm", T("記録を確認する", "Confirm the record"), "repair", forms.ConfirmForm, FAULTS.may_confirm, _confirm),
    ("amend", T("記載を訂正する", "Correct what is written"), "facts", forms.AmendForm, FAULTS.may_amend, _amend),
]

DEEDS = {
    name: Deed(text, place, _SAID[name], form, may, run, danger=name == "stop")
    for name, text, place, form, may, run in _TABLE
}

DISK_DEEDS: dict[str, tuple[T, type[forms.DeedForm]]] = {
    "hand": (T("引き渡しを書く", "Enter that it was handed over"), forms.HandForm),
    "erase": (T("消去を確かめた", "Erasure confirmed"), forms.EraseForm),
}


def initial(deed: str, fault: Fault) -> dict[str, Any]:
    """What a form is filled with at first."""
    if deed == "amend":
        return {name: getattr(fault, name) for name in FIELDS}
    return {"expected": fault.expected} if deed == "stop" else {}


def may_disk(deed: str, acting: Acting, disk: TakenDisk) -> Verdict:
    """The policy's answer for a disk."""
    return FAULTS.may_hand_disk(acting, disk) if deed == "hand" else FAULTS.may_erase_disk(acting, disk)


def run_disk(deed: str, disk: TakenDisk, facts: Facts, acting: Acting, stamp: int) -> None:
    """Do it."""
    if deed == "hand":
        hand_disk(disk, acting=acting, stamp=stamp, **facts)
    else:
        confirm_erasure(disk, acting=acting, stamp=stamp, **facts)
