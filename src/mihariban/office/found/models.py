"""Things left and papers gone wrong, and corrections of what was entered."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from mihariban.office.base.stamp import Stamped
from mihariban.office.people.models import Person
from mihariban.office.sites.models import Kiosk

TEXTS = ("what", "kept_at", "how", "remark")
"""Free texts: erased some time after the thing is gone."""


class FoundSetting(Stamped):
    """One row, number 1. The rule names neither; article 6(3) makes the manager answer for both."""

    text_days = models.PositiveIntegerField(default=365)
    """days after which the texts of a thing that is gone are erased"""
    witnesses = models.PositiveSmallIntegerField(default=1)
    """of a destruction"""


class Thing(Stamped):
    """One row: something that was left at a kiosk, or that a kiosk spoilt. No name or number of a citizen."""

    fiscal = models.PositiveSmallIntegerField()
    """the fiscal year, from April, in which it was entered"""
    n = models.PositiveIntegerField()
    """its number in that year"""
    kind = models.CharField(max_length=16)
    """see ``words.KINDS``"""
    kiosk = models.ForeignKey(Kiosk, models.PROTECT, null=True, blank=True, related_name="things")
    found_at = models.DateTimeField()
    finder = models.ForeignKey(Person, models.PROTECT, related_name="+")
    what = models.CharField(max_length=200, blank=True, default="")
    pieces = models.PositiveSmallIntegerField(default=1)
    yen = models.PositiveIntegerField(null=True, blank=True)
    """where it is money"""
    kept_at = models.CharField(max_length=200, blank=True, default="")
    remark = models.CharField(max_length=1000, blank=True, default="")
    state = models.CharField(max_length=16, default="kept")
    """see ``words.STATES``"""
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    recognised = models.CharField(max_length=16, blank=True, default="")
    """kind of the identification, never its number; see ``words.RECOGNISED``"""
    how = models.CharField(max_length=200, blank=True, default="")
    """how it was recognised whose it is"""
    method = models.CharField(max_length=16, blank=True, default="")
    """of the destruction, see ``words.METHODS``"""
    witness = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    witness2 = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    station = models.CharField(max_length=100, blank=True, default="")
    """police station"""
    receipt = models.CharField(max_length=60, blank=True, default="")
    """number that the police gave"""
    entered_at = models.DateTimeField()
    corrections = models.PositiveSmallIntegerField(default=0)
    commitments = models.JSONField(default=list)
    """hashes of its texts beside the ledger, erased with them"""
    forgotten_at = models.DateTimeField(null=True)
    """when its texts were erased"""

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["fiscal", "n"], name="thing_number")]
        indexes: ClassVar = [
            models.Index(fields=["-found_at", "-id"], name="thing_found"),
            models.Index(fields=["state", "closed_at"], name="thing_state"),
            models.Index(fields=["forgotten_at", "closed_at"], name="thing_forget"),
        ]

    @property
    def number(self) -> str:
        """2026-014: year and number."""
        return f"{self.fiscal}-{self.n:03}"

    def __str__(self) -> str:
        return self.number


class ThingCorrection(models.Model):
    """One row: what was written before it was corrected. Its texts are erased with the thing's."""

    thing = models.ForeignKey(Thing, models.PROTECT, related_name="corrected")
    field = models.CharField(max_length=16)
    before = models.CharField(max_length=1000, blank=True)
    after = models.CharField(max_length=1000, blank=True)
    reason = models.CharField(max_length=500, blank=True)
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField()
