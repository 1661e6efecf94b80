"""Forms about equipment."""

from __future__ import annotations

from typing import Any

from django import forms

from mihariban.office.base.pages import ActionForm
from mihariban.office.base.text import T


def said(ja: str, en: str) -> Any:
    """A text in both languages where Django's types know its own lazy strings only."""
    return T(ja, en)


class KioskForm(ActionForm):
    """Name and place of a kiosk."""

    name = forms.CharField(label=said("名称", "Name"), max_length=100, help_text=said("例：1号機", "Such as: Kiosk 1"))
    place = forms.CharField(
        label=said("設置場所", "Place"),
        max_length=200,
        required=False,
        help_text=said(
            "市民に分かる書き方で。例：本庁舎1階ロビー", "As citizens know it, such as: city hall, ground floor"
        ),
    )


class CloseForm(ActionForm):
    """What was found."""

    reason = forms.CharField(
        label=said("調べた結果と、閉じる理由", "What was found, and why it is closed"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
