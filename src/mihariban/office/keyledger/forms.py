"""Forms of the key ledger."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet

from mihariban.office.base.fields import choice, moment, text
from mihariban.office.base.pages import ActionForm
from mihariban.office.base.text import T
from mihariban.office.keyledger.models import Key, KeyUse
from mihariban.office.keyledger.purposes import FIELDS, LAMPS, PURPOSES
from mihariban.office.people.models import Person
from mihariban.office.sites.models import RecorderUnit


class KeyForm(ActionForm):
    """A key."""

    label = text(T("鍵の名", "Key"), 60, help_=T("札に書いてある名。", "As written on its tag."))
    opens = text(T("開けるもの", "What it opens"), 200)
    hangs = text(T("保管場所", "Where it hangs"), 200)
    pieces = forms.IntegerField(label=T("本数", "Pieces on the hook"), min_value=1, max_value=99, initial=1)  # type: ignore[arg-type]  # T
    recorder = forms.ModelChoiceField(
        RecorderUnit.objects.order_by("id"),
        label=T("録画装置", "Recorder"),  # type: ignore[arg-type]  # T
        required=False,
        empty_label=T("すべて", "all of them"),  # type: ignore[arg-type]  # T
        help_text=T("この鍵でケースが開く録画装置。", "The recorder whose case this key opens."),  # type: ignore[arg-type]  # T
    )


class ReasonForm(ActionForm):
    """A reason and nothing else."""

    reason = text(T("理由", "Reason"), 500, rows=3)


class ExplainForm(ActionForm):
    """What happened."""

    reason = text(T("説明", "What happened"), 1000, rows=4)


class TakeForm(ActionForm):
    """A key goes out; the purpose is the button."""

    purpose = forms.ChoiceField(choices=list(PURPOSES.items()), widget=forms.HiddenInput)
    holder = forms.ModelChoiceField(
        Person.objects.none(),
        label=T("使用者", "Who takes it"),  # type: ignore[arg-type]  # T
        required=False,
        empty_label=T("自分", "myself"),  # type: ignore[arg-type]  # T
    )
    companion = text(
        T("立会者", "Companion"),
        100,
        required=False,
        help_=T("保守業者が使うときは必ず書きます。", "Always where a vendor takes it."),
    )
    lamp = choice(T("録画ランプ（開ける前）", "Recording lamp before"), LAMPS, required=False)
    remark = text(T("備考", "Remark"), 500, required=False, rows=2)

    def __init__(self, *args: Any, holders: QuerySet[Person], **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["holder"].queryset = holders  # type: ignore[attr-defined]  # a ModelChoiceField


class BringForm(ActionForm):
    """A key comes back; whether the case was opened is the button."""

    opened = forms.ChoiceField(choices=[("yes", ""), ("no", "")], widget=forms.HiddenInput)
    lamp = choice(T("録画ランプ（閉めた後）", "Recording lamp after"), LAMPS, required=False)
    seal = text(T("封印番号", "Seal number"), 40, required=False)
    remark = text(T("備考", "Remark"), 400, required=False, rows=2)


class CountForm(ActionForm):
    """One number for each key in use."""

    def __init__(self, *args: Any, keys: dict[Key, int], **more: Any) -> None:
        super().__init__(*args, **more)
        for key, pieces in keys.items():
            should = T("あるべき数は {n} 本。", "{n} should hang there.").format(n=pieces)
            self.fields[f"key{key.pk}"] = forms.IntegerField(
                label=key.label,
                min_value=0,
                max_value=99,
                help_text=should if pieces else T("持ち出し中。0 本のはず。", "It is out: none should hang there."),  # type: ignore[arg-type]  # T
            )
        self.fields["remark"] = text(
            T("備考", "Remark"),
            1000,
            required=False,
            rows=3,
            help_=T("本数が合わないときは必ず書きます。", "Always where a number does not fit."),
        )

    def found(self) -> dict[int, int]:
        """What was counted, by the key's number."""
        return {int(name[3:]): n for name, n in self.cleaned_data.items() if name.startswith("key")}


class LimitForm(ActionForm):
    """How long a key may be out."""

    minutes = forms.IntegerField(label=T("上限（分）", "Limit (minutes)"), min_value=5, max_value=1440)  # type: ignore[arg-type]  # T
    mail = forms.EmailField(
        label=T("知らせる先のメールアドレス", "Address that is written"),  # type: ignore[arg-type]  # T
        required=False,
        max_length=254,
        help_text=T(  # type: ignore[arg-type]  # T
            "超えたとき、持ち出し 1 回につき 1 通送ります。書かなければ、管理者のアカウントのアドレスに送ります。",
            "One mail for each outing beyond the limit. Left empty, it goes to the address of the manager's account.",
        ),
    )


def correction_form(use: KeyUse, field: str, holders: QuerySet[Person]) -> type[ActionForm]:
    """The form for one field of a use."""
    made: dict[str, forms.Field] = {
        "holder": forms.ModelChoiceField(holders, label=FIELDS["holder"]),  # type: ignore[arg-type]  # T
        "purpose": choice(FIELDS["purpose"], PURPOSES),
        "companion": text(FIELDS["companion"], 100, required=use.role == "vendor"),
        "out_at": moment(FIELDS["out_at"]),
        "in_at": moment(FIELDS["in_at"]),
        "opened": forms.TypedChoiceField(
            label=FIELDS["opened"],  # type: ignore[arg-type]  # T
            choices=[("yes", T("開けた", "opened")), ("no", T("開けなかった", "not opened"))],
            coerce=lambda sent: sent == "yes",
        ),
        "seal": text(FIELDS["seal"], 40, required=False),
        "remark": text(FIELDS["remark"], 1000, required=False, rows=3),
    }
    return type("CorrectionForm", (ActionForm,), {"value": made[field], "reason": text(T("訂正の理由", "Reason"), 500)})
