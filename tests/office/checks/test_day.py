"""What is due when: hours, holidays, changed hours, midnight, leap day, year-end, other cities' lists."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from mihariban.base.clock import DAY, HOUR, MINUTE, TurnedClock, from_datetime
from mihariban.office.base.acting import Acting
from mihariban.office.base.dates import today
from mihariban.office.checks.actions.fill_sheet import Answer, sign_sheet
from mihariban.office.checks.day import check_day, checks_today, due_minute, late_checks, state_of
from mihariban.office.sites.models import Kiosk
from mihariban.policy import DayHours, Window
from mihariban.policy.sections.duties import CheckItem, DailyCheck

Someone = Callable[..., Acting]
Answers = Callable[..., dict[str, Answer]]
RULE = DailyCheck(deadline="before_open", items=(CheckItem(id="power", title_ja="電源"),))
OPEN = DayHours(date(2026, 11, 24), True, (Window(510, 720), Window(780, 1140)), "TUE", "", "")


def _at(day: date, text: str) -> datetime:
    return datetime.combine(day, datetime.strptime(text, "%H:%M").time(), timezone.get_default_timezone())  # noqa: DTZ007  # a time of day


@pytest.mark.parametrize(
    ("at", "state"),
    [("00:00", "due"), ("08:29", "due"), ("08:30", "late"), ("12:30", "late"), ("18:59", "late"), ("19:00", "missing")],
)
def test_the_state_follows_the_clock(at: str, state: str) -> None:
    """Late from the minute of opening; missing from the end of the last window, not from a break at noon."""
    assert state_of(OPEN.date, RULE, OPEN, None, _at(OPEN.date, at)) == state


def test_midnight_begins_another_day() -> None:
    """A minute before the day it is to come; a minute after the day it is missing."""
    day = OPEN.date
    assert state_of(day, RULE, OPEN, None, _at(day - timedelta(days=1), "23:59")) == "coming"
    assert state_of(day, RULE, OPEN, None, _at(day + timedelta(days=1), "00:00")) == "missing"


@pytest.mark.parametrize(
    ("rule", "due"),
    [
        (RULE, 510),
        (DailyCheck(deadline="at_time", deadline_time="08:15"), 495),
        (DailyCheck(deadline="none"), None),
    ],
)
def test_the_deadline_is_the_rules(rule: DailyCheck, due: int | None) -> None:
    """Before opening, at a time, or none at all."""
    assert due_minute(rule, OPEN) == due


def test_without_deadline_nothing_is_late() -> None:
    """Nor missing."""
    rule = DailyCheck(items=RULE.items)
    assert state_of(OPEN.date, rule, OPEN, None, _at(OPEN.date, "12:00")) == "due"
    assert state_of(OPEN.date, rule, OPEN, None, _at(OPEN.date, "20:00")) == "none"


@pytest.mark.parametrize(
    ("day", "is_open"),
    [
        (date(2026, 11, 23), False),  # Labour Thanksgiving Day
        (date(2026, 11, 24), True),
        (date(2026, 11, 28), False),  # Saturday
        (date(2026, 11, 29), True),  # Sunday
        (date(2026, 12, 28), True),
        (date(2026, 12, 29), False),  # year-end
        (date(2027, 1, 3), False),
        (date(2027, 1, 4), True),
        (date(2028, 2, 29), True),  # leap day, a Tuesday
    ],
)
def test_closed_days_want_no_check(kiosk: Kiosk, day: date, is_open: bool) -> None:
    """By Saga's table."""
    assert (check_day(kiosk, day).state != "closed") == is_open


def test_late_and_missing_checks_are_alarms(
    kiosk: Kiosk, someone: Someone, fine: Answers, office_clock: TurnedClock
) -> None:
    """Today's at once; a day's that closed unchecked until it is explained; nothing from before the first sheet."""
    operator = someone("operator")
    assert late_checks() == []
    office_clock.turn(31 * MINUTE)
    assert {(each.kiosk.pk, each.state) for each in late_checks()} == {("k1", "late"), ("k2", "late")}
    for key in ("k1", "k2"):
        sign_sheet(check_day(Kiosk.objects.get(pk=key), today()), fine(), acting=operator, stamp=0)
    assert late_checks() == []
    office_clock.turn(2 * DAY)  # Thursday, 08:31: Wednesday was not checked
    found = {(each.kiosk.pk, each.date.day, each.state) for each in late_checks()}
    assert found == {("k1", 25, "missing"), ("k2", 25, "missing"), ("k1", 26, "late"), ("k2", 26, "late")}


def test_saga_has_eight_items_and_other_rules_their_own(kiosk: Kiosk, saga: Path) -> None:
    """The list is the rule's, and so is its absence."""
    assert len(checks_today()[0].items) == 8
    text = saga.read_text(encoding="utf-8")
    head, _, rest = text.partition("[daily_check]")
    tail = rest.partition("[fault]")[2]
    items = '[[daily_check.items]]\nid = "lamp"\ntitle_ja = "録画ランプ"\n\n'
    source = tail.replace(
        "[[source]]",
        '[[source]]\nreading = "ours"\nnote_ja = "x"\nnote_en = "x"\nfields = ["daily_check"]\n\n[[source]]',
        1,
    )
    cut = source.partition('[[source]]\narticle = "第8条"')
    other = cut[2].partition('[[source]]\narticle = "第9条"')
    saga.write_text(
        head
        + '[daily_check]\ndeadline = "at_time"\ndeadline_time = "08:20"\n\n'
        + items
        + "[fault]"
        + cut[0]
        + other[1]
        + other[2],
        encoding="utf-8",
    )
    day = checks_today()[0]
    assert [item.id for item in day.items] == ["lamp"]
    assert (day.due_text, day.state) == ("08:20", "due")


def test_the_clock_of_the_office_decides_the_day(kiosk: Kiosk, office_clock: TurnedClock) -> None:
    """23:59 in Japan is still today although UTC says otherwise hours before."""
    office_clock.turn_to(from_datetime(_at(date(2026, 11, 24), "23:59")))
    assert (today(), check_day(kiosk, today()).state) == (date(2026, 11, 24), "missing")
    office_clock.turn(MINUTE)
    assert (today(), check_day(kiosk, today()).state) == (date(2026, 11, 25), "due")
    office_clock.turn(HOUR)
