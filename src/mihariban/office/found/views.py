"""Pages of the register of things."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from mihariban.office.base.acting import Acting, acting_of
from mihariban.office.base.dates import now, today
from mihariban.office.base.errors import NotAllowed
from mihariban.office.base.pages import ActionForm, ActionPage
from mihariban.office.base.policy import Verdict
from mihariban.office.base.text import T
from mihariban.office.found import forms
from mihariban.office.found.actions.correct_thing import correct_thing
from mihariban.office.found.actions.destroy_thing import destroy_thing
from mihariban.office.found.actions.enter_thing import enter_thing
from mihariban.office.found.actions.hand_thing import hand_thing
from mihariban.office.found.actions.return_thing import return_thing
from mihariban.office.found.actions.set_span import set_span
from mihariban.office.found.models import FoundSetting, Thing
from mihariban.office.found.policy import FOUND
from mihariban.office.found.registers import ending, witnesses
from mihariban.office.found.shelf import person_of, setting, staff_on
from mihariban.office.found.words import FIELDS, KINDS, STATES


@login_required
@require_safe
def thing(request: HttpRequest, pk: int) -> HttpResponse:
    """One thing, and what may be done with it now."""
    acting = acting_of(request)
    verdict = FOUND.may_see(acting)
    if not verdict:
        raise NotAllowed(why_ja=verdict.why.ja, why_en=verdict.why.en)
    related = ("kiosk", "finder", "closed_by", "witness", "witness2")
    row = get_object_or_404(Thing.objects.select_related(*related), pk=pk)
    shown = {
        "thing": row,
        "kind": KINDS[row.kind],
        "state": STATES[row.state],
        "ending": ending(row),
        "witnesses": witnesses(row),
        "corrected": [(each, FIELDS[each.field]) for each in row.corrected.select_related("by").order_by("at")],
        "fields": [(name, label) for name, label in FIELDS.items() if name != "how" or row.state == "returned"],
        "may_return": FOUND.may_return(acting, row),
        "may_destroy": FOUND.may_destroy(acting, row),
        "may_hand": FOUND.may_hand(acting, row),
        "may_correct": FOUND.may_correct(acting, row),
        "days": setting().text_days,
    }
    return render(request, "found/thing.html", shown)


class New(ActionPage):
    """Something was found."""

    title = T("忘れ物・不良紙を記入する", "Enter something that was found")
    button = T("記入する", "Enter")
    template_name = "found/new.html"

    def verdict(self, acting: Acting, row: None) -> Verdict:
        return FOUND.may_enter(acting)

    def form(self, data: Any, row: None) -> forms.EnterForm:
        return forms.EnterForm(data, staff=staff_on(today()), initial={"found_at": now()})

    def act(self, acting: Acting, row: None, form: ActionForm) -> str:
        sent = {name: value for name, value in form.cleaned_data.items() if name != "stamp_"}
        return reverse("found:thing", args=[enter_thing(**sent, acting=acting).pk])


class _OfThing(ActionPage):
    template_name = "found/act.html"

    def find(self, **named: Any) -> Thing:
        return get_object_or_404(Thing.objects.select_related("kiosk"), pk=named["thing"])

    def more(self, acting: Acting, row: Thing) -> dict[str, Any]:
        return {"kind": KINDS[row.kind]}


class Return(_OfThing):
    """To whose it is."""

    form_class = forms.ReturnForm
    title = T("返却する", "Return it")
    button = T("返却した", "Returned")

    def verdict(self, acting: Acting, row: Thing) -> Verdict:
        return FOUND.may_return(acting, row)

    def act(self, acting: Acting, row: Thing, form: ActionForm) -> str:
        sent = {name: form.cleaned_data[name] for name in ("recognised", "how", "sure")}
        return_thing(row, **sent, stamp=form.stamp, acting=acting)
        return reverse("found:thing", args=[row.pk])


class Destroy(_OfThing):
    """Before witnesses."""

    title = T("廃棄する", "Destroy it")
    button = T("廃棄した", "Destroyed")
    danger = True

    def verdict(self, acting: Acting, row: Thing) -> Verdict:
        return FOUND.may_destroy(acting, row)

    def form(self, data: Any, row: Thing) -> forms.DestroyForm:
        others = staff_on(today())
        acting = acting_of(self.request)
        if acting.user is not None and acting.user.person is not None:
            others = others.exclude(pk=person_of(acting).pk)
        return forms.DestroyForm(data, staff=others, need=setting().witnesses, initial={"stamp_": row.stamp})

    def act(self, acting: Acting, row: Thing, form: ActionForm) -> str:
        sent = form.cleaned_data
        others = [sent[name] for name in ("witness1", "witness2") if sent[name] is not None]
        destroy_thing(row, method=sent["method"], witnesses=others, stamp=form.stamp, acting=acting)
        return reverse("found:thing", args=[row.pk])


class Hand(_OfThing):
    """To the police."""

    form_class = forms.HandForm
    title = T("警察に届ける", "Hand it to the police")
    button = T("届けた", "Handed over")

    def verdict(self, acting: Acting, row: Thing) -> Verdict:
        return FOUND.may_hand(acting, row)

    def act(self, acting: Acting, row: Thing, form: ActionForm) -> str:
        sent = {name: form.cleaned_data[name] for name in ("station", "receipt")}
        hand_thing(row, **sent, stamp=form.stamp, acting=acting)
        return reverse("found:thing", args=[row.pk])


class Correct(_OfThing):
    """One field."""

    title = T("記録を訂正する", "Correct the entry")
    button = T("訂正する", "Correct")

    def find(self, **named: Any) -> Thing:
        row = super().find(**named)
        self.field = named["field"] if named["field"] in FIELDS else "remark"
        return row

    def verdict(self, acting: Acting, row: Thing) -> Verdict:
        return FOUND.may_correct(acting, row)

    def form(self, data: Any, row: Thing) -> ActionForm:
        start = {"value": getattr(row, self.field), "stamp_": row.stamp}
        return forms.correction_form(self.field)(data, initial=start)

    def act(self, acting: Acting, row: Thing, form: ActionForm) -> str:
        sent = {name: form.cleaned_data[name] for name in ("value", "reason", "sure")}
        correct_thing(row, field=self.field, **sent, stamp=form.stamp, acting=acting)
        return reverse("found:thing", args=[row.pk])


class Span(ActionPage):
    """The settings."""

    form_class = forms.SpanForm
    title = T("保存日数と立会者の数", "Days and witnesses")
    button = T("保存する", "Save")
    template_name = "found/span.html"

    def find(self, **named: Any) -> FoundSetting:
        return setting()

    def verdict(self, acting: Acting, row: FoundSetting) -> Verdict:
        return FOUND.may_set(acting)

    def start(self, row: FoundSetting) -> dict[str, Any]:
        return {"text_days": row.text_days, "witnesses": row.witnesses}

    def act(self, acting: Acting, row: FoundSetting, form: ActionForm) -> str:
        sent = form.cleaned_data
        set_span(text_days=sent["text_days"], witnesses=sent["witnesses"], stamp=form.stamp, acting=acting)
        return reverse("found:list")
