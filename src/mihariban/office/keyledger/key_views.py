"""Pages for the manager: hang up a key, change what is known of it, take it off."""

from __future__ import annotations

from typing import Any

from django.shortcuts import get_object_or_404
from django.urls import reverse

from mihariban.office.base.acting import Acting
from mihariban.office.base.pages import ActionForm, ActionPage
from mihariban.office.base.policy import Verdict
from mihariban.office.base.text import T
from mihariban.office.keyledger.actions.change_key import change_key
from mihariban.office.keyledger.actions.register_key import register_key
from mihariban.office.keyledger.actions.retire_key import retire_key
from mihariban.office.keyledger.board import is_out
from mihariban.office.keyledger.forms import KeyForm, ReasonForm
from mihariban.office.keyledger.models import Key
from mihariban.office.keyledger.policy import KEYS
from mihariban.office.keyledger.registers import storage

_FIELDS = ("label", "opens", "hangs", "pieces", "recorder")


class New(ActionPage):
    """A new key."""

    form_class = KeyForm
    title = T("鍵を登録する", "Register a key")
    button = T("登録する", "Register")

    def verdict(self, acting: Acting, row: None) -> Verdict:
        return KEYS.may_register(acting)

    def start(self, row: None) -> dict[str, Any]:
        return {"hangs": storage().key_place_ja or "鍵保管庫", "opens": "レコーダーケース"}

    def act(self, acting: Acting, row: None, form: ActionForm) -> str:
        register_key(**{name: form.cleaned_data[name] for name in _FIELDS}, acting=acting)
        return reverse("keyledger:board")


class Change(ActionPage):
    """What is known of a key."""

    form_class = KeyForm
    title = T("鍵の登録を改める", "Change a key")
    button = T("保存する", "Save")
    template_name = "keyledger/change.html"

    def find(self, **named: Any) -> Key:
        return get_object_or_404(Key, pk=named["key"])

    def verdict(self, acting: Acting, row: Key) -> Verdict:
        return KEYS.may_change(acting, row)

    def start(self, row: Key) -> dict[str, Any]:
        return {name: getattr(row, name) for name in _FIELDS}

    def act(self, acting: Acting, row: Key, form: ActionForm) -> str:
        given = {name: form.cleaned_data[name] for name in _FIELDS}
        change_key(row, **given, stamp=form.stamp, acting=acting)
        return reverse("keyledger:board")


class Retire(ActionPage):
    """A key that is no more."""

    form_class = ReasonForm
    title = T("鍵の使用をやめる", "Retire a key")
    button = T("使用をやめる", "Retire")
    danger = True
    template_name = "keyledger/retire.html"

    def find(self, **named: Any) -> Key:
        return get_object_or_404(Key, pk=named["key"])

    def verdict(self, acting: Acting, row: Key) -> Verdict:
        return KEYS.may_retire(acting, row, out=is_out(row))

    def act(self, acting: Acting, row: Key, form: ActionForm) -> str:
        retire_key(row, reason=form.cleaned_data["reason"], stamp=form.stamp, acting=acting)
        return reverse("keyledger:board")
