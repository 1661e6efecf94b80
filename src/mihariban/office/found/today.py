"""What things found ask for today."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.urls import reverse

from mihariban.office.base.acting import Acting
from mihariban.office.base.text import T
from mihariban.office.found.policy import FOUND
from mihariban.office.found.shelf import kept
from mihariban.office.today.tasks import Task

LONG = timedelta(days=7)
"""Our own reminder; the rule names no time."""


def tasks(acting: Acting, now: datetime) -> Iterator[Task]:
    """Things that have lain here for more than a week."""
    if not FOUND.may_enter(acting):
        return
    old = kept().filter(found_at__lt=now - LONG)
    count = old.count()
    if count:
        title = T("忘れ物・不良紙 {n} 件が 1 週間を過ぎた", "{n} things kept for more than a week").format(n=count)
        yield Task(title, "warning", f"{reverse('found:list')}?state=kept", old[0].found_at + LONG)
