"""The today app."""

from __future__ import annotations

from django.apps import AppConfig

from mihariban.office.base.text import T
from mihariban.office.web.nav import Nav


class TodayConfig(AppConfig):
    """See ``mihariban.office.today``."""

    name = "mihariban.office.today"
    label = "today"
    nav = (Nav("today:today", T("今日", "Today"), order=10, policy="mihariban.office.today.policy.TODAY"),)
