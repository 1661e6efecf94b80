"""Kiosks, cameras, recorders as far as the office must know them, and what was heard of the recorders."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from mihariban.office.base.stamp import Stamped
from mihariban.office.base.text import T


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


class SeenEvent(models.Model):
    """One row: an entry of a recorder's ledger that the office took in. Texts behind commitments are not copied: the
    recorder erases them in time, and a copy would stay."""

    recorder = models.ForeignKey(RecorderUnit, models.PROTECT, related_name="events")
    seq = models.PositiveBigIntegerField()
    """its number in the recorder's ledger; numbers have no holes"""
    tag = models.CharField(max_length=64)
    """see ``ledger.tags``; a later recorder may write tags that we do not know"""
    outcome = models.CharField(max_length=16)
    at = models.DateTimeField()
    facts = models.JSONField()
    """the entry's object"""

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["recorder", "seq"], name="event_once")]
        indexes: ClassVar = [
            models.Index(fields=["at"], name="event_at"),
            models.Index(fields=["tag", "at"], name="event_tag_at"),
        ]


class SeenVisit(models.Model):
    """One row: a visit as its recorder lists it. Once the recorder lists it no longer only date, hour and seconds stay,
    as in the recorder itself."""

    recorder = models.ForeignKey(RecorderUnit, models.PROTECT, related_name="visits")
    camera = models.CharField(max_length=64)
    visit = models.CharField(max_length=40, null=True)
    """its id at the recorder; None once it shrank"""
    day = models.DateField()
    """in the office's zone"""
    hour = models.PositiveSmallIntegerField()
    started = models.DateTimeField(null=True)
    """None once it shrank"""
    ended = models.DateTimeField(null=True)
    """None while somebody is there, and once it shrank"""
    expires = models.DateTimeField(null=True)
    seconds = models.FloatField(default=0.0)
    """how long somebody was there"""
    state = models.CharField(max_length=16)
    """recording, kept, held, expired, erased, lost as the recorder says; shrunk; missing: it vanished too early;
    sample: of a demo, no recorder told it"""
    handover = models.BooleanField(default=False)
    """the next person stood there before the last one had left; False once it shrank"""
    queued = models.BooleanField(default=False)
    """it began within 30 s after the one before; once it shrank it is counted in ``QueuedHour`` instead"""

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["recorder", "visit"], name="visit_once")]
        indexes: ClassVar = [
            models.Index(fields=["day", "hour"], name="visit_day"),
            models.Index(fields=["started"], name="visit_started"),
        ]


class QueuedHour(models.Model):
    """One row: how many of the visits of an hour that shrank had followed the one before within 30 s. A count, because
    what shrank has no moments any more."""

    recorder = models.ForeignKey(RecorderUnit, models.PROTECT, related_name="queued_hours")
    camera = models.CharField(max_length=64)
    day = models.DateField()
    hour = models.PositiveSmallIntegerField()
    count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["recorder", "camera", "day", "hour"], name="queued_hour_once")
        ]


class SeenStatus(models.Model):
    """One row: a recorder as it said last, and whether it answers."""

    recorder = models.OneToOneField(RecorderUnit, models.PROTECT, primary_key=True, related_name="seen")
    at = models.DateTimeField(null=True)
    """when it answered last; None before the first time"""
    tried = models.DateTimeField()
    """when it was asked last"""
    reachable = models.BooleanField()
    since = models.DateTimeField()
    """since when it has been so"""
    why = models.CharField(max_length=16, blank=True, default="")
    """code of the error where it does not answer"""
    state = models.CharField(max_length=16, blank=True, default="")
    """ok, warning, failing: at ``at``"""
    json = models.JSONField(default=dict)
    """the status that it told at ``at`` (``recorder.contract.facts.Status``)"""
    figures = models.JSONField(default=dict)
    """its metrics at ``at``: see ``sites.figures.Figures``"""
    holds = models.JSONField(default=list)
    """what it holds now: id, camera, review (ISO 8601); taken in with the visits"""
    visits_at = models.DateTimeField(null=True)
    """when its visits were taken in last"""
    visits_mark = models.CharField(max_length=200, blank=True, default="")
    """what the figures said of visits then"""
    cosigned_at = models.DateTimeField(null=True)
    """when the ledgers were exchanged last"""
    cosign_tried = models.DateTimeField(null=True)


class SeenFinding(models.Model):
    """One row: something that is not as it should be, found by a recorder or by the office about it."""

    recorder = models.ForeignKey(RecorderUnit, models.PROTECT, related_name="findings")
    code = models.CharField(max_length=64)
    """the recorder's code; those of the office itself begin with ``office_``, see ``sites.alarms``"""
    camera = models.CharField(max_length=64, blank=True, default="")
    """empty where it concerns the recorder"""
    severity = models.CharField(max_length=16, default="warning")
    """alarm: act now; warning: look at it soon"""
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)
    """None while it lasts"""
    ja = models.TextField()
    en = models.TextField()
    figures = models.JSONField(default=dict)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["recorder", "code", "camera"], condition=models.Q(until=None), name="finding_open_once"
            )
        ]
        indexes: ClassVar = [models.Index(fields=["until", "since"], name="finding_until")]

    @property
    def text(self) -> T:
        """What is wrong, in both languages."""
        return T(self.ja, self.en)
