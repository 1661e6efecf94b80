"""Japanese public holidays: the Act on National Holidays (昭和23年法律第178号), by way of jpholiday."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

import jpholiday

from mihariban.policy.errors import HolidaysUnknown

FIRST_YEAR = 1986
"""Before 1986 there was no day between holidays (law 103 of 1985), which jpholiday does not know."""

LAST_YEAR = 2099
"""The equinox days after the one gazetted for next February are computed; checked in the tests up to here."""

_SUBSTITUTE = ("振替休日", "国民の休日")


@lru_cache(maxsize=4096)
def holiday_name(day: date) -> str | None:
    """The holiday on ``day``, None on other days. Substitute days (3(2)) and days between (3(3)) are included.

    Raises:
        HolidaysUnknown: outside the years that are known.
    """
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise HolidaysUnknown(year=day.year, first=FIRST_YEAR, last=LAST_YEAR)
    return jpholiday.is_holiday_name(day)


def is_substitute(name: str) -> bool:
    """Whether a holiday is one only by Art. 3(2) or 3(3) of the Act, not a 国民の祝日 itself."""
    return name.endswith(_SUBSTITUTE)
