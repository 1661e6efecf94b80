"""Words for pages of days: ``{% load days %}``."""

from __future__ import annotations

from datetime import date

from django import template

from mihariban.office.base.text import T, language
from mihariban.office.days.models import CalendarChange
from mihariban.office.days.register import times_text
from mihariban.office.days.words import weekday_text
from mihariban.policy.era import era_date

register = template.Library()


@register.filter
def times(change: CalendarChange) -> T:
    """What a change says of the hours."""
    return times_text(change)


@register.filter
def weekday(day: date) -> T:
    """「月」."""
    return weekday_text(day.weekday())


@register.filter
def month_text(first: date) -> str:
    """「令和8年（2026年）11月」 or November 2026."""
    if language() == "en":
        return f"{first:%B %Y}"
    return f"{era_date(first).partition('年')[0]}年（{first.year}年）{first.month}月"
