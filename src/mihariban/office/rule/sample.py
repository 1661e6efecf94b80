"""Versions for a demonstration: the one of set-up, and a proposal that waits for the manager."""

from __future__ import annotations

import re
from datetime import date, timedelta

from mihariban.office.base.acting import Acting, system
from mihariban.office.base.rule import rule_book
from mihariban.office.rule.actions.adopt_rule import adopt_rule
from mihariban.office.rule.actions.propose_version import propose_version
from mihariban.office.rule.models import RuleVersion


def make_sample(operator: Acting, today: date) -> RuleVersion:
    """Register the rule of set-up and propose the next version, in force in a month: holds are looked at every sixty
    days, where the rule says ninety."""
    adopt_rule(acting=system())
    newest = rule_book().versions[-1]
    text = re.sub(r"(?m)^version = \d+$", f"version = {newest.policy.version + 1}", newest.text, count=1)
    first = (today + timedelta(days=30)).isoformat()
    text = re.sub(r"(?m)^effective_from = \S+$", f"effective_from = {first}", text, count=1)
    text = text.replace("review_days = 90", "review_days = 60")
    return propose_version(text, acting=operator, why="延長の見直しを早くする（見本）")
