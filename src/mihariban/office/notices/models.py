"""Whom the public can ask, and where signs hang."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from mihariban.office.base.stamp import Stamped
from mihariban.office.base.text import T

SIZES: dict[str, T] = {
    "a4": T("A4（掲示）", "A4 (poster)"),
    "a5": T("A5（掲示・横）", "A5 (poster, across)"),
    "sticker": T("ステッカー（100×70 mm）", "Sticker (100×70 mm)"),
}
STATES: dict[str, T] = {
    "good": T("読める・正しい", "Legible and right"),
    "worn": T("汚れ・はがれ・古い内容", "Worn, peeling, or out of date"),
    "gone": T("なくなっていた", "Gone"),
}


class Contact(Stamped):
    """One row: whom the public can ask, as signs and the public page say it. A section, never a person."""

    section = models.CharField(max_length=100)
    section_en = models.CharField(max_length=100, blank=True, default="")
    phone = models.CharField(max_length=50, blank=True, default="")
    mail = models.EmailField(blank=True, default="")
    post_en = models.CharField(max_length=100, blank=True, default="")
    """the manager's post in English: the rule names it in Japanese"""
    purpose_en = models.CharField(max_length=500, blank=True, default="")
    """the purpose in English, as the city translates it"""
    place_en = models.CharField(max_length=200, blank=True, default="")
    """where the kiosks stand, in English"""


class Sign(Stamped):
    """One row: a sign that hangs, or hung."""

    size = models.CharField(max_length=16)
    """see ``SIZES``"""
    camera = models.ForeignKey("sites.CameraUnit", models.PROTECT, null=True, blank=True, related_name="signs")
    """None: for the whole place"""
    place = models.CharField(max_length=200)
    """where it hangs: カメラ本体, 入口の右"""
    since = models.DateField()
    photo = models.CharField(max_length=200, blank=True, default="")
    """date and place of the photograph that shows it, as the file of papers has it"""
    checked_at = models.DateTimeField(null=True)
    """of the newest check"""
    state = models.CharField(max_length=16, default="good")
    """as the newest check found it; see ``STATES``"""
    removed = models.DateField(null=True)
    """None while it hangs"""

    class Meta:
        indexes: ClassVar = [models.Index(fields=["removed", "since"], name="sign_removed")]

    def __str__(self) -> str:
        return f"{self.pk} {self.place}"

    @property
    def size_text(self) -> T:
        """The size in words."""
        return SIZES.get(self.size, T(self.size, self.size))

    @property
    def state_text(self) -> T:
        """The state in words; a sign that was taken down has none."""
        if self.removed is not None:
            return T("外した", "Taken down")
        if self.checked_at is None:
            return T("まだ確かめていない", "Not looked at yet")
        return STATES.get(self.state, T(self.state, self.state))


class SignCheck(models.Model):
    """One row: somebody looked at a sign."""

    sign = models.ForeignKey(Sign, models.PROTECT, related_name="checks")
    at = models.DateTimeField()
    by = models.CharField(max_length=100)
    state = models.CharField(max_length=16)
    note = models.CharField(max_length=500, blank=True, default="")

    class Meta:
        indexes: ClassVar = [models.Index(fields=["sign", "at"], name="sign_check_at")]

    @property
    def state_text(self) -> T:
        """The state in words."""
        return STATES.get(self.state, T(self.state, self.state))
