"""Addresses of the equipment."""

from __future__ import annotations

from django.urls import path

from mihariban.office.sites import views
from mihariban.office.sites.registers import Events, Findings

app_name = "sites"
urlpatterns = [
    path("", views.equipment, name="list"),
    path("recorders/<str:pk>/", views.recorder, name="recorder"),
    path("kiosks/<str:pk>/", views.KioskPage.as_view(), name="kiosk"),
    path("findings/", Findings.as_view(), name="findings"),
    path("findings/<int:pk>/", views.FindingPage.as_view(), name="finding"),
    path("events/", Events.as_view(), name="events"),
]
