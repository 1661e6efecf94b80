"""``{% t "日本語" "English" %}``, ``{{ day|era }}`` and small helpers; built in, nothing to load."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import template
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

from mihariban.office.base.dates import era_text
from mihariban.office.base.text import T

register = template.Library()


@register.simple_tag
def t(ja: str, en: str, **facts: Any) -> SafeString:
    """One of two texts; facts in braces are escaped: ``{% t "{n} 件" "{n} entries" n=count %}``."""
    safe = {name: conditional_escape(value) for name, value in facts.items()}
    text = str(T(ja, en))
    return mark_safe(text.format(**safe) if safe else text)  # noqa: S308  # literals of our templates; facts are escaped


@register.filter
def era(value: date | None) -> str:
    """A date or moment as clerks write it; empty for none."""
    return era_text(value) if value else ""


@register.filter
def lacks(value: Any) -> bool:
    """Whether a refusal or nothing."""
    return not value
