"""Visits as the recorder lists them: kept, changed, shrunk as there, and missed where they vanish too early."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mihariban.base.clock import DAY, TurnedClock
from mihariban.office.base.dates import now
from mihariban.office.sites import alarms
from mihariban.office.sites.errors import AnswerUnusable
from mihariban.office.sites.models import QueuedHour, RecorderUnit, SeenVisit, Site
from mihariban.office.sites.seen import findings_now, queued_hours, visits_between, visits_on
from mihariban.office.sites.visits import keep_visits
from mihariban.recorder.contract.facts import VisitItem


def _item(number: int, start: str, end: str | None, state: str = "kept", **more: object) -> VisitItem:
    facts = {
        "id": f"v{number}", "recorder": "r", "camera": "cam1", "started_at": start, "ended_at": end,
        "recorded_from": start, "recorded_to": end, "expires_at": "2027-07-22T10:00:00.000+09:00", "held_until": None,
        "seconds": 1.0, "bytes": 1, "state": state, "policy": "x", "parts": [], **more,
    }  # fmt: skip
    return VisitItem.model_validate(facts)


@pytest.fixture
def unit(office: object) -> RecorderUnit:
    return RecorderUnit.objects.create(id="r", site=Site.objects.create(id="s"))


DAY_ = "2026-11-24T"
LIST = [
    _item(1, f"{DAY_}10:00:00.000+09:00", f"{DAY_}10:02:00.000+09:00"),
    _item(2, f"{DAY_}10:02:30.000+09:00", f"{DAY_}10:03:00.000+09:00", handover=True),
    _item(3, f"{DAY_}10:03:31.000+09:00", None, "recording"),
]


def test_who_comes_within_thirty_seconds_had_queued(unit: RecorderUnit) -> None:
    """To the second."""
    keep_visits(unit, LIST, now())
    rows = visits_on(now().date(), (now() + timedelta(days=1)).date())
    assert [(row.queued, row.handover, row.seconds, row.hour) for row in rows] == [
        (False, False, 120.0, 10), (True, True, 30.0, 10), (False, False, 0.0, 10),
    ]  # fmt: skip


def test_a_visit_that_goes_on_is_brought_up_to_date(unit: RecorderUnit) -> None:
    """One row, not two."""
    keep_visits(unit, LIST, now())
    keep_visits(unit, [*LIST[:2], _item(3, f"{DAY_}10:03:31.000+09:00", f"{DAY_}10:04:31.000+09:00")], now())
    row = SeenVisit.objects.get(visit="v3")
    assert (row.state, row.seconds, SeenVisit.objects.count()) == ("kept", 60.0, 3)


def test_what_is_listed_no_longer_shrinks_to_date_hour_and_seconds(
    unit: RecorderUnit, office_clock: TurnedClock
) -> None:
    """No moment and no id stay, in the database's file either; how many had queued is a count."""
    keep_visits(
        unit,
        [
            _item(1, LIST[0].started_at, LIST[0].ended_at, "erased"),
            _item(2, LIST[1].started_at, LIST[1].ended_at, "erased"),
        ],
        now(),
    )
    keep_visits(unit, [], now())
    rows = list(SeenVisit.objects.values_list("visit", "started", "ended", "expires", "state", "queued", "handover"))
    assert rows == [(None, None, None, None, "shrunk", False, False)] * 2
    assert [(row.hour, row.seconds) for row in visits_on(*[SeenVisit.objects.first().day] * 2)] == [
        (10, 120.0),
        (10, 30.0),
    ]  # type: ignore[union-attr]  # there are two
    assert [(row.hour, row.count) for row in queued_hours(*[QueuedHour.objects.get().day] * 2)] == [(10, 1)]
    assert not visits_between(now() - timedelta(days=9), now() + timedelta(days=9)).exists()
    assert not findings_now().exists()


def test_after_a_deadline_that_passed_unheard_it_shrinks_too(unit: RecorderUnit, office_clock: TurnedClock) -> None:
    """The office was off while the recorder erased."""
    keep_visits(unit, LIST[:1], now())
    office_clock.turn(400 * DAY)
    keep_visits(unit, [], now())
    assert SeenVisit.objects.get().state == "shrunk"


def test_a_visit_that_vanishes_before_its_deadline_is_an_alarm(unit: RecorderUnit, office_clock: TurnedClock) -> None:
    """It ends when the visit is back, or its deadline has passed."""
    keep_visits(unit, LIST[:2], now())
    keep_visits(unit, LIST[:1], now())
    alarm = findings_now().get()
    assert (alarm.code, alarm.severity, alarm.figures) == (alarms.VISITS_MISSING, "alarm", {"count": 1})
    assert SeenVisit.objects.get(visit="v2").state == "missing"
    keep_visits(unit, LIST[:2], now())
    assert not findings_now().exists()
    assert SeenVisit.objects.get(visit="v2").state == "kept"
    keep_visits(unit, LIST[:1], now())
    office_clock.turn(400 * DAY)
    keep_visits(unit, [], now())
    assert not findings_now().exists()
    assert set(SeenVisit.objects.values_list("state", flat=True)) == {"shrunk"}


@pytest.mark.parametrize("moment", ["", "yesterday", "2026-11-24T10:00:00", "2026-13-24T10:00:00+09:00"])
def test_a_moment_that_is_none_leaves_all_as_it_was(unit: RecorderUnit, moment: str) -> None:
    """Nothing of the list is kept."""
    keep_visits(unit, LIST[:1], now())
    with pytest.raises(AnswerUnusable):
        keep_visits(unit, [_item(9, moment, None)], now())
    assert [row.visit for row in SeenVisit.objects.all()] == ["v1"]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(st.sampled_from([1, 2, 3]), unique=True), max_size=5))
def test_in_whatever_order_lists_come_nothing_doubles(unit: RecorderUnit, lists: list[list[int]]) -> None:
    """Each visit is there once, and the last list decides."""
    SeenVisit.objects.all().delete()
    for numbers in lists:
        keep_visits(unit, [LIST[number - 1] for number in numbers], now())
    ever = {number for numbers in lists for number in numbers}
    rows = {row.visit: row.state for row in SeenVisit.objects.all()}
    assert set(rows) == {f"v{number}" for number in ever}
    if lists:
        assert {visit for visit, state in rows.items() if state != "missing"} == {f"v{number}" for number in lists[-1]}
