"""The form of the rule by fields, filled in as a browser sends it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import QueryDict

from mihariban.office.rule.by_fields import FieldsForm
from mihariban.policy import LoadedPolicy


def untouched(newest: LoadedPolicy) -> dict[str, Any]:
    """Every field as the page shows it; what is not ticked is not sent."""
    form = FieldsForm(newest=newest)
    told: dict[str, Any] = {}
    for name, field in form.fields.items():
        value = form[name].value()
        if isinstance(field, forms.BooleanField):
            if value:
                told[name] = "on"
        elif value is not None:
            told[name] = value if isinstance(value, list) else str(value)
    return told


def sent(told: dict[str, Any]) -> QueryDict:
    """As a view gets it: line ends of a browser, several values under one name."""
    query = QueryDict(mutable=True)
    for name, value in told.items():
        if isinstance(value, list):
            query.setlist(name, value)
        else:
            query[name] = value.replace("\n", "\r\n")
    return query
