"""Forms of the rule."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile

from mihariban.office.base.text import language
from mihariban.office.days.words import said
from mihariban.office.rule.errors import RuleTextUnreadable
from mihariban.office.rule.proposal import MOST

LARGEST = 1_500_000
"""Bytes that are read of an uploaded file: more than the longest text takes in Japanese."""


class ProposalForm(forms.Form):
    """A version as somebody typed or uploaded it. An uploaded file takes the place of the text."""

    text = forms.CharField(
        label=said("要綱のデータ（TOML）", "Data of the rule (TOML)"),
        strip=False,
        max_length=MOST,
        widget=forms.Textarea(attrs={"rows": 30, "spellcheck": "false", "class": "r-text"}),
        help_text=said(
            "今の版の写しです。版の番号（version）と施行日（effective_from）を必ず書き直します。",
            "A copy of the newest version. Its number (version) and date (effective_from) must be changed.",
        ),
    )
    file = forms.FileField(
        label=said("ファイルから読む", "Read from a file"),
        required=False,
        help_text=said("選ぶと、上の文の代わりになります。", "It takes the place of the text above."),
    )
    why = forms.CharField(
        label=said("改正の理由", "Why it changes"),
        max_length=500,
        required=False,
        help_text=said("人の名前は書きません。", "Name no person."),
    )

    def __init__(self, data: Any = None, files: Any = None, **more: Any) -> None:
        self._unreadable: RuleTextUnreadable | None = None
        if data is not None and files and files.get("file"):
            data = self._with_file(data, files["file"])
        super().__init__(data, files, **more)

    def clean(self) -> dict[str, Any]:
        """Tell a file that could not be read."""
        if self._unreadable is not None:
            self.add_error("file", self._unreadable.text(language()))
        return super().clean() or {}

    def _with_file(self, data: Any, file: UploadedFile[Any]) -> Any:
        """The typed data with the text of the file; what was typed stays where it cannot be read."""
        try:
            text = file.read(LARGEST + 1).decode("utf-8-sig")
        except UnicodeDecodeError:
            self._unreadable = RuleTextUnreadable(file=file.name or "-")
            return data
        return {**data.dict(), "text": text}


class ApproveForm(forms.Form):
    """The manager's yes."""

    stamp = forms.IntegerField(widget=forms.HiddenInput)
    approver = forms.CharField(label=said("決定した職", "Post that decided"), max_length=100)
    document_number = forms.CharField(label=said("文書番号", "Document number"), max_length=100)


class EndForm(forms.Form):
    """The manager's no, or taking a proposal back."""

    stamp = forms.IntegerField(widget=forms.HiddenInput)
    reason = forms.CharField(label=said("理由", "Reason"), max_length=200)


class DateForm(forms.Form):
    """On which day?"""

    date = forms.DateField(
        label=said("日付", "Date"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
