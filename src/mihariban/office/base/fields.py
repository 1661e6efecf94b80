"""Form fields with a label in two languages."""

from __future__ import annotations

from django import forms

from mihariban.office.base.text import T

MOMENTS = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"]


def text(label: T, most: int, *, required: bool = True, rows: int = 0, help_: T | str = "") -> forms.CharField:
    """A text of at most ``most`` letters; longer ones are refused beside the field. ``rows``: for several lines."""
    widget = forms.Textarea(attrs={"rows": rows}) if rows else forms.TextInput()
    return forms.CharField(label=label, max_length=most, required=required, widget=widget, help_text=help_)  # type: ignore[arg-type]  # T is text in the language of the request


def choice(label: T, choices: dict[str, T], *, required: bool = True) -> forms.ChoiceField:
    """One of a few words."""
    return forms.ChoiceField(label=label, choices=list(choices.items()), required=required)  # type: ignore[arg-type]  # the same


def moment(label: T) -> forms.DateTimeField:
    """A day and a minute in the office's zone."""
    widget = forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local"})
    return forms.DateTimeField(label=label, widget=widget, input_formats=MOMENTS)  # type: ignore[arg-type]  # the same
