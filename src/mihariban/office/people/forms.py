"""What clerks type about people. Nothing is cut off silently: a text that is too long is refused beside its field."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.functional import lazy

from mihariban.office.base.acting import Acting
from mihariban.office.base.text import T
from mihariban.office.people.models import Person, Post
from mihariban.office.people.names import DESIGNATED
from mihariban.office.people.policy import DESIGNATIONS

_lazily = lazy(str, str)


def str_of(text: T | str) -> Any:
    """A T where Django wants a text of its own kind; it is shown in the language of the request."""
    return _lazily(text)


_CONTROL = RegexValidator(
    r"[\x00-\x1f\x7f\ud800-\udfff]",
    str_of(
        T(
            "使えない文字（制御文字）があります。消してから送ってください。",
            "There are control characters. Remove them.",
        )
    ),
    inverse_match=True,
)
_USERNAME = RegexValidator(
    r"^[A-Za-z0-9][A-Za-z0-9._@-]{1,63}\Z",
    str_of(
        T(
            "ログイン名は半角の英字・数字と . _ @ - の2〜64文字にしてください。",
            "A login name has 2 to 64 letters, digits and . _ @ - .",
        )
    ),
)


class Text(forms.CharField):
    """A line of text. The browser does not cut it: too much is refused with a sentence."""

    def __init__(self, **more: Any) -> None:
        super().__init__(**more)
        self.validators.append(_CONTROL)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """Without maxlength."""
        return {name: value for name, value in super().widget_attrs(widget).items() if name != "maxlength"}


class Reason(Text):
    """Why."""

    def __init__(self, *, required: bool = True, help_text: T | str = "") -> None:
        super().__init__(label=T("理由", "Reason"), max_length=500, required=required, help_text=str_of(help_text))


def day_field(label: T, *, required: bool = True, help_text: T | str = "") -> forms.DateField:
    """A calendar day."""
    widget = forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(
        label=str_of(label), required=required, help_text=str_of(help_text), widget=widget, input_formats=["%Y-%m-%d"]
    )


def moment_field(label: T) -> forms.DateTimeField:
    """A moment, to the minute, in the office's zone."""
    widget = forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    return forms.DateTimeField(
        label=str_of(label), widget=widget, input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]
    )


def document_field() -> Text:
    """Number of a paper."""
    return Text(
        label=T("文書番号", "Document number"),
        max_length=100,
        required=False,
        help_text=T("例：市窓第12号", "such as 市窓第12号"),
    )


class Stamped(forms.Form):
    """A form that posts the stamp of the row it was filled from."""

    stamp = forms.IntegerField(widget=forms.HiddenInput, min_value=0, required=False)

    def clean_stamp(self) -> int:
        """0 where none was sent."""
        return int(self.cleaned_data.get("stamp") or 0)


class PersonForm(Stamped):
    """Who."""

    name = Text(label=T("氏名", "Name"), max_length=100)
    reading = Text(label=T("ふりがな", "Reading"), max_length=100, required=False)
    organisation = Text(label=T("所属（課、または業者名）", "Section or vendor"), max_length=100, required=False)


class PostForm(Stamped):
    """A post."""

    name = Text(label=T("職の名", "Name of the post"), max_length=100, help_text=T("例：市民生活課長", "市民生活課長"))
    rank = forms.IntegerField(
        label=str_of(T("席次", "Rank")),
        min_value=1,
        max_value=9999,
        help_text=str_of(
            T("小さいほど上席です。課長 1、副課長 10 など。", "The smaller the higher: head 1, vice-head 10.")
        ),
    )
    manages = forms.BooleanField(
        label=str_of(T("この職の人が管理者になる", "Whoever holds it is the manager")), required=False
    )
    deputises = forms.BooleanField(
        label=str_of(T("規則が職務代理者に定める職である", "The rule names this post as deputy")), required=False
    )


class AppointForm(forms.Form):
    """Who holds a post from when."""

    post: Any = forms.ModelChoiceField(queryset=Post.objects.none(), label=str_of(T("職", "Post")))
    first = day_field(T("最初の日", "First day"))
    last = day_field(T("最後の日", "Last day"), required=False, help_text=T("決まっていなければ空に", "empty if open"))
    document = document_field()
    reason = Reason(
        required=False, help_text=T("最初の日が過ぎているときに要ります。", "Needed where the first day has passed.")
    )

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["post"].queryset = Post.objects.order_by("rank", "pk")  # type: ignore[attr-defined]  # a choice field


class DesignateForm(forms.Form):
    """For which role, from when."""

    role = forms.ChoiceField(label=str_of(T("役割", "Role")))
    first = day_field(T("最初の日", "First day"))
    last = day_field(
        T("最後の日", "Last day"),
        required=False,
        help_text=T("業者は契約の最後の日。決まっていなければ空に。", "A vendor's contract ends here. Empty if open."),
    )
    document = document_field()
    reason = Reason(
        required=False, help_text=T("最初の日が過ぎているときに要ります。", "Needed where the first day has passed.")
    )

    def __init__(self, *args: Any, acting: Acting, person: Person, **more: Any) -> None:
        super().__init__(*args, **more)
        roles = [role for role in DESIGNATED if DESIGNATIONS.may_designate(acting, person, role)]
        self.fields["role"].choices = [(role, DESIGNATED[role]) for role in roles]  # type: ignore[attr-defined]  # a choice field


class EndForm(Stamped):
    """The last day in a post or role."""

    last = day_field(T("最後の日", "Last day"))
    document = document_field()
    reason = Reason(
        required=False, help_text=T("最後の日が過ぎているときに要ります。", "Needed where the last day has passed.")
    )


class CorrectForm(Stamped):
    """The right days, and why the old ones were wrong."""

    first = day_field(T("最初の日", "First day"))
    last = day_field(T("最後の日", "Last day"), required=False, help_text=T("続いていれば空に", "empty if it goes on"))
    document = document_field()
    void = forms.BooleanField(
        label=str_of(T("この記録を取り消す（一度もこの役割ではなかった）", "Void: it never was so")), required=False
    )
    reason = Reason(
        help_text=T("訂正前の内容と理由は、そのまま残ります。", "The old value and the reason stay visible.")
    )


class ActivateForm(forms.Form):
    """Who acts for the manager, when and why."""

    person = forms.ChoiceField(label=str_of(T("代理する人", "Deputy")))
    begins = moment_field(T("開始", "From"))
    ends = moment_field(T("終了", "Until"))
    reason = Reason(help_text=T("例：管理者が出張のため", "such as: the manager is travelling"))
    document = document_field()

    def __init__(self, *args: Any, choices: list[tuple[str, str]], **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["person"].choices = choices  # type: ignore[attr-defined]  # a choice field


class AccountForm(forms.Form):
    """How somebody logs in."""

    username = Text(
        label=T("ログイン名", "Login name"),
        max_length=64,
        validators=[_USERNAME],
        help_text=T("半角の英字・数字。職員番号など、覚えやすいもの。", "Letters and digits, such as a staff number."),
    )


class LinkForm(forms.Form):
    """Who the owner of an account is at the city's single sign-on."""

    email = forms.EmailField(
        label=T("メールアドレス", "Mail address"),  # type: ignore[arg-type]  # T is text in the language of the request
        max_length=254,
        required=False,
        help_text=T(  # type: ignore[arg-type]  # the same
            "市の認証に登録されている本人のもの。最初のログインまで使います。",
            "As the single sign-on has it. It counts until the first login.",
        ),
    )
    subject = Text(
        label=T("識別子（sub）", "Identifier (sub)"),
        max_length=255,
        required=False,
        help_text=T(
            "分かっているとき。最初のログインで自動的に入ります。",
            "Where it is known. The first login fills it in.",
        ),
    )


class DayForm(forms.Form):
    """Which day."""

    day = day_field(T("日付", "Date"))
