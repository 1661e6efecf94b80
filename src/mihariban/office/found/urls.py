"""Addresses of the register of things."""

from __future__ import annotations

from django.urls import path

from mihariban.office.found import registers, views

app_name = "found"
urlpatterns = [
    path("", registers.Things.as_view(), name="list"),
    path("corrections/", registers.ThingCorrections.as_view(), name="corrections"),
    path("new/", views.New.as_view(), name="new"),
    path("settings/", views.Span.as_view(), name="span"),
    path("<int:pk>/", views.thing, name="thing"),
    path("<int:thing>/return/", views.Return.as_view(), name="return"),
    path("<int:thing>/destroy/", views.Destroy.as_view(), name="destroy"),
    path("<int:thing>/police/", views.Hand.as_view(), name="hand"),
    path("<int:thing>/correct/<slug:field>/", views.Correct.as_view(), name="correct"),
]
