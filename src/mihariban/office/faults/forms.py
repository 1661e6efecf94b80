"""Forms of faults."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django import forms

from mihariban.office.base.dates import now
from mihariban.office.base.text import T
from mihariban.office.faults.actions.amend_fault import FIELDS
from mihariban.office.faults.models import Fault
from mihariban.office.faults.words import KINDS, TELLING, choices
from mihariban.office.sites.models import CameraUnit, Kiosk

LONGEST = 2_000
"""Letters of a text: a page of paper."""
OLDEST_YEARS = 5
"""A fault that is entered began no longer ago: as long as papers of repairs are commonly kept."""


def _t(ja: str, en: str) -> Any:
    """Django's stubs ask for str where Django takes whatever becomes one when it is shown."""
    return T(ja, en)


def _field(name: str) -> Any:
    return FIELDS[name]


def _text(label: Any, *, help_text: Any = "", required: bool = True, rows: int = 3) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": rows})
    return forms.CharField(label=label, max_length=LONGEST, widget=widget, help_text=help_text, required=required)


def _line(label: Any, length: int, *, help_text: Any = "", required: bool = True) -> forms.CharField:
    return forms.CharField(label=label, max_length=length, help_text=help_text, required=required)


def _moment(label: Any, *, help_text: Any = "", required: bool = True) -> forms.DateTimeField:
    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    return forms.DateTimeField(
        label=label, widget=widget, initial=now if required else None, help_text=help_text, required=required
    )


def _expected() -> forms.CharField:
    return _line(
        _t("復旧の見込み", "Expected to work again"), 60, required=False,
        help_text=_t("利用者に見えます。例：11月25日の午後", "Users see it. Such as: afternoon of 25 November"),
    )  # fmt: skip  # a label and its help


class FaultForm(forms.Form):
    """What is known of a fault."""

    kind = forms.ChoiceField(label=_field("kind"), choices=choices(KINDS), widget=forms.RadioSelect)
    what = _text(
        _field("what"),
        help_text=_t("見たことを短く。利用者の氏名は書きません。", "What you saw, in short. No names of users."),
    )
    since = _moment(_field("since"), help_text=_t("分からないときは気づいた時刻。", "Or when it was noticed."))
    error_code = _line(
        _field("error_code"), 40, required=False, help_text=_t("画面に出ているもの。", "As the screen shows it.")
    )
    expected = _expected()
    data_at_risk = _text(
        _field("data_at_risk"), required=False, rows=2,
        help_text=_t("機械に残った証明書、失われた映像など。なければ空。", "Paper left inside, lost footage."),
    )  # fmt: skip  # a label and its help

    def clean_since(self) -> datetime:
        """Not so long ago that it can only be a slip of the keyboard: it would be years of downtime."""
        since: datetime = self.cleaned_data["since"]
        first = now().date() - timedelta(days=366 * OLDEST_YEARS)
        if since.date() < first:
            raise forms.ValidationError(
                str(
                    T(
                        "{n} 年より前の日時です。年を確かめて、入れ直してください。",
                        "This is more than {n} years ago. Check the year and enter it again.",
                    ).format(n=OLDEST_YEARS)
                )
            )
        return since


class OpenForm(FaultForm):
    """A new fault."""

    kiosk = forms.ModelChoiceField(label=_t("機械", "Machine"), queryset=Kiosk.objects.none())
    stop = forms.BooleanField(
        label=_t("この機械の使用を止める", "Take the kiosk out of service"), required=False,
        help_text=_t(
            "公開ページと機械の画面に、すぐ「故障中」と出ます。", "The public page and the kiosk screen say so at once."
        ),
    )  # fmt: skip  # a label and its help
    field_order = ("kiosk", "kind", "what", "stop", "expected", "since", "error_code", "data_at_risk")

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        kiosks = Kiosk.objects.order_by("pk")
        self.fields["kiosk"].queryset = kiosks  # type: ignore[attr-defined]  # a ModelChoiceField
        only = kiosks[:2]
        if not self.initial.get("kiosk") and len(only) == 1:
            self.initial["kiosk"] = only[0].pk  # nothing to choose


class DeedForm(forms.Form):
    """Base of the forms on a record's page. ``fault``: whose page it is; its stamp is posted along."""

    def __init__(self, *args: Any, fault: Fault, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fault = fault


class StopForm(DeedForm):
    expected = _expected()


class ResumeForm(DeedForm):
    why = _text(_t("再開する理由", "Why it may be used"), rows=2)


class TellForm(DeedForm):
    how = forms.ChoiceField(label=_t("方法", "How"), choices=[each for each in choices(TELLING) if each[0] != "page"])
    at = _moment(_t("日時", "When"))
    where = _line(_t("場所など", "Where"), 100, required=False)


class CallForm(DeedForm):
    at = _moment(_t("通話の日時", "When"))
    spoken_to = _line(_t("相手（会社と担当者）", "Who was spoken to"), 100)
    said = _text(_t("話した内容", "What was said"))


class MailForm(DeedForm):
    to = forms.EmailField(label=_t("保守業者のメールアドレス", "The vendor's address"), max_length=254)
    remark = _text(_t("書き添えること", "To add"), required=False, rows=2)
    answer_to = _line(_t("こちらの連絡先（電話）", "Where to call us"), 100, required=False)


class NoteForm(DeedForm):
    text = _text(_t("経過", "What happened"), rows=2)


class GapForm(DeedForm):
    camera = forms.ModelChoiceField(label=_t("カメラ", "Camera"), queryset=CameraUnit.objects.none())
    gap = forms.IntegerField(label=_t("欠けの番号", "Number of the gap"), min_value=0, max_value=2**53)
    began = _moment(_t("始まり", "From"))
    ended = _moment(_t("終わり", "To"), required=False, help_text=_t("続いていれば空。", "Empty while it lasts."))

    def __init__(self, *args: Any, fault: Fault, **more: Any) -> None:
        super().__init__(*args, fault=fault, **more)
        rows = CameraUnit.objects.filter(kiosk_id=fault.kiosk_id).order_by("recorder_id", "camera")
        self.fields["camera"].queryset = rows  # type: ignore[attr-defined]  # a ModelChoiceField


class DiskForm(DeedForm):
    serial = _line(_t("製造番号", "Serial number"), 60)
    taken_at = _moment(_t("取り外した日時", "Taken out at"))
    taken_by = _line(_t("取り外した人（会社と氏名）", "By whom"), 100)
    kept_at = _line(_t("保管場所", "Where it is kept"), 100, help_text=_t("施錠できる所。", "Locked up."))


class HandForm(DeedForm):
    at = _moment(_t("引き渡した日時", "Handed over at"))
    to = _line(_t("引き渡した相手", "To whom"), 100)


class EraseForm(DeedForm):
    at = _moment(_t("消去した日時", "Erased at"))
    method = _line(_t("方法", "How"), 100, help_text=_t("例：破砕", "Such as: shredded"))
    certificate = _line(_t("消去証明書の番号", "Number of the certificate"), 60, required=False)


class RepairForm(DeedForm):
    at = _moment(_t("修理した日時", "Repaired at"))
    cause = _text(_t("原因", "Cause"), rows=2)
    repair = _text(_t("行ったこと", "What was done"), rows=2)


class RestoreForm(DeedForm):
    test = _text(
        _t("試験の内容と結果", "How it was tested"),
        rows=2,
        help_text=_t("例：試し印刷 1 枚、正常", "Such as: one page printed, fine"),
    )


class ConfirmForm(DeedForm):
    """Nothing to fill in."""


class AmendForm(FaultForm, DeedForm):
    """What was written down of it."""

    def clean_since(self) -> datetime:
        """The moment that stands there stays as it is, however old: the form shows it without its seconds, and whoever
        corrects something else did not type it."""
        typed: datetime = self.cleaned_data["since"]
        kept = self.fault.since
        return kept if typed == kept.replace(second=0, microsecond=0) else super().clean_since()
