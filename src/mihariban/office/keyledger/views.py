"""Pages of the key ledger: the board, take and bring back, one use, count, settings."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from mihariban.office.base.acting import Acting, acting_of
from mihariban.office.base.dates import today
from mihariban.office.base.errors import NotAllowed
from mihariban.office.base.pages import ActionForm, ActionPage
from mihariban.office.base.policy import Verdict
from mihariban.office.base.text import T
from mihariban.office.keyledger import forms
from mihariban.office.keyledger.actions.bring_back_key import bring_back_key
from mihariban.office.keyledger.actions.confirm_use import confirm_use
from mihariban.office.keyledger.actions.correct_use import correct_use
from mihariban.office.keyledger.actions.count_keys import count_keys
from mihariban.office.keyledger.actions.explain_opening import explain_opening
from mihariban.office.keyledger.actions.set_limit import set_limit
from mihariban.office.keyledger.actions.take_key import take_key
from mihariban.office.keyledger.board import counted_on, expected, hooks, is_out, limit_row
from mihariban.office.keyledger.holders import holders_on
from mihariban.office.keyledger.models import Key, KeyLimit, KeyUse, Opening
from mihariban.office.keyledger.policy import KEYS
from mihariban.office.keyledger.purposes import FIELDS, LAMPS, OPENING_TAGS, PURPOSES
from mihariban.office.keyledger.registers import state_of, storage, what_happened
from mihariban.office.keyledger.seen import seen_during


def allowed(verdict: Verdict) -> None:
    """
    Raises:
        NotAllowed: the policy refuses.
    """
    if not verdict:
        raise NotAllowed(why_ja=verdict.why.ja, why_en=verdict.why.en)


@login_required
@require_safe
def board(request: HttpRequest) -> HttpResponse:
    """Who has which key now; what is wrong."""
    acting = acting_of(request)
    allowed(KEYS.may_see(acting))
    openings = list(Opening.objects.filter(explained_at=None).select_related("recorder").order_by("first")[:20])
    shown = {
        "hooks": hooks(),
        "limit": limit_row().minutes,
        "openings": [(opening, what_happened(opening)) for opening in openings],
        "counted": counted_on(today()),
        "purposes": PURPOSES,
        "may_act": KEYS.may_count(acting),
        "may_manage": KEYS.may_register(acting),
        "rule": storage(),
    }
    return render(request, "keyledger/board.html", shown)


class Take(ActionPage):
    """The purpose is the second press."""

    form_class = forms.TakeForm
    title = T("鍵を持ち出す", "Take a key")
    button = T("持ち出す", "Take")
    template_name = "keyledger/take.html"

    def find(self, **named: Any) -> Key:
        return get_object_or_404(Key, pk=named["key"])

    def verdict(self, acting: Acting, row: Key) -> Verdict:
        return KEYS.may_take(acting, row, out=is_out(row))

    def form(self, data: Any, row: Key) -> forms.TakeForm:
        return forms.TakeForm(data, holders=holders_on(today()), initial={"stamp_": row.stamp})

    def more(self, acting: Acting, row: Key) -> dict[str, Any]:
        return {"purposes": PURPOSES, "out": is_out(row)}

    def act(self, acting: Acting, row: Key, form: forms.TakeForm) -> str:
        sent = form.cleaned_data
        given = {name: sent[name] for name in ("purpose", "holder", "companion", "lamp", "remark")}
        take_key(row, **given, stamp=form.stamp, acting=acting)
        return reverse("keyledger:board")

    def done(self, row: Key) -> T:
        return T("「{key}」を持ち出しました。", 'You took "{key}".').format(key=row.label)


class BringBack(ActionPage):
    """Whether the case was opened is the second press."""

    form_class = forms.BringForm
    title = T("鍵を戻す", "Bring back a key")
    button = T("戻す", "Bring back")
    template_name = "keyledger/bring.html"

    def find(self, **named: Any) -> KeyUse:
        return get_object_or_404(KeyUse.objects.select_related("key", "holder"), pk=named["use"])

    def verdict(self, acting: Acting, row: KeyUse) -> Verdict:
        return KEYS.may_bring_back(acting, row)

    def act(self, acting: Acting, row: KeyUse, form: forms.BringForm) -> str:
        sent = form.cleaned_data
        given = {name: sent[name] for name in ("lamp", "seal", "remark")}
        bring_back_key(row, opened=sent["opened"] == "yes", **given, stamp=form.stamp, acting=acting)
        return reverse("keyledger:board")

    def done(self, row: KeyUse) -> T:
        return T("「{key}」を戻しました。", '"{key}" is back.').format(key=row.key.label)


@login_required
@require_safe
def use(request: HttpRequest, pk: int) -> HttpResponse:
    """One use: its facts, what the recorder saw meanwhile, its corrections."""
    acting = acting_of(request)
    allowed(KEYS.may_see(acting))
    found = get_object_or_404(
        KeyUse.objects.select_related("key", "holder", "entered_by", "brought_by", "confirmed_by"), pk=pk
    )
    shown = {
        "use": found,
        "state": state_of(found),
        "purpose": PURPOSES[found.purpose],
        "lamps": [LAMPS[found.lamp_before], LAMPS[found.lamp_after]],
        "seen": [(event, OPENING_TAGS[event.tag]) for event in seen_during(found)[:100]],
        "corrected": [(row, FIELDS[row.field]) for row in found.corrected.select_related("by").order_by("at")],
        "fields": [(name, label) for name, label in FIELDS.items() if _correctable(found, name)],
        "may_correct": KEYS.may_correct(acting, found),
        "may_confirm": KEYS.may_confirm(acting, found),
        "may_bring_back": KEYS.may_bring_back(acting, found),
    }
    return render(request, "keyledger/use.html", shown)


def _correctable(use: KeyUse, field: str) -> bool:
    return use.in_at is not None or field not in ("in_at", "opened", "seal")


class Correct(ActionPage):
    """One field of a use."""

    form_class = ActionForm
    title = T("鍵の使用を訂正する", "Correct a key use")
    button = T("訂正する", "Correct")
    template_name = "keyledger/correct.html"

    def find(self, **named: Any) -> KeyUse:
        found = get_object_or_404(KeyUse.objects.select_related("key", "holder"), pk=named["use"])
        self.field = named["field"] if named["field"] in FIELDS and _correctable(found, named["field"]) else "remark"
        return found

    def verdict(self, acting: Acting, row: KeyUse) -> Verdict:
        return KEYS.may_correct(acting, row)

    def form(self, data: Any, row: KeyUse) -> ActionForm:
        made = forms.correction_form(row, self.field, holders_on(today()))
        value = getattr(row, self.field)
        start = ("yes" if value else "no") if self.field == "opened" else value
        return made(data, initial={"value": start, "stamp_": row.stamp})

    def act(self, acting: Acting, row: KeyUse, form: ActionForm) -> str:
        sent = form.cleaned_data
        correct_use(row, field=self.field, value=sent["value"], reason=sent["reason"], stamp=form.stamp, acting=acting)
        return reverse("keyledger:use", args=[row.pk])


@login_required
@require_POST
def confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """The manager's confirmation."""
    found = get_object_or_404(KeyUse, pk=pk)
    sent = request.POST.get("stamp_", "")
    stamp = int(sent) if sent.isascii() and sent.isdigit() and len(sent) < 10 else -1
    confirm_use(found, stamp=stamp, acting=acting_of(request))
    return redirect("keyledger:use", pk=pk)


class Count(ActionPage):
    """The board at the end of the day."""

    form_class = forms.CountForm
    title = T("鍵を数える", "Count the keys")
    button = T("記録する", "Enter")
    template_name = "keyledger/count.html"

    def verdict(self, acting: Acting, row: None) -> Verdict:
        return KEYS.may_count(acting)

    def form(self, data: Any, row: None) -> forms.CountForm:
        return forms.CountForm(data, keys=expected())

    def act(self, acting: Acting, row: None, form: forms.CountForm) -> str:
        count_keys(form.found(), remark=form.cleaned_data["remark"], acting=acting)
        return reverse("keyledger:counts")


class Explain(ActionPage):
    """An opening without a key."""

    form_class = forms.ExplainForm
    title = T("録画装置の操作を説明する", "Explain what was done to the recorder")
    button = T("説明を記録する", "Enter the explanation")
    template_name = "keyledger/explain.html"

    def find(self, **named: Any) -> Opening:
        return get_object_or_404(Opening.objects.select_related("recorder"), pk=named["opening"])

    def verdict(self, acting: Acting, row: Opening) -> Verdict:
        return KEYS.may_explain(acting, row)

    def more(self, acting: Acting, row: Opening) -> dict[str, Any]:
        return {"what": what_happened(row)}

    def act(self, acting: Acting, row: Opening, form: ActionForm) -> str:
        explain_opening(row, reason=form.cleaned_data["reason"], stamp=form.stamp, acting=acting)
        return reverse("keyledger:board")


class Limit(ActionPage):
    """How long a key may be out."""

    form_class = forms.LimitForm
    title = T("鍵の持ち出しの上限", "How long a key may be out")
    button = T("保存する", "Save")
    template_name = "keyledger/limit.html"

    def find(self, **named: Any) -> KeyLimit:
        return limit_row()

    def verdict(self, acting: Acting, row: KeyLimit) -> Verdict:
        return KEYS.may_set_limit(acting)

    def start(self, row: KeyLimit) -> dict[str, Any]:
        return {"minutes": row.minutes, "mail": row.mail}

    def act(self, acting: Acting, row: KeyLimit, form: ActionForm) -> str:
        told = form.cleaned_data
        set_limit(told["minutes"], mail=told["mail"], stamp=form.stamp, acting=acting)
        return reverse("keyledger:board")
