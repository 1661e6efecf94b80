"""Dates as Japanese offices write them: era year, with the Western year beside it."""

from __future__ import annotations

from datetime import date

_ERAS = ((date(2019, 5, 1), "令和"), (date(1989, 1, 8), "平成"), (date(1926, 12, 25), "昭和"))


def era_date(day: date) -> str:
    """「令和4年5月13日」; the Western year where the day is before Shōwa."""
    for first, name in _ERAS:
        if day >= first:
            year = day.year - first.year + 1
            return f"{name}{'元' if year == 1 else year}年{day.month}月{day.day}日"
    return f"西暦{day.year}年{day.month}月{day.day}日"


def both_dates(day: date) -> str:
    """「令和4年5月13日（2022-05-13）」."""
    return f"{era_date(day)}（{day.isoformat()}）"
