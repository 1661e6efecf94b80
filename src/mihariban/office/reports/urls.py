"""Addresses of the reports."""

from __future__ import annotations

from django.urls import path

from mihariban.office.reports import views

app_name = "reports"
urlpatterns = [
    path("", views.index, name="index"),
    path("figures/", views.figures, name="figures"),
]
