from __future__ import annotations

from datetime import date, timedelta

import pytest

from mihariban.policy.errors import HolidaysUnknown
from mihariban.policy.holidays import FIRST_YEAR, LAST_YEAR, holiday_english, holiday_name, is_substitute
from tests.policy.law_holidays import law_holidays, named_holidays


def _days(year: int) -> list[date]:
    return [date(year, 1, 1) + timedelta(days=n) for n in range((date(year + 1, 1, 1) - date(year, 1, 1)).days)]


@pytest.mark.parametrize("year", [*range(2005, 2041), 2066, 2099])
def test_holidays_are_those_of_the_act(year: int) -> None:
    """Every day of the year agrees with an independent reading of the law."""
    assert {day for day in _days(year) if holiday_name(day)} == law_holidays(year)


@pytest.mark.parametrize("year", range(2041, LAST_YEAR + 1))
def test_equinoxes_agree_to_the_last_year_claimed(year: int) -> None:
    """March and September, where only computed days differ from year to year."""
    ours = {day for day in _days(year) if day.month in (3, 9) and holiday_name(day)}
    assert ours == {day for day in law_holidays(year) if day.month in (3, 9)}


def test_days_that_are_holidays_only_by_article_3_are_told_apart() -> None:
    """Substitute days and days between, not the named ones."""
    for year in (2024, 2026):
        for day in law_holidays(year):
            assert is_substitute(holiday_name(day) or "") == (day not in named_holidays(year)), day


@pytest.mark.parametrize("year", [1985, 2100])
def test_a_year_beyond_what_is_known_is_an_error(year: int) -> None:
    """Never a silent working day."""
    with pytest.raises(HolidaysUnknown, match=str(year)):
        holiday_name(date(year, 5, 3))


def test_every_holiday_has_an_english_name() -> None:
    """Substitute days say of which; what is no holiday of the Act stays as the city wrote it."""
    names = {name for year in range(FIRST_YEAR, LAST_YEAR + 1) for day in _days(year) if (name := holiday_name(day))}
    assert len(names) > 30
    assert [name for name in names if not holiday_english(name).isascii()] == []
    assert holiday_english("こどもの日 振替休日") == "Children's Day, substitute holiday"
    assert holiday_english("市制記念 の日") == "市制記念 の日"
