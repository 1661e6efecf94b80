"""Japanese holidays worked out from the Act itself, without any library: what the product is checked against.

National Holidays Act (昭和23年法律第178号) as in force from 2003 on, with the special laws of 2019, 2020 and 2021. The
equinox days follow the usual approximation for 1980 to 2099.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache

_ONE = timedelta(days=1)

_MOVED = {
    2020: {"海の日": (7, 23), "スポーツの日": (7, 24), "山の日": (8, 10)},
    2021: {"海の日": (7, 22), "スポーツの日": (7, 23), "山の日": (8, 8)},
}


def _monday(year: int, month: int, number: int) -> date:
    first = date(year, month, 1)
    return first + timedelta(days=(7 - first.weekday()) % 7 + 7 * (number - 1))


def _spring(year: int) -> date:
    return date(year, 3, int(20.8431 + 0.242194 * (year - 1980)) - (year - 1980) // 4)


def _autumn(year: int) -> date:
    return date(year, 9, int(23.2488 + 0.242194 * (year - 1980)) - (year - 1980) // 4)


def named_holidays(year: int) -> set[date]:
    """Art. 2: the national holidays of a year from 2003 on."""
    named = {
        "元日": date(year, 1, 1),
        "成人の日": _monday(year, 1, 2),
        "建国記念の日": date(year, 2, 11),
        "春分の日": _spring(year),
        "昭和の日": date(year, 4, 29),  # みどりの日 until 2006, a holiday all the same
        "憲法記念日": date(year, 5, 3),
        "こどもの日": date(year, 5, 5),
        "海の日": _monday(year, 7, 3),
        "敬老の日": _monday(year, 9, 3),
        "秋分の日": _autumn(year),
        "スポーツの日": _monday(year, 10, 2),
        "文化の日": date(year, 11, 3),
        "勤労感謝の日": date(year, 11, 23),
    }
    if year >= 2007:
        named["みどりの日"] = date(year, 5, 4)
    if year >= 2016:
        named["山の日"] = date(year, 8, 11)
    if year <= 2018:
        named["天皇誕生日"] = date(year, 12, 23)
    if year >= 2020:
        named["天皇誕生日"] = date(year, 2, 23)
    for name, (month, day) in _MOVED.get(year, {}).items():
        named[name] = date(year, month, day)
    extra = {date(2019, 5, 1), date(2019, 10, 22)} if year == 2019 else set()
    return set(named.values()) | extra


@cache
def law_holidays(year: int) -> set[date]:
    """Art. 2 and 3: holidays, substitute days, days between two holidays."""
    named = named_holidays(year)
    days = set(named)
    for day in sorted(named):
        if day.weekday() != 6:
            continue
        following = day + _ONE
        if year >= 2007:
            while following in named:
                following += _ONE
            days.add(following)
        elif following not in named:
            days.add(following)
    for day in named:
        between = day + _ONE
        if between not in days and between + _ONE in named and between.weekday() != 6:
            days.add(between)
    return days
