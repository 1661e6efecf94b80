"""Who may do what with a fault, and in which state of it."""

from __future__ import annotations

from mihariban.office.base.acting import Acting, Role
from mihariban.office.base.policy import Policy, Refused, Verdict, by_role
from mihariban.office.base.text import T
from mihariban.office.faults.models import Fault, TakenDisk
from mihariban.office.faults.needs import lacking

_STAFF: tuple[Role, ...] = ("operator", "manager", "deputy")


def _not(text_ja: str, text_en: str) -> Refused:
    return Refused(T(text_ja, text_en))


class FaultPolicy(Policy):
    """Faults. Open: being dealt with; repaired: the cause is gone; restored: tested and in service; confirmed: closed
    by the manager, nothing changes any more but disks that still have to be erased."""

    def may_see(self, acting: Acting) -> Verdict:
        """Read the register and its records."""
        return by_role(acting, *_STAFF, "it", "auditor", "vendor")

    def may_see_one(self, acting: Acting, fault: Fault) -> Verdict:
        """Read one record. A vendor reads those that it was called to."""
        if acting.roles == {"vendor"} and fault.vendor_at is None:
            return _not(
                "保守業者に連絡していない故障です。市の職員に尋ねてください。",
                "The vendor was not called to this fault. Ask the city's staff.",
            )
        return self.may_see(acting)

    def may_open(self, acting: Acting) -> Verdict:
        """Open a fault; the system does on a finding, where the office was told to."""
        return by_role(acting, *_STAFF, "it", "system")

    def may_amend(self, acting: Acting, fault: Fault) -> Verdict:
        """Correct what was written down of it; the old text stays in its steps."""
        return _while_lasting(acting, fault, *_STAFF)

    def may_note(self, acting: Acting, fault: Fault) -> Verdict:
        """Write down what happened. A vendor may for a fault that it was called to."""
        if acting.roles == {"vendor"}:
            return self.may_see_one(acting, fault) and _while_lasting(acting, fault, "vendor")
        return _while_lasting(acting, fault, *_STAFF, "it")

    def may_tell(self, acting: Acting, fault: Fault) -> Verdict:
        """Enter how users were told."""
        return _while_lasting(acting, fault, *_STAFF)

    def may_take_disk(self, acting: Acting, fault: Fault) -> Verdict:
        """Enter that a disk was taken out of the recorder."""
        return _while_lasting(acting, fault, *_STAFF, "it")

    def may_call(self, acting: Acting, fault: Fault) -> Verdict:
        """Mail the vendor, or enter a call with the vendor."""
        return _while_lasting(acting, fault, *_STAFF, "it")

    def may_link_gap(self, acting: Acting, fault: Fault) -> Verdict:
        """Link a gap of footage; the system does where the recorder tells of one."""
        return _while_lasting(acting, fault, *_STAFF, "it", "system")

    def may_stop(self, acting: Acting, fault: Fault) -> Verdict:
        """Take the kiosk out of service for it."""
        if fault.is_stopped:
            return _not("この機械はもう止めてあります。", "This kiosk is out of service already.")
        if fault.state not in ("open", "repaired"):
            return _not(
                "復旧した故障では止められません。また故障したときは、新しく届け出てください。",
                "This fault is restored. Where it broke again, open a new fault.",
            )
        return by_role(acting, *_STAFF)

    def may_resume(self, acting: Acting, fault: Fault) -> Verdict:
        """Put the kiosk back into service although the fault lasts."""
        if not fault.is_stopped:
            return _not("この機械は止められていません。", "This kiosk is not out of service.")
        return _while_lasting(acting, fault, "manager", "deputy")

    def may_repair(self, acting: Acting, fault: Fault) -> Verdict:
        """Enter that it was repaired."""
        if fault.state != "open":
            return _not("この故障の修理はもう書かれています。", "The repair of this fault is entered already.")
        return by_role(acting, *_STAFF, "it")

    def may_restore(self, acting: Acting, fault: Fault) -> Verdict:
        """Enter the test, and put the kiosk back into service."""
        if fault.state == "open":
            return _not("先に修理の内容を書いてください。", "Enter the repair first.")
        if fault.state != "repaired":
            return _not("この故障はもう復旧しています。", "This fault is restored already.")
        return by_role(acting, *_STAFF)

    def may_confirm(self, acting: Acting, fault: Fault) -> Verdict:
        """Confirm the record and close it. What the rule asks for must have been done."""
        if fault.state == "confirmed":
            return _not("この記録はもう確認されています。", "This record is confirmed already.")
        if fault.state != "restored":
            return _not("復旧してから確認してください。", "Confirm it once it is restored.")
        missing = lacking(fault)
        if missing:
            return Refused(missing[0])
        return by_role(acting, "manager", "deputy")

    def may_hand_disk(self, acting: Acting, disk: TakenDisk) -> Verdict:
        """Hand a disk over for erasure, also after the fault is closed."""
        if disk.state != "taken":
            return _not("このディスクはもう引き渡しました。", "This disk was handed over already.")
        return by_role(acting, *_STAFF, "it")

    def may_erase_disk(self, acting: Acting, disk: TakenDisk) -> Verdict:
        """Confirm that a disk was erased; the manager answers for it."""
        if disk.state == "erased":
            return _not("このディスクの消去はもう確かめました。", "The erasure of this disk is confirmed already.")
        return by_role(acting, "manager", "deputy")


def _while_lasting(acting: Acting, fault: Fault, *roles: Role) -> Verdict:
    if fault.state == "confirmed":
        return _not(
            "この故障の記録は確認が済み、変えられません。続きがあれば新しく届け出てください。",
            "This record is confirmed and closed. Open a new fault where there is more to say.",
        )
    return by_role(acting, *roles)


FAULTS = FaultPolicy()
