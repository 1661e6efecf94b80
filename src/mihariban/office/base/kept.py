"""What was typed and could not be saved is given back: on the page of a refusal, with the labels of its form.

    form = keep(request, OpenForm(request.POST))
    require(FAULTS.may_open(acting))     # refused: the page says so, and shows what was typed

Without ``keep`` a refusal shows the texts alone. A choice among rows of the database is left out: whoever may not open
a page learns no names from it.
"""

from __future__ import annotations

from typing import Any, TypeVar

from django import forms
from django.http import HttpRequest

from mihariban.base.errors import MiharibanError
from mihariban.office.base.text import T, language

Made = TypeVar("Made", bound=forms.BaseForm)

_SECRET = {"password", "oldpassword", "password1", "password2", "again", "code", "credential"}
_MACHINE = {
    "csrfmiddlewaretoken", "stamp", "stamp_", "row_stamp", "digest", "do", "deed", "next", "language", "finding",
    "keep", "later",
}  # fmt: skip  # a list of names
_THEIRS = "/account/"


def keep(request: HttpRequest, form: Made) -> Made:
    """Remember the form, so that a refusal on the way shows what was typed in it."""
    request.kept_form = form  # type: ignore[attr-defined]  # read by ``typed``
    return form


def typed(request: HttpRequest) -> list[tuple[str, str]]:
    """Labels and texts of what was sent; never a password or a code."""
    if request.method != "POST" or request.path.startswith(_THEIRS):
        return []
    form: Any = getattr(request, "kept_form", None)
    return typed_in(form) if form is not None and form.is_bound else _bare(request)


def typed_in(form: forms.BaseForm) -> list[tuple[str, str]]:
    """The same of a form."""
    shown = [(str(field.label), _text(field)) for field in form.visible_fields() if _is_text(field.field)]
    return [(label, text) for label, text in shown if text.strip()]


def tell(form: forms.BaseForm, error: MiharibanError) -> None:
    """Put an action's refusal beside the field that it is about, else over the form: the ``field`` among its facts, or
    the first of ``fields`` of its class that the form has."""
    about = [str(error.facts.get("field", "")), *getattr(error, "fields", ())]
    shown = [name for name in about if name in form.fields and not form.fields[name].widget.is_hidden]
    form.add_error(shown[0] if shown else None, error.text(language()))


def _is_text(field: forms.Field) -> bool:
    return not isinstance(field, (forms.FileField, forms.ModelChoiceField)) and not isinstance(
        field.widget, forms.PasswordInput
    )


def _text(field: Any) -> str:
    if isinstance(field.field, forms.BooleanField):
        return str(T("はい", "yes")) if field.data else ""
    words = {str(key): str(word) for key, word in getattr(field.field, "choices", ())}
    sent = field.data if isinstance(field.data, list) else [field.data]
    return "、".join(words.get(str(each), str(each)) for each in sent if each not in (None, ""))


def _bare(request: HttpRequest) -> list[tuple[str, str]]:
    label = str(T("入力", "Text"))
    names = [name for name in request.POST if name.rpartition("-")[2] not in _SECRET | _MACHINE]
    return [(label, text) for name in names for text in request.POST.getlist(name) if text.strip()]
