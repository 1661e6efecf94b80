"""Addresses of faults."""

from __future__ import annotations

from django.urls import path

from mihariban.office.faults import views
from mihariban.office.faults.register import Disks, Faults

app_name = "faults"
urlpatterns = [
    path("", Faults.as_view(), name="list"),
    path("new/", views.open_, name="open"),
    path("from-finding/", views.from_finding, name="from_finding"),
    path("disks/", Disks.as_view(), name="disks"),
    path("disks/<int:pk>/<str:deed>/", views.disk, name="disk"),
    path("figures/", views.figures, name="figures"),
    path("<int:pk>/", views.record, name="record"),
    path("<int:pk>/gaps/", views.gaps, name="gaps"),
    path("<int:pk>/print/", views.sheet, name="sheet"),
    path("<int:pk>/notice/", views.notice, name="notice"),
]
