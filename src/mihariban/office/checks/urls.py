"""Addresses of checks."""

from __future__ import annotations

from django.urls import path

from mihariban.office.checks import views

app_name = "checks"
urlpatterns = [
    path("", views.index, name="today"),
    path("month/", views.month, name="month"),
    path("<str:kiosk>/<str:day>/", views.sheet, name="sheet"),
    path("<str:kiosk>/<str:day>/confirm/", views.confirm, name="confirm"),
    path("<str:kiosk>/<str:day>/explain/", views.explain, name="explain"),
    path("<str:kiosk>/<str:day>/<str:item>/correct/", views.correct, name="correct"),
    path("<str:kiosk>/<str:day>/<str:item>/fault/", views.fault, name="fault"),
]
