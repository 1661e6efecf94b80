"""What today's screen is told of changes and of orders on their way."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from django.db import connection
from django.test.utils import CaptureQueriesContext

from mihariban.base.clock import DAY, TurnedClock
from mihariban.office.base.acting import Acting
from mihariban.office.base.dates import now
from mihariban.office.days.actions.approve_change import approve_change
from mihariban.office.days.models import CalendarChange, Delivery
from mihariban.office.days.today import SHOWN, tasks
from mihariban.office.sites.models import RecorderUnit, Site
from tests.office.days.changes import closure, enter

Someone = Callable[..., Acting]
FRIDAY = date(2026, 11, 27)


def _told(acting: Acting) -> list[tuple[str, str]]:
    return [(task.url, task.state) for task in tasks(acting, now())]


def test_a_wish_waits_for_the_manager(someone: Someone, office_clock: TurnedClock) -> None:
    """Nobody else is asked; when its day has passed it can only be refused; decided, it is told no more."""
    clerk, manager = someone("operator"), someone("manager", name="例 一郎")
    change = enter(closure(FRIDAY), clerk)
    address = f"/days/changes/{change.pk}/"
    assert _told(manager) == [(address, "due")]
    (task,) = tasks(manager, now())
    assert (
        task.when is not None and task.when.ja == "令和8年11月27日（2026-11-27） 00:00 まで" and "休止" in task.title.ja
    )
    assert all(_told(someone(role)) == [] for role in ("operator", "auditor", "it", "vendor"))
    office_clock.turn(5 * DAY)
    assert _told(manager) == [(address, "late")]
    late = enter(closure(date(2026, 12, 1)), clerk)
    approve_change(late, acting=manager, approver="市長", document_number="1", stamp=late.stamp, deliver=False)
    assert _told(manager) == [(address, "late")]


def test_orders_that_wait_are_told_by_recorder_and_kind(someone: Someone, office_clock: TurnedClock) -> None:
    """Until they are there; one that was refused for good for a week; to those alone who can do something."""
    site = Site.objects.create(id="s")
    one, two = (RecorderUnit.objects.create(id=name, site=site) for name in ("r1", "r2"))
    began = now()
    for recorder, kind, order in ((one, "calendar", "A"), (one, "calendar", ""), (two, "policy", "B")):
        Delivery.objects.create(recorder=recorder, kind=kind, subject="x", order=order, waiting_since=began)
    manager = someone("manager")
    first, second = tasks(manager, now())
    assert (first.title.ja, first.state, first.since) == (
        "稼働日の変更 2 件が録画装置 r1 に届いていない",
        "warning",
        began,
    )
    assert first.detail is not None and "鍵" in first.detail.ja
    assert (second.url, second.state) == ("/rule/versions/", "warning")
    assert second.detail is not None and "鍵" not in second.detail.ja
    assert len(_told(someone("it"))) == 2 and _told(someone("auditor")) == _told(someone("vendor")) == []
    Delivery.objects.filter(recorder=one).update(delivered_at=now())
    Delivery.objects.filter(recorder=two).update(given_up=True, tried_at=now())
    assert _told(manager) == [("/rule/versions/", "alarm")]
    office_clock.turn(8 * DAY)
    assert _told(manager) == []


def test_queries_do_not_grow(someone: Someone) -> None:
    """Three wishes and orders or thirty; no more lines than a screen takes."""
    manager, seen = someone("manager"), []
    site = Site.objects.create(id="s")
    for upto in (3, 30):
        for number in range(CalendarChange.objects.count(), upto):
            day = FRIDAY + timedelta(days=number)
            CalendarChange.objects.create(
                id=f"{number:026}", kind="closure", first_day=day, last_day=day, reason="x", proposed_at=now()
            )
            recorder = RecorderUnit.objects.create(id=f"r{number}", site=site)
            Delivery.objects.create(recorder=recorder, kind="calendar", subject="x", order="A", waiting_since=now())
        with CaptureQueriesContext(connection) as queries:
            lines = _told(manager)
        seen.append(len(queries))
    assert seen[0] == seen[1] and [url for url, _ in lines].count("/days/changes/?state=proposed") == 1
    assert len(lines) == SHOWN + 1 + 30
