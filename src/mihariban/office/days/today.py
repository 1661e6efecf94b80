"""Changes of days that wait for a decision, and orders that have not reached their recorder, for today's screen."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from django.db.models import Count, Min, Q
from django.urls import reverse
from django.utils import timezone

from mihariban.office.base.acting import Acting
from mihariban.office.base.dates import day_of
from mihariban.office.base.policy import by_role
from mihariban.office.base.text import T
from mihariban.office.days.models import CalendarChange, Delivery
from mihariban.office.days.policy import DAYS
from mihariban.office.today.tasks import State, Task

SHOWN = 5
"""More than these are one line more."""
TOLD = timedelta(days=7)
"""So long an order that a recorder refused for good is told; sending it again would not help."""
_LISTS = {"calendar": "days:changes", "policy": "rule:versions"}
_WHAT = {"calendar": T("稼働日の変更", "change of days"), "policy": T("要綱の版", "version of the rule")}


def tasks(acting: Acting, now: datetime) -> Iterator[Task]:
    """What the manager decides, the next day first; what waits for a recorder, by recorder."""
    yield from _proposed(acting, now)
    if by_role(acting, "manager", "deputy", "operator", "it"):  # the others cannot send anything
        yield from _waiting()
        yield from _refused(now)


def _proposed(acting: Acting, now: datetime) -> Iterator[Task]:
    if not DAYS.may_put(acting):  # who decides without being asked decides what was asked
        return
    rows = list(CalendarChange.objects.filter(state="proposed").order_by("first_day", "id")[: SHOWN + 1])
    for change in rows[:SHOWN]:
        title = T("{d} の{k}の申し出を決める", "Decide the {k} asked for {d}")
        title = title.format(d=change.first_day.isoformat(), k=change.kind_text)
        late = change.first_day < day_of(now)
        detail = T("日が過ぎたので承認はできません", "Its day has passed: it cannot be approved") if late else None
        state: State = "late" if late else "due"
        yield Task(title, state, reverse("days:change", args=[change.pk]), _midnight(change.first_day), detail)
    if len(rows) > SHOWN:
        yield Task(T("ほかの申し出を決める", "Decide the others"), "due", f"{reverse('days:changes')}?state=proposed")


def _waiting() -> Iterator[Task]:
    rows = Delivery.objects.filter(delivered_at=None, given_up=False).values("recorder", "kind").order_by()
    told = rows.annotate(n=Count("pk"), since=Min("waiting_since"), unsigned=Count("pk", filter=Q(order="")))
    for row in told.order_by("recorder", "kind"):
        title = T("{w} {n} 件が録画装置 {r} に届いていない", "{r} has not got {n} x {w} yet")
        title = title.format(w=_WHAT[row["kind"]], n=row["n"], r=row["recorder"])
        yield Task(title, "warning", reverse(_LISTS[row["kind"]]), row["since"], _why(row["unsigned"]))


def _why(unsigned: int) -> T:
    if unsigned:
        return T(
            "録画装置の鍵がここにないものがあります。情報システム担当者に頼んでください",
            "The recorder's keys are not here for some of them. Ask the IT staff",
        )
    return T("つながりしだい送ります", "Sent as soon as it can be reached")


def _refused(now: datetime) -> Iterator[Task]:
    rows = Delivery.objects.filter(given_up=True, delivered_at=None, tried_at__gt=now - TOLD).values("recorder", "kind")
    for row in rows.order_by().annotate(n=Count("pk"), since=Min("tried_at")).order_by("recorder", "kind"):
        title = T("録画装置 {r} が{w} {n} 件を受け付けない", "{r} refuses {n} x {w}")
        title = title.format(w=_WHAT[row["kind"]], n=row["n"], r=row["recorder"])
        detail = T("決め直すと新しい指示が届きます", "Decide it anew: a new order is sent")
        yield Task(title, "alarm", reverse(_LISTS[row["kind"]]), row["since"], detail)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), timezone.get_default_timezone())
