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
        yield from _orders(now)


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


def _orders(now: datetime) -> Iterator[Task]:
    """By recorder and kind, counted by the database: those that wait, and those that were refused for good."""
    recent = Q(given_up=False) | Q(tried_at__gt=now - TOLD)
    rows = Delivery.objects.filter(recent, delivered_at=None).values("recorder", "kind", "given_up").order_by()
    told = rows.annotate(
        n=Count("pk"), since=Min("waiting_since"), tried=Min("tried_at"), unsigned=Count("pk", filter=Q(order=""))
    )
    for row in told.order_by("given_up", "recorder", "kind"):
        facts = {"w": _WHAT[row["kind"]], "n": row["n"], "r": row["recorder"]}
        address = reverse(_LISTS[row["kind"]])
        if row["given_up"]:
            yield Task(_REFUSED.format(**facts), "alarm", address, row["tried"], _ANEW)
        else:
            yield Task(_WAITS.format(**facts), "warning", address, row["since"], _NO_KEYS if row["unsigned"] else _SOON)


_WAITS = T("{w} {n} 件が録画装置 {r} に届いていない", "{r} has not got {n} x {w} yet")
_SOON = T("つながりしだい送ります", "Sent as soon as it can be reached")
_NO_KEYS = T(
    "録画装置の鍵がここにないものがあります。情報システム担当者に頼んでください",
    "The recorder's keys are not here for some of them. Ask the IT staff",
)
_REFUSED = T("録画装置 {r} が{w} {n} 件を受け付けない", "{r} refuses {n} x {w}")
_ANEW = T("決め直すと新しい指示が届きます", "Decide it anew: a new order is sent")


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), timezone.get_default_timezone())
