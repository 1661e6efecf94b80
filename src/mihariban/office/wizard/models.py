"""How far the wizard came, what was typed and not sent yet, the floor plan with its cameras."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from mihariban.office.base.stamp import Stamped
from mihariban.office.people.models import Person
from mihariban.office.sites.models import CameraUnit, Site


class Typed(models.Model):
    """One row: what somebody typed into a step and has not sent. It decides nothing, so it has no entry; never a
    password; gone once the step is sent."""

    step = models.CharField(max_length=16, primary_key=True)
    values = models.JSONField()
    at = models.DateTimeField()


class StepState(Stamped):
    """One row: a step that is finished, or was skipped."""

    step = models.CharField(max_length=16, primary_key=True)
    skipped = models.BooleanField(default=False)
    at = models.DateTimeField()
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")


class FloorPlan(models.Model):
    """One row: a floor plan that was uploaded. The picture is DIR/office/plans/<sha256>.png; the newest one counts."""

    site = models.ForeignKey(Site, models.PROTECT, related_name="plans")
    sha256 = models.CharField(max_length=64)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    at = models.DateTimeField()
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")


class CameraMark(Stamped):
    """One row: where a camera hangs on a plan, and where it looks."""

    plan = models.ForeignKey(FloorPlan, models.PROTECT, related_name="marks")
    camera = models.ForeignKey(CameraUnit, models.PROTECT, related_name="marks")
    x = models.FloatField()
    """fraction of the plan's width, from the left"""
    y = models.FloatField()
    """fraction of the plan's height, from above"""
    direction = models.FloatField()
    """degrees clockwise from the top of the drawing"""

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["plan", "camera"], name="mark_once")]
