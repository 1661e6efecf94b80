"""The filter that every register has: from a day up to and with another, and of one kiosk. ``reports`` asks for the
same names in every app: ``first``, ``last``, ``kiosk``."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

import django_filters
from django import forms
from django.utils import timezone

from mihariban.office.base.text import T

_ENDS = (date.min.year, date.max.year)


def day_begin(day: date) -> datetime:
    """Midnight in the office's zone."""
    return datetime.combine(day, time.min, timezone.get_default_timezone())


class PeriodFilter(django_filters.FilterSet):  # type: ignore[misc]  # an untyped library
    """``period = "out_at"`` names the moment or, with ``period_is_date``, the day that is asked for."""

    period: str = "at"
    period_is_date: bool = False

    first = django_filters.DateFilter(
        label=T("から", "From"), method="from_first", widget=forms.DateInput(attrs={"type": "date"})
    )
    last = django_filters.DateFilter(
        label=T("まで", "To"), method="to_last", widget=forms.DateInput(attrs={"type": "date"})
    )

    def from_first(self, rows: Any, name: str, value: date) -> Any:
        """Rows of this day and later. Years at the ends of the calendar have no moment in every zone."""
        if value.year in _ENDS:
            return rows if value.year == 1 else rows.none()
        return rows.filter(**{f"{self.period}__gte": value if self.period_is_date else day_begin(value)})

    def to_last(self, rows: Any, name: str, value: date) -> Any:
        """Rows up to the end of this day."""
        if value.year in _ENDS:
            return rows.none() if value.year == 1 else rows
        after = value + timedelta(days=1)
        return rows.filter(**{f"{self.period}__lt": after if self.period_is_date else day_begin(after)})
