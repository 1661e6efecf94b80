"""Addresses of today's screen."""

from __future__ import annotations

from django.urls import path

from mihariban.office.today import views

app_name = "today"
urlpatterns = [
    path("", views.today, name="today"),
    path("<str:recorder>/<str:day>.svg", views.drawing, name="drawing"),
]
