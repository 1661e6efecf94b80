"""What is typed into the wizard."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password

from mihariban.office.base.text import T
from mihariban.office.people.forms import AccountForm, Stamped, Text, day_field, document_field, str_of
from mihariban.office.people.names import DESIGNATED
from mihariban.office.sites.models import Kiosk

MEMBER_ROLES = {
    "vice": T("職務代理者の職につく人", "holds the deputy's post"),
    **{role: name for role, name in DESIGNATED.items() if role != "nominee"},
}


class BeginForm(AccountForm):
    """The first account: of the IT staff who sets the office up."""

    code = Text(
        label=T("初期設定の番号", "Set-up code"),
        max_length=64,
        help_text=T("サーバーの DIR/office/setup.code にあります。", "It lies in DIR/office/setup.code on the server."),
    )
    name = Text(label=T("あなたの氏名", "Your name"), max_length=100)
    password = forms.CharField(
        label=str_of(T("パスワード", "Password")),
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
        help_text=str_of(T("12文字以上", "12 characters or more")),
        max_length=500,
    )
    again = forms.CharField(
        label=str_of(T("パスワード（もう一度）", "Password, again")),
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
        max_length=500,
    )
    field_order = ("code", "name", "username", "password", "again")

    def clean_password(self) -> str:
        """By the rules that hold for every password."""
        validate_password(self.cleaned_data["password"])
        return str(self.cleaned_data["password"])

    def clean(self) -> dict[str, Any]:
        """Both alike."""
        data = super().clean() or self.cleaned_data
        if data.get("password") and data.get("again") and data["password"] != data["again"]:
            self.add_error("again", str(T("二つのパスワードが違います。", "The two passwords differ.")))
        return data


class SectionForm(forms.Form):
    """The section alone, where the manager is there already."""

    section = Text(
        label=T("課の名", "Name of the section"), max_length=100, help_text=T("例：市民生活課", "市民生活課")
    )


class ManagerForm(SectionForm):
    """The section, its manager and the deputy's post."""

    manager_post = Text(label=T("管理者の職", "The manager's post"), max_length=100)
    deputy_post = Text(
        label=T("職務代理者の職", "The deputy's post"),
        max_length=100,
        required=False,
        help_text=T("規則が職で定めていないときは空に", "empty where the rule names no post"),
    )
    name = Text(label=T("管理者の氏名", "Name of the manager"), max_length=100)
    reading = Text(label=T("ふりがな", "Reading"), max_length=100, required=False)
    first = day_field(T("その職についた日", "In the post since"))
    document = document_field()
    username = AccountForm.base_fields["username"]


class MemberForm(AccountForm):
    """Somebody with a role and an account."""

    name = Text(label=T("氏名", "Name"), max_length=100)
    reading = Text(label=T("ふりがな", "Reading"), max_length=100, required=False)
    organisation = Text(label=T("所属（課、または業者名）", "Section or vendor"), max_length=100, required=False)
    role = forms.ChoiceField(label=str_of(T("役割", "Role")), choices=list(MEMBER_ROLES.items()))
    first = day_field(T("最初の日", "First day"))
    last = day_field(
        T("最後の日", "Last day"),
        required=False,
        help_text=T("業者は契約の最後の日。決まっていなければ空に。", "A vendor's contract ends here. Empty if open."),
    )
    document = document_field()
    field_order = ("name", "reading", "organisation", "role", "first", "last", "document", "username")


class KioskForm(forms.Form):
    """Names and places of the kiosks, and one more."""

    new_id = forms.SlugField(
        label=str_of(T("もう一台：記号", "One more: its id")),
        max_length=64,
        required=False,
        help_text=str_of(T("半角の英字・数字と -（例：k2）。増やさないときは空に。", "such as k2; empty for none")),
    )
    new_name = Text(label=T("もう一台：名前", "One more: name"), max_length=100, required=False)
    new_place = Text(label=T("もう一台：置き場所", "One more: place"), max_length=200, required=False)

    def __init__(self, *args: Any, kiosks: Sequence[Kiosk], **more: Any) -> None:
        super().__init__(*args, **more)
        for kiosk in kiosks:
            self.fields[f"name_{kiosk.pk}"] = Text(
                label=T("{id} の名前", "Name of {id}").format(id=kiosk.pk), max_length=100, initial=kiosk.name
            )
            self.fields[f"place_{kiosk.pk}"] = Text(
                label=T("{id} の置き場所", "Place of {id}").format(id=kiosk.pk),
                max_length=200,
                initial=kiosk.place,
                help_text=T("例：本庁舎1階ロビー", "such as: main building, ground floor"),
            )
        self.order_fields([*(name for name in self.fields if not name.startswith("new_")), "new_id"])

    def clean(self) -> dict[str, Any]:
        """An id with a name, or neither."""
        data = super().clean() or self.cleaned_data
        if bool(data.get("new_id")) != bool(data.get("new_name")) and not self.errors:
            text = T("記号と名前は、両方入れるか、両方空にしてください。", "Give both id and name, or neither.")
            self.add_error("new_name" if data.get("new_id") else "new_id", str(text))
        return data


class PlaceForm(KioskForm):
    """The same where no site file says what stands where: the site first."""

    site_id = forms.SlugField(
        label=str_of(T("設置場所の記号", "Id of the site")),
        max_length=64,
        help_text=str_of(
            T(
                "半角の英字・数字と -（例：honcho）。あとで変えられません。",
                "such as honcho; it never changes",
            )
        ),
    )
    site_name = Text(label=T("設置場所の名", "Name of the site"), max_length=100)
    field_order = ("site_id", "site_name", "new_id", "new_name", "new_place")


class StillForm(forms.Form):
    """Why a picture is taken."""

    reason = Text(label=T("理由", "Reason"), max_length=200)
    document = Text(label=T("文書番号", "Document number"), max_length=100)


class PlanForm(forms.Form):
    """A floor plan."""

    file = forms.FileField(
        label=str_of(T("平面図の画像", "Picture of the floor plan")),
        help_text=str_of(
            T(
                "PNGかJPEG、10MBまで。PDFは画像に書き出してください。",
                "PNG or JPEG up to 10 MB; export a PDF as a picture.",
            )
        ),
        widget=forms.ClearableFileInput({"accept": "image/png,image/jpeg"}),
    )


class SignForm(Stamped):
    """The manager's signature."""

    sure = forms.BooleanField(
        label=str_of(T("内容を確かめました。管理者として署名します。", "I have read it and sign as the manager."))
    )
