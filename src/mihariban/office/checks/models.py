"""Check sheets, their lines, and corrections."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from mihariban.office.base.stamp import Stamped
from mihariban.office.base.text import T
from mihariban.office.checks.words import refilled


class CheckSheet(Stamped):
    """One row: the check of a kiosk on a day. Without ``signed_at`` and with ``explanation``: it was not checked."""

    kiosk = models.ForeignKey("sites.Kiosk", models.PROTECT, related_name="check_sheets")
    date = models.DateField()
    opens = models.PositiveSmallIntegerField()
    """minute of the day at which the kiosk opens, as it was known when the sheet was signed"""
    due = models.PositiveSmallIntegerField(null=True)
    """minute of the day by which the rule wants the check; None: no deadline"""
    signed_at = models.DateTimeField(null=True)
    signed_by = models.ForeignKey("people.Person", models.PROTECT, null=True, related_name="+")
    late = models.BooleanField(default=False)
    """signed after ``due``"""
    remark = models.TextField(blank=True, default="")
    confirmed_at = models.DateTimeField(null=True)
    confirmed_by = models.ForeignKey("people.Person", models.PROTECT, null=True, related_name="+")
    explanation = models.TextField(blank=True, default="")
    """why there was no check, by the manager"""

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["kiosk", "date"], name="sheet_once")]
        indexes: ClassVar = [models.Index(fields=["date"], name="sheet_date")]


class CheckLine(models.Model):
    """One row: an item of a sheet, with the item's words as the rule had them that day."""

    sheet = models.ForeignKey(CheckSheet, models.PROTECT, related_name="lines")
    number = models.PositiveSmallIntegerField()
    item = models.CharField(max_length=64)
    title_ja = models.CharField(max_length=200)
    title_en = models.CharField(max_length=200, blank=True, default="")
    state = models.CharField(max_length=16, default="not_done")
    """ok, not_ok, not_done"""
    remark = models.TextField(blank=True, default="")
    amount = models.PositiveIntegerField(null=True)
    """how much was put in, of an item of ``words.SUPPLIES``; None: nothing was said"""
    fact_ja = models.TextField(blank=True, default="")
    """what the system saw when the sheet was signed"""
    fact_en = models.TextField(blank=True, default="")
    fact_at = models.DateTimeField(null=True)
    fact_good = models.BooleanField(null=True)
    """None: the system saw nothing, or too long ago"""
    fault = models.ForeignKey("faults.Fault", models.PROTECT, null=True, related_name="check_lines")

    class Meta:
        ordering: ClassVar = ["number"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["sheet", "item"], name="line_once")]

    @property
    def title(self) -> T:
        """The item in both languages."""
        return T(self.title_ja, self.title_en or self.title_ja)

    @property
    def fact(self) -> T:
        """What the system saw."""
        return T(self.fact_ja, self.fact_en)

    @property
    def refilled(self) -> T | None:
        """What was put in, in words."""
        return refilled(self.item, self.amount)

    @property
    def contradicts(self) -> bool:
        """Whether the operator said otherwise than the system."""
        return self.fact_good is not None and self.state != "not_done" and self.fact_good != (self.state == "ok")


class CheckCorrection(models.Model):
    """One row: a line of a signed sheet as it was before somebody corrected it. Rows are added, never changed."""

    line = models.ForeignKey(CheckLine, models.PROTECT, related_name="corrections")
    at = models.DateTimeField()
    by = models.ForeignKey("people.Person", models.PROTECT, null=True, related_name="+")
    state = models.CharField(max_length=16)
    remark = models.TextField(blank=True, default="")
    amount = models.PositiveIntegerField(null=True)
    reason = models.TextField()

    class Meta:
        ordering: ClassVar = ["at", "pk"]
