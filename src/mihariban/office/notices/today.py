"""Signs that are missing, worn, or not looked at for long, for today's screen."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse

from mihariban.office.base.acting import Acting
from mihariban.office.base.text import T
from mihariban.office.notices.models import Sign
from mihariban.office.notices.policy import NOTICES
from mihariban.office.sites.models import CameraUnit
from mihariban.office.today.tasks import Task

EVERY = timedelta(days=365)
"""After so long somebody shall look at a sign again; the rule leaves it open."""


def tasks(acting: Acting, now: datetime) -> Iterator[Task]:
    """Cameras without a sign, and signs that want a hand."""
    if not NOTICES.may_hang(acting):
        return
    hanging = Sign.objects.filter(removed=None).exclude(state="gone")
    bare = CameraUnit.objects.filter(~Exists(hanging.filter(Q(camera=OuterRef("pk")) | Q(camera=None))))
    for camera in bare.order_by("pk"):
        title = T("カメラ {c} の「作動中」の表示を掲げる", "Hang a sign at camera {c}").format(c=camera.camera)
        yield Task(title, "due", reverse("notices:hang"))
    for sign in Sign.objects.filter(removed=None).order_by("pk"):
        url, place = reverse("notices:sign", args=[sign.pk]), {"p": sign.place}
        if sign.state != "good":
            yield Task(T("表示を直す（{p}）", "Mend the sign ({p})").format(**place), "late", url, sign.checked_at)
        elif sign.since <= (now - EVERY).date() and (sign.checked_at is None or sign.checked_at <= now - EVERY):
            yield Task(T("表示を見て確かめる（{p}）", "Look at the sign ({p})").format(**place), "due", url)
