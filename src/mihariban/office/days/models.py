"""Changes of days and hours, and the orders that wait for a recorder."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

from django.db import models

from mihariban.office.base.stamp import Stamped
from mihariban.office.base.text import T
from mihariban.policy import CalendarEntry
from mihariban.policy.calendar import EntryKind

KINDS: dict[EntryKind, T] = {
    "closure": T("休止", "Closure"),
    "hours": T("時間の変更", "Changed hours"),
    "extension": T("延長", "Extension"),
    "open_day": T("臨時の稼働", "Extra open day"),
    "holiday_moved": T("祝日の移動", "Moved holiday"),
}

STATES: dict[str, T] = {
    "proposed": T("申出中", "Proposed"),
    "approved": T("決定", "Approved"),
    "refused": T("不承認", "Refused"),
    "withdrawn": T("取消", "Withdrawn"),
}


class CalendarChange(Stamped):
    """One row: a decision about one or more days that differ from the rule's table, or the wish for one."""

    id = models.CharField(max_length=26, primary_key=True)
    kind = models.CharField(max_length=16)
    """see ``KINDS``"""
    first_day = models.DateField()
    last_day = models.DateField()
    """included"""
    windows = models.JSONField(default=list)
    """pairs of "08:30", local time; a closure without windows is for the whole day"""
    moved_to = models.DateField(null=True, blank=True)
    """where a moved holiday went"""
    site = models.ForeignKey("sites.Site", models.PROTECT, null=True, blank=True, related_name="calendar_changes")
    """None: all sites"""
    reason = models.CharField(max_length=200)
    reason_en = models.CharField(max_length=200, blank=True, default="")
    approver = models.CharField(max_length=100, blank=True, default="")
    """post that decides; empty until then"""
    document_number = models.CharField(max_length=100, blank=True, default="")
    state = models.CharField(max_length=16, default="proposed")
    """see ``STATES``"""
    proposed_by = models.CharField(max_length=100, blank=True, default="")
    proposed_at = models.DateTimeField()
    decided_by = models.CharField(max_length=100, blank=True, default="")
    decided_at = models.DateTimeField(null=True, blank=True)
    """approved or refused"""
    refusal = models.CharField(max_length=200, blank=True, default="")
    """why it was refused"""
    withdrawn_by = models.CharField(max_length=100, blank=True, default="")
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_from = models.DateField(null=True, blank=True)
    """first day on which an approved change has no effect any more: the days before were as it said"""
    withdrawal = models.CharField(max_length=200, blank=True, default="")
    """why it was withdrawn"""
    withdrawal_number = models.CharField(max_length=100, blank=True, default="")

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["last_day", "first_day"], name="calendar_change_days"),
            models.Index(fields=["state"], name="calendar_change_state"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.first_day.isoformat()}"

    @property
    def kind_text(self) -> T:
        """The kind in words."""
        return KINDS[self.kind]  # type: ignore[index]  # a column of text

    @property
    def state_text(self) -> T:
        """The state in words."""
        return STATES[self.state]

    def entry(self) -> CalendarEntry:
        """The change as the rule's calendar and the recorders take it.

        Raises:
            ValidationError: (pydantic's) it is none.
        """
        told: dict[str, Any] = {
            "id": self.id,
            "kind": self.kind,
            "first_day": self.first_day,
            "last_day": self.last_day,
            "windows": tuple((start, end) for start, end in self.windows),
            "moved_to": self.moved_to,
            "reason_ja": self.reason,
            "reason_en": self.reason_en or None,
            "approver_ja": self.approver or "-",
            "document_number": self.document_number or "-",
            "site": (self.site.policy_site or None) if self.site else None,
        }
        return CalendarEntry.model_validate(told)

    def last_effective(self) -> date | None:
        """The last day on which it had effect, None where it never had."""
        if self.state == "approved":
            return self.last_day
        if self.state != "withdrawn" or self.withdrawn_from is None or self.withdrawn_from <= self.first_day:
            return None
        return date.fromordinal(min(self.last_day.toordinal(), self.withdrawn_from.toordinal() - 1))


class Delivery(models.Model):
    """One row: an order of the office that a recorder shall get, or got. Kept and retried while the recorder is away.

    Not a decision: that is entered where it was made, and its receipt in the recorder's ledger.
    """

    recorder = models.ForeignKey("sites.RecorderUnit", models.PROTECT, related_name="deliveries")
    kind = models.CharField(max_length=16)
    """calendar or policy"""
    subject = models.CharField(max_length=26)
    """id of the change or version"""
    withdraws = models.BooleanField(default=False)
    order = models.CharField(max_length=26, blank=True, default="")
    """id of the signed order; empty while the recorder's keys are not known here"""
    waiting_since = models.DateTimeField()
    tried_at = models.DateTimeField(null=True, blank=True)
    delivered_at = models.DateTimeField(null=True, blank=True)
    failure = models.CharField(max_length=5, blank=True, default="")
    """code of why not yet"""
    given_up = models.BooleanField(default=False)
    """the recorder refused it for good: sending it again would change nothing"""

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["kind", "subject"], name="delivery_subject"),
            models.Index(fields=["delivered_at", "recorder"], name="delivery_waiting"),
        ]
