"""The sites app."""

from __future__ import annotations

from django.apps import AppConfig

from mihariban.office.base.text import T
from mihariban.office.web.nav import Nav


class SitesConfig(AppConfig):
    """See ``mihariban.office.sites``."""

    name = "mihariban.office.sites"
    label = "sites"
    nav = (Nav("sites:list", T("設備", "Equipment"), order=95, policy="mihariban.office.sites.policy.SITES"),)
    background = ("mihariban.office.sites.listener.Listener",)
