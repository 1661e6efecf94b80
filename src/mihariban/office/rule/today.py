"""Versions of the rule that wait for a decision, or that are about to take force, for today's screen."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from mihariban.office.base.acting import Acting
from mihariban.office.base.dates import day_of
from mihariban.office.base.text import T
from mihariban.office.rule.models import RuleVersion
from mihariban.office.rule.policy import RULES
from mihariban.office.today.tasks import State, Task

AHEAD = timedelta(days=14)
"""So long before its date a version is told: signs and papers may have to change with it."""
SHOWN = 5


def tasks(acting: Acting, now: datetime) -> Iterator[Task]:
    """Proposals, for who decides or may take them back; versions of the next two weeks and of today, for everybody."""
    if not RULES.may_see(acting):
        return
    day = day_of(now)
    soon = Q(state="approved", effective_from__range=(day, day + AHEAD))
    rows = RuleVersion.objects.defer("text").filter(Q(state="proposed") | soon)
    for version in rows.order_by("effective_from", "version", "id")[: 2 * SHOWN]:
        if version.state == "approved":
            yield _coming(version, day)
        elif RULES.may_decide(acting, version):
            yield _proposed(version, day)


def _proposed(version: RuleVersion, day: date) -> Task:
    late = version.effective_from is None or version.effective_from < day
    title = T("要綱第{v}版の申し出を決める", "Decide the proposed version {v} of the rule").format(v=version.version)
    detail = T("施行日を過ぎたので承認はできません", "Its date has passed: it cannot be approved") if late else None
    state: State = "late" if late else "due"
    return Task(title, state, _address(version), _midnight(version.effective_from), detail)


def _coming(version: RuleVersion, day: date) -> Task:
    if version.effective_from == day:
        title = T("要綱第{v}版が今日から施行", "Version {v} of the rule takes force today").format(v=version.version)
        return Task(title, "done", _address(version), _midnight(day))
    title = T("要綱第{v}版が {d} から施行される", "Version {v} of the rule takes force on {d}")
    title = title.format(v=version.version, d=version.effective_from.isoformat() if version.effective_from else "")
    detail = T("表示・お知らせ・研修の準備を確かめます", "See that signs, notices and training are ready for it")
    return Task(title, "due", _address(version), _midnight(version.effective_from), detail)


def _address(version: RuleVersion) -> str:
    return reverse("rule:version", args=[version.pk])


def _midnight(day: date | None) -> datetime | None:
    return datetime.combine(day, time(), timezone.get_default_timezone()) if day else None
