"""What reports are asked for: a period and a kiosk."""

from __future__ import annotations

from django import forms

from mihariban.office.base.text import T
from mihariban.office.sites.models import Kiosk


class AskForm(forms.Form):
    """From, to, kiosk; all of them optional."""

    first = forms.DateField(
        label=T("から", "From"),  # type: ignore[arg-type]  # T is text in the language of the request
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    last = forms.DateField(
        label=T("まで", "To"),  # type: ignore[arg-type]  # the same
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    kiosk = forms.ModelChoiceField(
        Kiosk.objects.order_by("name"),
        label=T("交付機", "Kiosk"),  # type: ignore[arg-type]  # the same
        required=False,
        empty_label=T("すべて", "all"),  # type: ignore[arg-type]  # the same
    )
