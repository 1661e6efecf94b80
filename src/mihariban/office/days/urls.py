"""Addresses of days and hours."""

from __future__ import annotations

from datetime import date

from django.urls import path, register_converter

from mihariban.office.days import views
from mihariban.office.days.register import Changes


class DayConverter:
    """A date such as 2026-11-24 in an address."""

    regex = "[0-9]{4}-[0-9]{2}-[0-9]{2}"

    def to_python(self, value: str) -> date:
        """The date; a ValueError makes the address unknown."""
        return date.fromisoformat(value)

    def to_url(self, value: date | str) -> str:
        """2026-11-24."""
        return value if isinstance(value, str) else value.isoformat()


register_converter(DayConverter, "day")

app_name = "days"
urlpatterns = [
    path("", views.month, name="month"),
    path("<int:year>/<int:month>/", views.month, name="month-of"),
    path("<day:day>/", views.day, name="day"),
    path("changes/", Changes.as_view(), name="changes"),
    path("changes/new/", views.new, name="new"),
    path("changes/<str:pk>/", views.change, name="change"),
    path("deliver/", views.deliver, name="deliver"),
]
