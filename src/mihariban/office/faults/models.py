"""Faults, what was done about them, gaps of footage and disks that belong to them."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from mihariban.office.base.stamp import Stamped


class Fault(Stamped):
    """One row: something of a kiosk does not work."""

    kiosk = models.ForeignKey("sites.Kiosk", models.PROTECT, related_name="faults")
    kind = models.CharField(max_length=16)
    what = models.TextField()
    """what happened, in the words of whoever noticed"""
    error_code = models.CharField(max_length=40, blank=True, default="")
    """what the machine shows"""
    since = models.DateTimeField()
    """when it broke, as far as known"""
    source = models.CharField(max_length=16)
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey("people.Person", models.PROTECT, null=True, related_name="+")
    """None: the office itself, on a finding of a recorder"""
    state = models.CharField(max_length=16, default="open")

    expected = models.CharField(max_length=60, blank=True, default="")
    """when it is expected to work again, as users are told"""
    told_at = models.DateTimeField(null=True)
    """when users were told first"""
    vendor_at = models.DateTimeField(null=True)
    """when the vendor was reached first, by mail or by phone"""

    data_at_risk = models.TextField(blank=True, default="")
    """personal data at risk: paper left in the machine, footage lost; empty: none"""
    cause = models.TextField(blank=True, default="")
    repair = models.TextField(blank=True, default="")
    repaired_at = models.DateTimeField(null=True)
    test = models.TextField(blank=True, default="")
    """how it was tried before it went back into service"""
    restored_at = models.DateTimeField(null=True)
    confirmed_at = models.DateTimeField(null=True)
    confirmed_by = models.ForeignKey("people.Person", models.PROTECT, null=True, related_name="+")

    recorder = models.CharField(max_length=64, blank=True, default="")
    camera = models.CharField(max_length=64, blank=True, default="")
    finding = models.CharField(max_length=64, blank=True, default="")
    """code of the recorder's finding from which it was opened"""

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["recorder", "camera", "finding", "since"],
                condition=~models.Q(finding=""),
                name="fault_finding_once",
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=["state", "kiosk"], name="fault_state"),
            models.Index(fields=["-since"], name="fault_since"),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def is_stopped(self) -> bool:
        """Whether the kiosk is out of service for this fault now."""
        return any(span.ended is None for span in self.stoppages.all())


class Stoppage(models.Model):
    """One row: a span in which the kiosk was out of service for a fault."""

    fault = models.ForeignKey(Fault, models.PROTECT, related_name="stoppages")
    began = models.DateTimeField()
    ended = models.DateTimeField(null=True)
    """None while it lasts"""

    class Meta:
        ordering: ClassVar = ["began", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["fault"], condition=models.Q(ended=None), name="stoppage_open_once")
        ]
        indexes: ClassVar = [models.Index(fields=["ended", "began"], name="stoppage_span")]


class Step(models.Model):
    """One row: something that was done or said about a fault. Rows are added, never changed."""

    fault = models.ForeignKey(Fault, models.PROTECT, related_name="steps")
    sort = models.CharField(max_length=16)
    at = models.DateTimeField()
    """when it happened"""
    entered_at = models.DateTimeField()
    by = models.ForeignKey("people.Person", models.PROTECT, null=True, related_name="+")
    spoken_to = models.CharField(max_length=100, blank=True, default="")
    text = models.TextField(blank=True, default="")

    class Meta:
        ordering: ClassVar = ["at", "pk"]


class FaultGap(models.Model):
    """One row: a camera was not watched because of the fault: the gap as its recorder numbers it."""

    fault = models.ForeignKey(Fault, models.PROTECT, related_name="gaps")
    recorder = models.CharField(max_length=64)
    camera = models.CharField(max_length=64)
    gap = models.PositiveBigIntegerField()
    began = models.DateTimeField()
    ended = models.DateTimeField(null=True)
    """None: it lasted when it was linked; the recorder's own entry of its end is shown where the office has heard it"""

    class Meta:
        ordering: ClassVar = ["began", "pk"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["fault", "recorder", "gap"], name="fault_gap_once")]


class TakenDisk(Stamped):
    """One row: a disk with footage that was taken out of a recorder and has to be erased."""

    fault = models.ForeignKey(Fault, models.PROTECT, related_name="disks")
    serial = models.CharField(max_length=60)
    state = models.CharField(max_length=16, default="taken")
    taken_at = models.DateTimeField()
    taken_by = models.CharField(max_length=100)
    kept_at = models.CharField(max_length=100)
    """where it lies until it is handed over"""
    handed_at = models.DateTimeField(null=True)
    handed_to = models.CharField(max_length=100, blank=True, default="")
    erased_at = models.DateTimeField(null=True)
    method = models.CharField(max_length=100, blank=True, default="")
    certificate = models.CharField(max_length=60, blank=True, default="")
    """number of the certificate of erasure"""

    class Meta:
        ordering: ClassVar = ["taken_at", "pk"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["fault", "serial"], name="disk_once")]
