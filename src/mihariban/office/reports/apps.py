"""The app of reports."""

from __future__ import annotations

from typing import ClassVar

from django.apps import AppConfig

from mihariban.office.base.text import T
from mihariban.office.web.nav import Nav


class ReportsConfig(AppConfig):
    """See ``mihariban.office.reports``."""

    name = "mihariban.office.reports"
    label = "reports"
    nav: ClassVar = [
        Nav(
            "reports:index",
            T("帳簿・集計", "Registers and figures"),
            order=90,
            policy="mihariban.office.reports.policy.REPORTS",
        )
    ]
