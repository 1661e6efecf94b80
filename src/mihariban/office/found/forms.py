"""Forms of the register of things."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet

from mihariban.office.base.fields import choice, moment, text
from mihariban.office.base.pages import ActionForm
from mihariban.office.base.text import T, language
from mihariban.office.found.errors import IndividualNumberRefused
from mihariban.office.found.guard import doubt, refuse_numbers
from mihariban.office.found.words import FIELDS, KINDS, METHODS, RECOGNISED
from mihariban.office.people.models import Person
from mihariban.office.sites.models import Kiosk

_NO_NAMES = T("氏名・住所・番号は書きません。", "No names, addresses or numbers.")


class GuardedForm(ActionForm):
    """Texts are looked at beside their field; what looks personal is asked about once."""

    sure = forms.BooleanField(
        label=T("必要な記載であることを確かめた", "I have checked that this is needed"),  # type: ignore[arg-type]  # T
        required=False,
        widget=forms.HiddenInput,
    )

    def clean(self) -> dict[str, Any]:
        """Numbers are refused; the question is put, with a box to tick, where a text looks personal."""
        sent = super().clean() or self.cleaned_data
        for name, value in list(sent.items()):
            if isinstance(value, str) and isinstance(self.fields[name], forms.CharField):
                self._look(name, value)
        return sent

    def _look(self, name: str, value: str) -> None:
        label = T(str(self.fields[name].label), str(self.fields[name].label))
        try:
            refuse_numbers(value, label)
        except IndividualNumberRefused as error:
            self.add_error(name, error.text(language()))
            return
        why = doubt(value)
        if why is not None:
            self.fields["sure"].widget = forms.CheckboxInput()
            if not self.cleaned_data.get("sure"):
                question = T(
                    "{why}があります。個人情報なら消してください。必要な記載なら、下の欄に印を付けてもう一度押します。",
                    "There is {why}. Take it out where it is personal data; else tick the box below and press again.",
                )
                self.add_error(name, str(question.format(why=why)))


class EnterForm(GuardedForm):
    """Something was found."""

    kind = choice(T("種類", "Kind"), KINDS)
    kiosk = forms.ModelChoiceField(
        Kiosk.objects.order_by("name"),
        label=T("交付機", "Kiosk"),  # type: ignore[arg-type]  # T
        required=False,
        empty_label=T("わからない", "not known"),  # type: ignore[arg-type]  # T
    )
    found_at = moment(T("見つけた日時", "Found at"))
    what = text(
        T("何か", "What"),
        200,
        required=False,
        help_=T("例：住民票の写し。氏名・住所・番号は書きません。", "Such as: copy of a residence record. No names."),
    )
    pieces = forms.IntegerField(label=FIELDS["pieces"], min_value=1, max_value=9999, initial=1)  # type: ignore[arg-type]  # T
    yen = forms.IntegerField(label=FIELDS["yen"], min_value=1, max_value=9_999_999, required=False)  # type: ignore[arg-type]  # T
    kept_at = text(T("保管場所", "Kept where"), 200)
    finder = forms.ModelChoiceField(
        Person.objects.none(),
        label=T("見つけた職員", "Found by"),  # type: ignore[arg-type]  # T
        required=False,
        empty_label=T("自分", "myself"),  # type: ignore[arg-type]  # T
    )
    remark = text(T("備考", "Remark"), 1000, required=False, rows=2, help_=_NO_NAMES)

    def __init__(self, *args: Any, staff: QuerySet[Person], **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["finder"].queryset = staff  # type: ignore[attr-defined]  # a ModelChoiceField


class ReturnForm(GuardedForm):
    """It goes back."""

    recognised = choice(T("本人と確かめた方法", "Recognised by"), RECOGNISED)
    how = text(
        T("持ち主と確かめた内容", "How it was recognised"),
        200,
        required=False,
        help_=T("例：証明書の種類と時刻が合った。番号は書き写しません。", "Such as: kind and time fitted. No numbers."),
    )


class DestroyForm(ActionForm):
    """It is destroyed."""

    method = choice(T("廃棄の方法", "Method"), METHODS)

    def __init__(self, *args: Any, staff: QuerySet[Person], need: int, **more: Any) -> None:
        super().__init__(*args, **more)
        for n in (1, 2):
            self.fields[f"witness{n}"] = forms.ModelChoiceField(
                staff,
                label=T("立会者 {n}", "Witness {n}").format(n=n),  # type: ignore[arg-type]  # T
                required=n <= need,
                help_text=T("廃棄する人とは別の職員。", "Another member of staff than who destroys."),  # type: ignore[arg-type]  # T
            )


class HandForm(GuardedForm):
    """It goes to the police."""

    station = text(T("警察署・交番", "Police station"), 100)
    receipt = text(T("受理番号", "Number of the receipt"), 60, required=False)


class SpanForm(ActionForm):
    """The settings."""

    text_days = forms.IntegerField(
        label=T("文を消すまでの日数", "Days until texts are erased"),  # type: ignore[arg-type]  # T
        min_value=1,
        max_value=3650,
        help_text=T("保管が終わってから数えます。", "Counted from the day on which the thing is gone."),  # type: ignore[arg-type]  # T
    )
    witnesses = forms.TypedChoiceField(
        label=T("廃棄の立会者の数", "Witnesses of a destruction"),  # type: ignore[arg-type]  # T
        choices=[(1, "1"), (2, "2")],
        coerce=int,
    )


def correction_form(field: str) -> type[GuardedForm]:
    """The form for one field of a thing."""
    made: dict[str, forms.Field] = {
        "kind": choice(FIELDS["kind"], KINDS),
        "found_at": moment(FIELDS["found_at"]),
        "what": text(FIELDS["what"], 200, required=False, help_=_NO_NAMES),
        "pieces": forms.IntegerField(label=FIELDS["pieces"], min_value=1, max_value=9999),  # type: ignore[arg-type]  # T
        "yen": forms.IntegerField(label=FIELDS["yen"], min_value=1, max_value=9_999_999, required=False),  # type: ignore[arg-type]  # T
        "kept_at": text(FIELDS["kept_at"], 200),
        "how": text(FIELDS["how"], 200, required=False, help_=_NO_NAMES),
        "remark": text(FIELDS["remark"], 1000, required=False, rows=3, help_=_NO_NAMES),
    }
    reason = text(T("訂正の理由", "Reason"), 500)
    return type("CorrectionForm", (GuardedForm,), {"value": made[field], "reason": reason})
