"""What is open when: the rule's table, holidays, year-end, changes, withdrawals, sites."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from mihariban.base.clock import DAY, TurnedClock
from mihariban.office.base.acting import Acting
from mihariban.office.days.actions.withdraw_change import withdraw_change
from mihariban.office.days.hours import hours_between, hours_on, is_open, next_open_day
from mihariban.office.rule.actions.approve_version import approve_version
from mihariban.office.rule.actions.propose_version import propose_version
from mihariban.office.sites.models import Site
from tests.office.days.changes import closure, enter
from tests.office.rule.texts import second

Someone = Callable[..., Acting]
JAPAN = ZoneInfo("Asia/Tokyo")


def _texts(day: date, site: Site | None = None) -> list[tuple[str, str]]:
    return [window.texts for window in hours_on(day, site).windows]


@pytest.mark.parametrize(
    ("day", "wanted"),
    [
        (date(2026, 11, 24), [("08:30", "19:00")]),  # a Tuesday
        (date(2026, 11, 25), [("08:30", "17:15")]),
        (date(2026, 11, 23), []),  # Labour Thanksgiving Day
        (date(2026, 11, 29), [("09:00", "16:00")]),  # a Sunday
        (date(2028, 2, 29), [("08:30", "19:00")]),  # a leap day, a Tuesday
        (date(2026, 12, 28), [("08:30", "17:15")]),  # the last day before the year-end
        (date(2026, 12, 29), []),
        (date(2027, 1, 3), []),  # a Sunday of the year-end
        (date(2027, 1, 4), [("08:30", "17:15")]),
        (date(2021, 7, 23), []),  # the day to which a law moved Sports Day in 2021
        (date(2021, 10, 11), [("08:30", "17:15")]),  # and the day from which it was moved
    ],
)  # fmt: skip
def test_the_rule_decides_where_nobody_changed_anything(
    someone: Someone, day: date, wanted: list[tuple[str, str]]
) -> None:
    """Holidays that laws moved included."""
    assert _texts(day) == wanted


def test_changes_count_at_once_and_wishes_do_not(someone: Someone) -> None:
    """The manager's; an operator's waits."""
    enter(closure(date(2026, 11, 24), windows=(("12:00", "24:00"),)), someone("manager"))
    enter(closure(date(2026, 11, 25)), someone("operator"))
    assert _texts(date(2026, 11, 24)) == [("08:30", "12:00")]
    assert _texts(date(2026, 11, 25)) == [("08:30", "17:15")]


def test_each_kind_of_change(someone: Someone) -> None:
    """Hours, extension, an extra day, a holiday that moves."""
    acting = someone("manager")
    enter(closure(date(2026, 11, 24), kind="hours", windows=(("10:00", "12:00"), ("13:00", "15:00"))), acting)
    enter(closure(date(2026, 11, 25), kind="extension", windows=(("17:15", "20:00"),)), acting)
    enter(closure(date(2026, 11, 28), kind="open_day", windows=(("09:00", "12:00"),)), acting)
    enter(closure(date(2027, 7, 19), kind="holiday_moved", moved_to=date(2027, 7, 22)), acting)
    assert _texts(date(2026, 11, 24)) == [("10:00", "12:00"), ("13:00", "15:00")]
    assert _texts(date(2026, 11, 25)) == [("08:30", "20:00")]
    assert _texts(date(2026, 11, 28)) == [("09:00", "12:00")]
    assert _texts(date(2027, 7, 19)) != [] and _texts(date(2027, 7, 22)) == []
    moved = hours_between(date(2027, 7, 22), date(2027, 7, 22))
    assert len(moved.changes_on(date(2027, 7, 22))) == 1 and moved.changes_on(date(2027, 7, 21)) == []


def test_a_withdrawal_leaves_the_days_gone_by(someone: Someone, office_clock: TurnedClock) -> None:
    """A week's closure, withdrawn on its third day."""
    acting = someone("manager")
    change = enter(closure(date(2026, 11, 24), date(2026, 11, 27)), acting)
    office_clock.turn(3 * DAY)  # to the 26th
    later = Acting.of(acting.user)  # type: ignore[arg-type]  # an account of a test
    withdraw_change(change, acting=later, reason="早く終わった", stamp=change.stamp, deliver=False)
    assert [hours_on(date(2026, 11, day)).open for day in (24, 25, 26, 27)] == [False, False, True, True]


def test_the_next_open_day_leaps_the_year_end(someone: Someone) -> None:
    """And a closure of more than a year has none."""
    found = next_open_day(date(2026, 12, 28))
    assert found is not None and found.date == date(2027, 1, 4)
    enter(closure(date(2026, 12, 1), date(2027, 12, 1)), someone("manager"))
    enter(closure(date(2027, 12, 2), date(2028, 12, 1)), someone("manager"))
    assert next_open_day(date(2026, 12, 1)) is None


@pytest.mark.parametrize(
    ("moment", "wanted"),
    [("08:29:59", False), ("08:30:00", True), ("18:59:59", True), ("19:00:00", False), ("00:00:00", False)],
)  # fmt: skip
def test_open_at_a_moment(someone: Someone, moment: str, wanted: bool) -> None:
    """The last minute is outside; a moment in another zone is the same moment."""
    at = datetime.fromisoformat(f"2026-11-24T{moment}").replace(tzinfo=JAPAN)
    assert is_open(at) is wanted
    assert is_open(at.astimezone(ZoneInfo("UTC"))) is wanted


def test_now_is_the_clock_of_the_office(someone: Someone, office_clock: TurnedClock) -> None:
    """8:30 of a holiday, and a day later."""
    assert not is_open()
    office_clock.turn(DAY)
    assert is_open()


def test_open_until_midnight(someone: Someone) -> None:
    """24:00 is the end of the day, and not the beginning of the next."""
    enter(closure(date(2026, 11, 25), kind="hours", windows=(("20:00", "24:00"),)), someone("manager"))
    assert is_open(datetime(2026, 11, 25, 23, 59, 59, tzinfo=JAPAN))
    assert not is_open(datetime(2026, 11, 26, 0, 0, tzinfo=JAPAN))


def test_sites_and_days_of_a_later_version(someone: Someone) -> None:
    """A change of one site; a version with other hours from its first day on."""
    acting = someone("manager")
    one = Site.objects.create(id="hall", policy_site="honchosha-1f")
    assert _texts(date(2026, 12, 2)) == [("08:30", "17:15")]  # the only site
    two = Site.objects.create(id="other")
    enter(closure(date(2026, 12, 2), site=two), acting)
    assert _texts(date(2026, 12, 2), one) == [("08:30", "17:15")] and _texts(date(2026, 12, 2), two) == []
    text = second().replace('"FRI"], open = "08:30", close = "17:15"', '"FRI"], open = "09:00", close = "17:00"')
    row = propose_version(text, acting=acting)
    approve_version(row, acting=acting, approver="市長", document_number="9", stamp=row.stamp, deliver=False)
    assert _texts(date(2026, 11, 30), one) == [("08:30", "17:15")]
    assert _texts(date(2026, 12, 2), one) == [("09:00", "17:00")]


def test_before_the_rule_and_beyond_its_holidays(someone: Someone) -> None:
    """Closed, with the reason in words."""
    hours = hours_on(date(2010, 1, 4))
    assert not hours.open and "要綱がない" in hours.reason_ja


def test_queries_do_not_grow_with_days_or_changes(someone: Someone) -> None:
    """A day or a year, one change or twenty."""
    acting = someone("manager")
    counted = []
    for count, last in ((1, date(2026, 11, 24)), (20, date(2027, 11, 24))):
        for _ in range(count):
            enter(closure(date(2026, 11, 24)), acting)
        with CaptureQueriesContext(connection) as queries:
            hours = hours_between(date(2026, 11, 24), last)
            for number in range((last - date(2026, 11, 24)).days + 1):
                hours.on(date.fromordinal(date(2026, 11, 24).toordinal() + number))
        counted.append(len(queries))
    assert counted[0] == counted[1] <= 4
