"""Versions of the rule."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from django.db import models

from mihariban.office.base.stamp import Stamped
from mihariban.office.base.text import T

STATES: dict[str, T] = {
    "proposed": T("申出中", "Proposed"),
    "approved": T("決定", "Approved"),
    "refused": T("不承認", "Refused"),
    "retracted": T("取下げ", "Retracted"),
}
COMING, IN_FORCE, SUPERSEDED = T("施行前", "Coming"), T("施行中", "In force"), T("旧版", "Superseded")


class RuleVersion(Stamped):
    """One row: a text of the rule, as it was proposed. Its text never changes, and no row is deleted: what is in force
    on a day follows from the dates of the approved ones."""

    id = models.CharField(max_length=26, primary_key=True)
    rule = models.CharField(max_length=100)
    """id of the rule"""
    version = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    """of the text in UTF-8"""
    text = models.TextField()
    """TOML"""
    effective_from = models.DateField(null=True)
    """None: since before anybody wrote it down"""
    state = models.CharField(max_length=16, default="proposed")
    """see ``STATES``"""
    why = models.CharField(max_length=500, blank=True, default="")
    proposed_by = models.CharField(max_length=100, blank=True, default="")
    proposed_at = models.DateTimeField()
    approver = models.CharField(max_length=100, blank=True, default="")
    """post that decided"""
    document_number = models.CharField(max_length=100, blank=True, default="")
    decided_by = models.CharField(max_length=100, blank=True, default="")
    decided_at = models.DateTimeField(null=True, blank=True)
    refusal = models.CharField(max_length=200, blank=True, default="")
    """why it was refused or retracted"""

    class Meta:
        indexes: ClassVar = [models.Index(fields=["state", "version"], name="rule_version_state")]

    def __str__(self) -> str:
        return f"{self.rule} {self.version}"

    def state_on(self, day: date, in_force: str) -> T:
        """The state in words on a day.

        Args:
            in_force: hash of the version in force that day.
        """
        if self.state != "approved":
            return STATES[self.state]
        if self.sha256 == in_force:
            return IN_FORCE
        return COMING if self.effective_from is not None and self.effective_from > day else SUPERSEDED
