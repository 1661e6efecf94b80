"""Addresses: each app under its own name, ``mihariban.office.<app>.urls`` with ``app_name = "<app>"``."""

from __future__ import annotations

from importlib.util import find_spec

from django.urls import URLPattern, URLResolver, include, path
from django.views.generic import RedirectView

from mihariban.office.web import views
from mihariban.office.web.settings import apps

_OWN = ("web", "base")


def _app_urls() -> list[URLResolver]:
    names = [name.rpartition(".")[2] for name in apps()]
    return [
        path(f"{name}/", include(f"mihariban.office.{name}.urls"))
        for name in names
        if name not in _OWN and find_spec(f"mihariban.office.{name}.urls")
    ]


urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.home, name="home"),
    path("healthz", views.healthz, name="healthz"),
    path("language/", views.choose_language, name="language"),
    # What allauth offers and this office does not: people neither sign themselves up nor keep mail addresses here.
    *(
        path(f"account/{gone}", RedirectView.as_view(pattern_name="account_login"))
        for gone in ("signup/", "email/", "password/reset/", "password/set/", "inactive/", "3rdparty/")
    ),
    path("account/", include("allauth.urls")),
    *_app_urls(),
]

handler403 = views.forbidden
handler404 = views.not_found
handler500 = views.broken
