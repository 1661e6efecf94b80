"""Kiosks, cameras, recorders: the equipment, as far as the office must know it."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from mihariban.office.base.stamp import Stamped


class Site(Stamped):
    """One row: a place with its equipment, as ``site.toml`` names it."""

    id = models.CharField(max_length=64, primary_key=True)
    name = models.CharField(max_length=100, blank=True, default="")
    policy_site = models.CharField(max_length=64, blank=True, default="")
    """the site of the rule to which it belongs; empty where the rule names none"""

    def __str__(self) -> str:
        return self.name or self.id


class RecorderUnit(Stamped):
    """One row: a recorder that this office orders and listens to."""

    id = models.CharField(max_length=64, primary_key=True)
    site = models.ForeignKey(Site, models.PROTECT, related_name="recorders")
    socket = models.CharField(max_length=200, blank=True, default="")
    """path of its local socket; empty where it is called at ``address``"""
    address = models.CharField(max_length=200, blank=True, default="")
    """host:port, over mutual TLS"""
    cursor = models.PositiveBigIntegerField(default=0)
    """number of the next entry of its ledger that the office takes in"""

    def __str__(self) -> str:
        return self.id


class Kiosk(Stamped):
    """One row: a machine that issues certificates."""

    id = models.CharField(max_length=64, primary_key=True)
    site = models.ForeignKey(Site, models.PROTECT, related_name="kiosks")
    name = models.CharField(max_length=100)
    place = models.CharField(max_length=200, blank=True, default="")
    """where it stands, for people: 本庁舎1階ロビー"""

    def __str__(self) -> str:
        return self.name


class CameraUnit(Stamped):
    """One row: a camera of a recorder."""

    camera = models.CharField(max_length=64)
    """its name in ``site.toml``"""
    recorder = models.ForeignKey(RecorderUnit, models.PROTECT, related_name="cameras")
    kiosk = models.ForeignKey(Kiosk, models.PROTECT, null=True, blank=True, related_name="cameras")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["recorder", "camera"], name="camera_once")]

    def __str__(self) -> str:
        return self.camera
