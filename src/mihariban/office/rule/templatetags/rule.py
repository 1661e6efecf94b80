"""Words for pages of the rule: ``{% load rule %}``."""

from __future__ import annotations

from django import template

from mihariban.office.base.text import language
from mihariban.policy import Finding

register = template.Library()


@register.filter
def finding(found: Finding) -> str:
    """A warning about a rule, in the language of the page."""
    return found.text(language())
