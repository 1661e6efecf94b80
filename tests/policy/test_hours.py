from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from mihariban.base.clock import MINUTE, from_datetime
from mihariban.policy import FilmingCalendar, day_hours
from mihariban.policy.errors import UnknownSite
from tests.policy.law_holidays import law_holidays
from tests.policy.rules import SAGA, TOKYO, city, entry, saga_with


def open_by_the_papers(moment: datetime) -> bool:
    """Art. 4 and paper 5(3), told the other way round: reasons to be closed first, then the clock as a fraction."""
    day = moment.date()
    if day.isoweekday() == 6 or day in law_holidays(day.year):
        return False
    if (day.month == 12 and day.day > 28) or (day.month == 1 and day.day < 4):
        return False
    clock = moment.hour + moment.minute / 60
    if day.isoweekday() == 7:
        return 9 <= clock < 16
    return 8.5 <= clock < (19 if day.isoweekday() == 2 else 17.25)


def windows(rule: object, day: str, *entries: object, site: str | None = None) -> list[tuple[str, str]]:
    return [w.texts for w in day_hours(rule, date.fromisoformat(day), entries, site).windows]  # type: ignore[arg-type]


def test_every_minute_of_two_years_agrees_with_an_independent_calculation() -> None:
    """2026 and 2027, minute by minute, hours and filming alike."""
    calendar = FilmingCalendar(SAGA, (), TOKYO, "honchosha-1f")
    moment = datetime(2026, 1, 1)  # noqa: DTZ001  # local time of the papers
    wall = from_datetime(moment.replace(tzinfo=TOKYO))
    opened = 0
    while moment.year < 2028:
        hours = day_hours(SAGA, moment.date())
        spans = [(w.open_minute, w.close_minute) for w in hours.windows]
        for minute in range(1440):
            expected = open_by_the_papers(moment)
            assert any(a <= minute < b for a, b in spans) == expected, moment
            assert calendar.is_open(wall) == expected, moment
            opened += expected
            moment += timedelta(minutes=1)
            wall += MINUTE
    assert opened > 2 * 47 * 52 * 60  # the comparison was not of a kiosk that never opens


def test_hour_and_minute_are_not_compared_apart() -> None:
    """09:05 is open although 05 < 30, 17:20 closed although 17 <= 17; a trap of recorders that compare the parts."""
    calendar = FilmingCalendar(SAGA, (), TOKYO)
    day = date(2026, 11, 25)
    answers = {
        clock: calendar.is_open(from_datetime(datetime.fromisoformat(f"{day}T{clock}:00").replace(tzinfo=TOKYO)))
        for clock in ("08:29", "08:30", "09:05", "16:20", "17:14", "17:15", "17:20", "18:31")
    }
    assert [clock for clock, is_open in answers.items() if is_open] == ["08:30", "09:05", "16:20", "17:14"]


@pytest.mark.parametrize(
    ("day", "day_class", "word"),
    [
        ("2026-11-21", "SAT", "土曜日"),
        ("2026-11-23", "HOLIDAY", "勤労感謝の日"),
        ("2026-05-06", "HOLIDAY", "振替休日"),
        ("2026-09-22", "HOLIDAY", "国民の休日"),
        ("2026-05-03", "HOLIDAY", "憲法記念日"),  # a Sunday that is a holiday
        ("2026-12-29", "YEAR_END", "年末年始"),
        ("2027-01-03", "YEAR_END", "年末年始"),
        ("2027-01-01", "YEAR_END", "年末年始"),
    ],
)
def test_saga_is_closed_and_says_why(day: str, day_class: str, word: str) -> None:
    """The class that decided and its name."""
    hours = day_hours(SAGA, date.fromisoformat(day))
    assert (hours.open, hours.windows, hours.day_class) == (False, (), day_class)
    assert word in hours.reason_ja
    assert hours.reason_en.startswith("closed")


def test_before_the_rule_there_are_no_hours() -> None:
    """The day before it came into force."""
    assert not day_hours(SAGA, date(2016, 1, 21)).open
    assert day_hours(SAGA, date(2016, 1, 22)).open


def test_a_sunday_holiday_may_be_read_as_a_sunday(tmp_path: Path) -> None:
    """The reading is a setting."""
    rule = saga_with(tmp_path, ("holiday_gives_way_to = []", 'holiday_gives_way_to = ["SUN"]')).policy
    assert windows(rule, "2026-05-03") == [("09:00", "16:00")]
    assert windows(rule, "2026-05-04") == []


def test_substitute_days_may_be_read_as_ordinary_days(tmp_path: Path) -> None:
    """The named holiday stays closed."""
    rule = saga_with(tmp_path, ("substitutes_are_holidays = true", "substitutes_are_holidays = false")).policy
    assert windows(rule, "2026-05-06") == [("08:30", "17:15")]
    assert windows(rule, "2026-05-05") == []


def test_several_windows_a_day(tmp_path: Path) -> None:
    """Two rows for one day; rows that touch are one window."""
    rule = saga_with(
        tmp_path,
        (
            '{ days = ["TUE"], open = "08:30", close = "19:00" },',
            '{ days = ["TUE"], open = "13:00", close = "19:00" }, { days = ["TUE"], open = "08:30", close = "12:00" },'
            '{ days = ["TUE"], open = "19:00", close = "24:00" },',
        ),
    ).policy
    assert windows(rule, "2026-11-24") == [("08:30", "12:00"), ("13:00", "24:00")]


def test_day_classes_go_before_the_weekday() -> None:
    """Kamisu: Monday, other weekdays and holidays differ; Saturday is not spoken of."""
    rule = city("kamisu-kiosk-1998")
    assert windows(rule, "2026-11-16") == [("08:30", "17:15")]
    assert windows(rule, "2026-11-17") == [("08:30", "19:00")]
    assert windows(rule, "2026-11-23") == [("09:00", "17:00")]
    assert windows(rule, "2026-11-21") == []


def test_a_rule_that_does_not_speak_of_holidays_ignores_them() -> None:
    """Kokubunji: every day but the year-end, also in a year whose holidays nobody knows yet."""
    rule = city("kokubunji-kiosk-2004")
    assert windows(rule, "2026-11-23") == windows(rule, "2150-05-03") == [("08:30", "20:00")]
    assert windows(rule, "2027-01-03") == []


def test_holidays_may_have_hours_of_their_own() -> None:
    """Ashikita: the town's holidays are shorter days."""
    rule = city("ashikita-kiosk-2025")
    assert windows(rule, "2026-11-20") == [("07:00", "20:00")]
    assert windows(rule, "2026-11-23") == windows(rule, "2026-11-22") == [("08:45", "17:00")]


def test_sites_of_one_rule_differ_and_follow_a_library() -> None:
    """Uruma: the city hall closes on holidays, the library on what its own calendar says."""
    rule = city("uruma-kiosk-2020")
    closed = entry(kind="closure", first_day=date(2026, 11, 26), last_day=date(2026, 11, 27), site="library")
    assert windows(rule, "2026-11-26", closed, site="city-hall") == [("08:30", "17:15")]
    assert windows(rule, "2026-11-26", site="library") == [("10:00", "19:00")]
    assert windows(rule, "2026-11-26", closed, site="library") == []
    assert windows(rule, "2026-11-22", site="library") == [("10:00", "17:00")]
    assert windows(rule, "2026-11-23", site="city-hall") == []
    with pytest.raises(UnknownSite, match="library"):
        windows(rule, "2026-11-26", site="museum")


DAY = {"first_day": date(2026, 11, 25), "last_day": date(2026, 11, 25)}
"""A Wednesday."""


def test_a_closure_goes_before_everything() -> None:
    """Even before changed hours of the same day; the reason names who decided and by which document."""
    entries = (entry(kind="closure", **DAY), entry(id="e2", kind="hours", windows=(("10:00", "12:00"),), **DAY))
    hours = day_hours(SAGA, date(2026, 11, 25), entries)
    assert not hours.open
    assert "停電（市長、佐市市生第1号）" in hours.reason_ja
    assert hours.public_ja == "休止: 停電"


def test_users_are_told_why_without_the_papers() -> None:
    """Of every change of the day; who approved it and by which document is the office's own."""
    entries = (
        entry(kind="extension", windows=(("17:15", "20:00"),), **DAY),
        entry(id="e3", kind="closure", windows=(("12:00", "13:00"),), **DAY),
    )
    hours = day_hours(SAGA, date(2026, 11, 25), entries)
    assert hours.public_ja == "水曜日の稼働時間、延長: 停電、一部休止: 停電"
    assert hours.public_en == "Wednesday hours; extended: 停電; partly closed: 停電"
    assert "佐市市生" in hours.reason_ja and "佐市市生" in hours.reason_en


def test_a_holiday_has_its_english_name_in_english() -> None:
    """And its Japanese one in Japanese."""
    hours = day_hours(SAGA, date(2026, 11, 23))
    assert hours.reason_ja == "祝日（勤労感謝の日）のため休止"
    assert "(Labor Thanksgiving Day)" in hours.reason_en and hours.reason_en.isascii()


def test_changed_hours_extension_and_partial_closure() -> None:
    """Hours replace the table, an extension adds, a closure with windows takes away."""
    extended = entry(kind="extension", windows=(("17:15", "20:00"),), **DAY)
    assert windows(SAGA, "2026-11-25", extended) == [("08:30", "20:00")]
    inside = entry(kind="extension", windows=(("10:00", "11:00"),), **DAY)
    assert windows(SAGA, "2026-11-25", inside) == [("08:30", "17:15")]
    changed = entry(id="e2", kind="hours", windows=(("10:00", "12:00"),), **DAY)
    assert windows(SAGA, "2026-11-25", changed, extended) == [("10:00", "12:00"), ("17:15", "20:00")]
    noon = entry(id="e3", kind="closure", windows=(("12:00", "13:00"),), **DAY)
    assert windows(SAGA, "2026-11-25", noon) == [("08:30", "12:00"), ("13:00", "17:15")]
    assert windows(SAGA, "2026-11-26", extended, changed, noon) == [("08:30", "17:15")]


def test_an_open_day_opens_a_closed_day() -> None:
    """A Saturday with windows; a holiday with the weekday's own hours; nothing on a day that is open anyway."""
    saturday = entry(
        kind="open_day", first_day=date(2026, 11, 21), last_day=date(2026, 11, 21), windows=(("09:00", "12:00"),)
    )
    holiday = entry(kind="open_day", first_day=date(2026, 11, 23), last_day=date(2026, 11, 23))
    assert windows(SAGA, "2026-11-21", saturday) == [("09:00", "12:00")]
    assert windows(SAGA, "2026-11-23", holiday) == [("08:30", "17:15")]
    assert windows(SAGA, "2026-11-25", entry(kind="open_day", **DAY)) == [("08:30", "17:15")]


def test_an_open_day_without_hours_to_open_with_says_nothing() -> None:
    """A Saturday has no row in the table, so the entry would have to name its windows."""
    empty = entry(kind="open_day", first_day=date(2026, 11, 21), last_day=date(2026, 11, 21))
    hours = day_hours(SAGA, date(2026, 11, 21), (empty,))
    assert (hours.open, hours.reason_en) == (False, "closed: Saturday")


def test_the_site_goes_before_all_and_the_later_before_the_earlier() -> None:
    """Two changes of hours for one day."""
    for_all = entry(id="a", kind="hours", windows=(("10:00", "11:00"),), **DAY)
    later = entry(id="b", kind="hours", windows=(("11:00", "12:00"),), **DAY)
    own = entry(id="c", kind="hours", windows=(("12:00", "13:00"),), site="honchosha-1f", **DAY)
    assert windows(SAGA, "2026-11-25", for_all, later, site="honchosha-1f") == [("11:00", "12:00")]
    assert windows(SAGA, "2026-11-25", own, for_all, later, site="honchosha-1f") == [("12:00", "13:00")]
    assert windows(SAGA, "2026-11-25", own) == [("08:30", "17:15")]


def test_a_replaced_entry_has_no_effect() -> None:
    """The new one alone counts, also where it names other days."""
    old = entry(id="a", kind="closure", **DAY)
    new = entry(id="b", kind="closure", first_day=date(2026, 11, 26), last_day=date(2026, 11, 26), replaces="a")
    assert windows(SAGA, "2026-11-25", old, new) == [("08:30", "17:15")]
    assert windows(SAGA, "2026-11-26", old, new) == []


def test_a_holiday_moved_by_a_special_law() -> None:
    """The old day is an ordinary one, the new day a holiday."""
    day = date(2026, 11, 3)
    moved = entry(kind="holiday_moved", first_day=day, last_day=day, moved_to=date(2026, 11, 5), reason_ja="特別措置法")
    assert windows(SAGA, "2026-11-03", moved) == [("08:30", "19:00")]
    assert windows(SAGA, "2026-11-05", moved) == []
    back = entry(id="e2", kind="closure", first_day=date(2027, 2, 1), last_day=date(2027, 2, 1), replaces="e1")
    assert windows(SAGA, "2026-11-03", moved, back) == []
