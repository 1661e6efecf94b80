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

_ENGLISH = {
    "元日": "New Year's Day",
    "成人の日": "Coming of Age Day",
    "建国記念の日": "National Foundation Day",
    "天皇誕生日": "Emperor's Birthday",
    "春分の日": "Vernal Equinox Day",
    "昭和の日": "Showa Day",
    "憲法記念日": "Constitution Memorial Day",
    "みどりの日": "Greenery Day",
    "こどもの日": "Children's Day",
    "海の日": "Marine Day",
    "山の日": "Mountain Day",
    "敬老の日": "Respect for the Aged Day",
    "秋分の日": "Autumnal Equinox Day",
    "スポーツの日": "Sports Day",
    "体育の日": "Health and Sports Day",
    "文化の日": "Culture Day",
    "勤労感謝の日": "Labor Thanksgiving Day",
    "国民の休日": "citizens' holiday",
    "天皇の即位の日": "Accession of the Emperor",
    "即位礼正殿の儀": "Enthronement Ceremony",
    "即位の礼正殿の儀": "Enthronement Ceremony",
    "昭和天皇の大喪の礼": "Funeral of Emperor Showa",
    "皇太子・皇太子徳仁親王の結婚の儀": "Wedding of the Crown Prince",
}
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


def holiday_english(name: str) -> str:
    """A holiday's name in English, in the Cabinet Office's words where it has some; a name that is none of the Act's as
    it is: a city that moves a holiday gives its own reason."""
    day, _, substitute = name.partition(" ")
    english = _ENGLISH.get(day, day)
    return f"{english}, substitute holiday" if substitute == "振替休日" else _ENGLISH.get(name, name)
