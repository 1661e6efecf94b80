"""The rule app."""

from __future__ import annotations

from django.apps import AppConfig

from mihariban.office.base.text import T
from mihariban.office.web.nav import Nav


class RuleConfig(AppConfig):
    """See ``mihariban.office.rule``."""

    name = "mihariban.office.rule"
    label = "rule"
    nav = (Nav("rule:now", T("要綱", "Rule"), order=85, policy="mihariban.office.rule.policy.RULES"),)
