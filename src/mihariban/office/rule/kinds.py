"""Form fields for the kinds of values that a rule has: they take what a clerk writes and give what the file holds."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.html import escape

from mihariban.office.base.text import T, language
from mihariban.office.days.words import said
from mihariban.office.rule.fields import ONE_A_LINE, Spec, meaning, needed

MOST_LINE, MOST_TEXT = 500, 20_000
_CLOCK = re.compile(r"(\d{1,2})(?::(\d{2})|時(?:(\d{1,2})分)?)")
_MONTH_DAY = re.compile(r"(\d{1,2})(?:[-/.]|月)(\d{1,2})日?")


class ClockField(forms.CharField):
    """A time of day: 8:30, 08:30, 8時30分, in letters of any width. "24:00" is the end of the day, which no time
    picker has."""

    def __init__(self, **more: Any) -> None:
        widget = forms.TextInput(attrs={"class": "r-clock", "inputmode": "text", "autocomplete": "off"})
        super().__init__(max_length=20, required=False, widget=widget, **more)

    def prepare_value(self, value: Any) -> Any:
        """8:30, as people write it."""
        return value.removeprefix("0") if isinstance(value, str) and re.fullmatch(r"0\d:\d\d", value) else value

    def clean(self, value: Any) -> Any:
        """ "08:30" or an empty text."""
        text = unicodedata.normalize("NFKC", super().clean(value)).replace(" ", "")
        found = _CLOCK.fullmatch(text)
        if text and not found:
            raise ValidationError(said("時刻を 8:30 のように書きます。", "Write a time such as 8:30."))
        return f"{int(found[1]):02}:{int(found[2] or found[3] or 0):02}" if found else ""


class MonthDayField(forms.CharField):
    """A day of every year: 12月29日, 12/29, 12-29."""

    def __init__(self, **more: Any) -> None:
        super().__init__(max_length=20, required=False, widget=forms.TextInput(attrs={"class": "r-clock"}), **more)

    def prepare_value(self, value: Any) -> Any:
        """12月29日, as people write it."""
        found = re.fullmatch(r"(\d\d)-(\d\d)", value) if isinstance(value, str) else None
        return f"{int(found[1])}月{int(found[2])}日" if found and language() == "ja" else value

    def clean(self, value: Any) -> Any:
        """ "12-29" or an empty text."""
        text = unicodedata.normalize("NFKC", super().clean(value)).replace(" ", "")
        found = _MONTH_DAY.fullmatch(text)
        if text and not found:
            raise ValidationError(said("月日を 12月29日 のように書きます。", "Write a day such as 12-29."))
        return f"{int(found[1]):02}-{int(found[2]):02}" if found else ""


class LinesField(forms.CharField):
    """Several texts, one in each line; empty lines count for nothing."""

    def __init__(self, **more: Any) -> None:
        super().__init__(max_length=MOST_TEXT, required=False, widget=forms.Textarea(attrs={"rows": 3}), **more)

    def prepare_value(self, value: Any) -> Any:
        """One in each line."""
        return "\n".join(value) if isinstance(value, (tuple, list)) else value

    def clean(self, value: Any) -> Any:
        """The texts."""
        return [line.strip() for line in super().clean(value).splitlines() if line.strip()]


class TextField(forms.CharField):
    """A text of several lines, with the line ends of the file."""

    def __init__(self, *, rows: int, **more: Any) -> None:
        widget = forms.Textarea(attrs={"rows": rows})
        super().__init__(max_length=MOST_TEXT, required=False, strip=False, widget=widget, **more)

    def clean(self, value: Any) -> Any:
        """Browsers send CR LF."""
        return super().clean(value).replace("\r\n", "\n").rstrip("\n")


def field_for(spec: Spec, clauses: str = "") -> forms.Field:
    """The form field of a value.

    Args:
        clauses: where it comes from, as the city cites it.
    """
    facts: dict[str, Any] = {"label": spec.label, "help_text": _help(spec, clauses)}
    if spec.kind in ("choice", "several"):
        facts["choices"] = list((spec.choices or {}).items())
    if spec.kind == "line":
        facts["required"] = needed(spec.path)
    return _MAKERS[spec.kind](**facts)


def _line(**facts: Any) -> forms.Field:
    return forms.CharField(max_length=MOST_LINE, **facts)


def _whole(**facts: Any) -> forms.Field:
    return forms.IntegerField(required=False, min_value=0, max_value=10**6, **facts)


def _decimal(**facts: Any) -> forms.Field:
    return forms.FloatField(required=False, min_value=0, max_value=10**6, **facts)


def _date(**facts: Any) -> forms.Field:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(required=False, widget=widget, **facts)


def _yes(**facts: Any) -> forms.Field:
    answers = [("yes", said("はい", "yes")), ("no", said("いいえ", "no"))]
    return forms.ChoiceField(required=False, choices=answers, **facts)


def _choice(**facts: Any) -> forms.Field:
    return forms.ChoiceField(required=False, **facts)


def _several(**facts: Any) -> forms.Field:
    return forms.MultipleChoiceField(required=False, widget=forms.CheckboxSelectMultiple, **facts)


_MAKERS: dict[str, Callable[..., forms.Field]] = {
    "line": _line, "lines": LinesField, "whole": _whole, "decimal": _decimal, "choice": _choice, "yes": _yes,
    "several": _several, "date": _date, "month_day": MonthDayField, "clock": ClockField,
}  # fmt: skip  # a list of names


def shown(spec: Spec, value: Any) -> Any:
    """A value of the rule as its field begins with it."""
    if spec.kind == "yes":
        return "yes" if value else "no"
    return list(value) if isinstance(value, tuple) else value


def meant(spec: Spec, typed: Any, now: Any) -> Any:
    """What was typed as a value of the rule; None takes it away. Choices keep the order that the rule has them in."""
    if spec.kind == "yes":
        return typed == "yes" if typed else now
    if spec.kind == "several":
        kept = [each for each in now or () if each in typed]
        return (*kept, *(each for each in typed if each not in kept))
    if spec.kind == "lines":
        return tuple(typed)
    if spec.kind == "choice":
        return typed or now
    return None if typed in ("", None) else typed


def _help(spec: Spec, clauses: str) -> T:
    """Django shows it as HTML: escaped here."""
    text = spec.help or _sentence(spec)
    more = ONE_A_LINE if spec.kind == "lines" else T("", "")
    from_ja, from_en = (f"（{clauses}）", f" ({clauses})") if clauses else ("", "")
    return T(escape(text.ja + more.ja + from_ja), escape(f"{text.en} {more.en}".strip() + from_en))


def _sentence(spec: Spec) -> T:
    """The model's own words, unless the label says them already; what can be chosen stands in the choice."""
    text = meaning(spec.path)
    if spec.kind in ("choice", "yes"):
        text = T(text.ja.partition("。")[0] + "。", text.en.partition(":")[0].rstrip(".") + ".")
    said_ja, said_en = text.ja.rstrip("。"), text.en.rstrip(".").lower()
    return T(
        "" if spec.label.ja.endswith(said_ja) else text.ja, "" if spec.label.en.lower().endswith(said_en) else text.en
    )
