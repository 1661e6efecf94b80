"""Addresses of the rule."""

from __future__ import annotations

from django.urls import path

from mihariban.office.rule import proposing, views
from mihariban.office.rule.register import Versions

app_name = "rule"
urlpatterns = [
    path("", views.now, name="now"),
    path("on/", views.on, name="on"),
    path("versions/", Versions.as_view(), name="versions"),
    path("versions/<str:pk>/", views.version, name="version"),
    path("versions/<str:pk>/policy.toml", views.text, name="text"),
    path("propose/", proposing.propose, name="propose"),
    path("propose/text/", proposing.propose_text, name="propose_text"),
]
