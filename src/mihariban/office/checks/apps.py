"""The checks app."""

from __future__ import annotations

from django.apps import AppConfig

from mihariban.office.base.text import T
from mihariban.office.web.nav import Nav


class ChecksConfig(AppConfig):
    """See ``mihariban.office.checks``."""

    name = "mihariban.office.checks"
    label = "checks"
    nav = (Nav("checks:today", T("日次点検", "Daily check"), order=20, policy="mihariban.office.checks.policy.CHECKS"),)
