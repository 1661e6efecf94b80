"""Keys of the recorder case, their uses, corrections of them, counts, and openings without a key."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import ClassVar

from django.db import models

from mihariban.office.base.stamp import Stamped
from mihariban.office.people.models import Person
from mihariban.office.sites.models import RecorderUnit

AROUND = timedelta(minutes=15)
"""The clock on the wall and the recorder's differ: an event this near to a use belongs to it."""


class KeyLimit(Stamped):
    """One row, number 1: how long a key may be out. No rule that we read names a limit; it is a setting of this app."""

    minutes = models.PositiveIntegerField(default=120)
    mail = models.EmailField(blank=True, default="")
    """who is written when a key is out too long; empty: who acts as manager, as far as an address is known"""


class Key(Stamped):
    """One row: a hook on the key board with what hangs on it. It goes out and comes back as a whole."""

    label = models.CharField(max_length=60)
    opens = models.CharField(max_length=200)
    hangs = models.CharField(max_length=200)
    """where it hangs, in the rule's noun: 鍵保管庫"""
    pieces = models.PositiveSmallIntegerField(default=1)
    recorder = models.ForeignKey(RecorderUnit, models.PROTECT, null=True, blank=True, related_name="keys")
    """whose case it opens; None: all cases"""
    since = models.DateTimeField()
    """when it was registered"""
    retired_at = models.DateTimeField(null=True, blank=True)
    retired_why = models.CharField(max_length=500, blank=True, default="")

    class Meta:
        indexes: ClassVar = [models.Index(fields=["retired_at", "label"], name="key_in_use")]

    def __str__(self) -> str:
        return self.label


class KeyUse(Stamped):
    """One row: a key went out, and came back or not yet."""

    key = models.ForeignKey(Key, models.PROTECT, related_name="uses")
    holder = models.ForeignKey(Person, models.PROTECT, related_name="+")
    role = models.CharField(max_length=16)
    """the holder's on that day, see ``base.acting.Role``"""
    purpose = models.CharField(max_length=16)
    """see ``purposes.PURPOSES``"""
    companion = models.CharField(max_length=100, blank=True, default="")
    out_at = models.DateTimeField()
    in_at = models.DateTimeField(null=True, blank=True)
    """None while it is out"""
    opened = models.BooleanField(null=True)
    """whether the case was opened; None while it is out"""
    lamp_before = models.CharField(max_length=8, blank=True, default="")
    """recording lamp: on, off; empty where nobody looked"""
    lamp_after = models.CharField(max_length=8, blank=True, default="")
    seal = models.CharField(max_length=40, blank=True, default="")
    """number of the seal left on the case"""
    remark = models.CharField(max_length=1000, blank=True, default="")
    corrections = models.PositiveSmallIntegerField(default=0)
    overdue_at = models.DateTimeField(null=True, blank=True)
    """when it was first reminded of"""
    mailed_at = models.DateTimeField(null=True, blank=True)
    """when the mail about it went out; set before, and taken back where the server did not take it"""
    mail_tried_at = models.DateTimeField(null=True, blank=True)
    entered_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    brought_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    """who entered that it came back"""
    confirmed_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["key"], condition=models.Q(in_at=None), name="key_out_once")
        ]
        indexes: ClassVar = [
            models.Index(fields=["-out_at", "-id"], name="key_use_out"),
            models.Index(fields=["in_at", "out_at"], name="key_use_in"),
        ]

    def overdue(self, now: datetime, limit: timedelta) -> bool:
        """Whether it is out longer than it may be."""
        return self.in_at is None and now - self.out_at > limit


class KeyCorrection(models.Model):
    """One row: what a use said before it was corrected. Never changed."""

    use = models.ForeignKey(KeyUse, models.PROTECT, related_name="corrected")
    field = models.CharField(max_length=16)
    before = models.CharField(max_length=1000, blank=True)
    after = models.CharField(max_length=1000, blank=True)
    reason = models.CharField(max_length=500)
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField()


class KeyCount(models.Model):
    """One row: a key was counted. A second count of the day stands beside the first; the last one counts."""

    key = models.ForeignKey(Key, models.PROTECT, related_name="counts")
    day = models.DateField()
    at = models.DateTimeField()
    expected = models.PositiveSmallIntegerField()
    """pieces that should hang there: none while the key is out"""
    found = models.PositiveSmallIntegerField()
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    remark = models.CharField(max_length=1000, blank=True, default="")

    class Meta:
        indexes: ClassVar = [models.Index(fields=["key", "-at"], name="key_count_last")]


class Opening(Stamped):
    """One row: the recorder was stopped, started or its disk changed, and no key was out around it. Events of one
    recorder that follow each other within a quarter of an hour are one opening."""

    recorder = models.ForeignKey(RecorderUnit, models.PROTECT, related_name="openings")
    first = models.DateTimeField()
    last = models.DateTimeField()
    tags = models.JSONField(default=list)
    """of its events, in order, see ``ledger.tags``"""
    explained_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    explained_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=1000, blank=True, default="")

    class Meta:
        indexes: ClassVar = [models.Index(fields=["explained_at", "first"], name="opening_open")]


class Judged(models.Model):
    """One row: up to which entry a recorder's events were held against the uses."""

    recorder = models.OneToOneField(RecorderUnit, models.PROTECT, primary_key=True, related_name="+")
    seq = models.BigIntegerField()
