"""The sites app."""

from __future__ import annotations

from django.apps import AppConfig


class SitesConfig(AppConfig):
    """See ``mihariban.office.sites``."""

    name = "mihariban.office.sites"
    label = "sites"
