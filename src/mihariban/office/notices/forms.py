"""Forms about signs."""

from __future__ import annotations

from typing import Any

from django import forms

from mihariban.office.base.dates import today
from mihariban.office.base.pages import ActionForm
from mihariban.office.base.text import T
from mihariban.office.notices.models import SIZES, STATES
from mihariban.office.sites.models import CameraUnit


def said(ja: str, en: str) -> Any:
    """A text in both languages where Django's types know its own lazy strings only."""
    return T(ja, en)


def _date(**more: Any) -> forms.DateField:
    return forms.DateField(widget=forms.DateInput(attrs={"type": "date"}), **more)


class HangForm(ActionForm):
    """A sign that hangs."""

    size = forms.ChoiceField(label=said("大きさ", "Size"), choices=list(SIZES.items()))
    camera = forms.ModelChoiceField(
        CameraUnit.objects.order_by("recorder_id", "camera"),
        label=said("カメラ", "Camera"),
        required=False,
        empty_label=said("場所全体", "the whole place"),
    )
    place = forms.CharField(
        label=said("掲げた場所", "Where it hangs"),
        max_length=200,
        help_text=said("例：カメラ本体の正面", "Such as: front of the camera"),
    )
    since = _date(label=said("掲げた日", "Hangs since"))
    photo = forms.CharField(
        label=said("写真の日付と保管先", "Photograph: date and where it is kept"),
        max_length=200,
        required=False,
        help_text=said("例：令和8年11月24日撮影、課内ファイル「表示」", "Such as: 2026-11-24, file of the section"),
    )

    def clean_since(self) -> Any:
        """Not a day to come."""
        since = self.cleaned_data["since"]
        if since > today():
            raise forms.ValidationError(
                str(
                    T(
                        "まだ来ていない日です。掲げた日を入れてください。",
                        "This day has not come. Enter the day it was hung.",
                    )
                )
            )
        return since


class CheckForm(ActionForm):
    """What was found."""

    state = forms.ChoiceField(
        label=said("見た結果", "What was found"), choices=list(STATES.items()), widget=forms.RadioSelect
    )
    note = forms.CharField(
        label=said("メモ", "Note"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )


class RemoveForm(ActionForm):
    """Why it was taken down."""

    reason = forms.CharField(
        label=said("外した理由", "Why it was taken down"), max_length=500, widget=forms.Textarea(attrs={"rows": 2})
    )


class ContactForm(ActionForm):
    """Whom the public can ask."""

    section = forms.CharField(label=said("担当課", "Section"), max_length=100)
    section_en = forms.CharField(label=said("担当課（英語）", "Section, in English"), max_length=100, required=False)
    phone = forms.CharField(label=said("電話", "Telephone"), max_length=50, required=False)
    mail = forms.EmailField(label=said("メール", "Mail"), required=False)
    post_en = forms.CharField(
        label=said("管理者の職（英語）", "The manager's post, in English"), max_length=100, required=False
    )
    purpose_en = forms.CharField(
        label=said("設置の目的（英語）", "The purpose, in English"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=said("空のときは、英語のページにも日本語で載ります。", "Empty: the English page shows the Japanese."),
    )
    place_en = forms.CharField(label=said("設置場所（英語）", "Place, in English"), max_length=200, required=False)
