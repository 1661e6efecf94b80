"""Pages of signs: making one, the register, one sign with its checks."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from mihariban.base.errors import MiharibanError
from mihariban.office.base.acting import Acting, acting_of
from mihariban.office.base.dates import today
from mihariban.office.base.errors import NotAllowed
from mihariban.office.base.pages import ActionPage
from mihariban.office.base.policy import Verdict
from mihariban.office.base.rule import policy_on
from mihariban.office.base.text import T, language
from mihariban.office.notices.actions.change_contact import change_contact
from mihariban.office.notices.actions.check_sign import check_sign
from mihariban.office.notices.actions.hang_sign import hang_sign
from mihariban.office.notices.actions.remove_sign import remove_sign
from mihariban.office.notices.contact import FIELDS, contact
from mihariban.office.notices.facts import headline, required, rows, sound
from mihariban.office.notices.forms import CheckForm, ContactForm, HangForm, RemoveForm
from mihariban.office.notices.models import SIZES, Contact, Sign
from mihariban.office.notices.policy import NOTICES
from mihariban.office.notices.typeset import typeset

LANGUAGES = {"both": ("ja", "en"), "ja": ("ja",), "en": ("en",)}


def _allowed(request: HttpRequest) -> None:
    verdict = NOTICES.may_see(acting_of(request))
    if not verdict:
        raise NotAllowed(why_ja=verdict.why.ja, why_en=verdict.why.en)


@login_required
@require_safe
def make(request: HttpRequest) -> HttpResponse:
    """Choose size, languages and fields; see it; take it as PDF."""
    _allowed(request)
    policy, asked = policy_on(today()).policy, request.GET
    must = required(policy)
    fields = [(row, row.name in must) for row in rows(policy, contact())]
    chosen = must | (set(asked.getlist("field")) if asked else {"manager_title", "contact", "purpose"})
    size, languages = _choice(asked.get("size"), SIZES), _choice(asked.get("languages"), LANGUAGES)
    query = urlencode({"size": size, "languages": languages, "field": sorted(chosen)}, doseq=True)
    facts = {
        "fields": [(row, needed, row.name in chosen) for row, needed in fields],
        "sizes": [(name, text, name == size) for name, text in SIZES.items()],
        "languages": [(name, name == languages) for name in LANGUAGES],
        "query": query,
        "trouble": _trouble(size, languages, chosen),
        "size": SIZES[size],
    }
    return render(request, "notices/make.html", facts)


def _trouble(size: str, languages: str, chosen: set[str]) -> str:
    """Why the sign cannot be made; empty where it can."""
    try:
        typeset(_facts(size, languages, chosen), "svg")
    except MiharibanError as error:
        return error.text(language())
    return ""


@login_required
@require_safe
def sign_file(request: HttpRequest, form: str) -> HttpResponse:
    """The sign as PDF, or as SVG for looking at it."""
    _allowed(request)
    asked = request.GET
    size, languages = _choice(asked.get("size"), SIZES), _choice(asked.get("languages"), LANGUAGES)
    facts = _facts(size, languages, set(asked.getlist("field")))
    if form == "pdf":
        response = HttpResponse(typeset(facts, "pdf"), content_type="application/pdf")
        response["Content-Disposition"] = f'inline; filename="camera-sign-{size}.pdf"'
    elif form == "svg":
        response = HttpResponse(typeset(facts, "svg"), content_type="image/svg+xml")
        response["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    else:
        raise Http404
    return response


def _facts(size: str, languages: str, chosen: set[str]) -> dict[str, Any]:
    policy = policy_on(today()).policy
    wanted = chosen | required(policy)
    told = [row for row in rows(policy, contact()) if row.name in wanted and row.name != "audio"]
    words, spoken = LANGUAGES[languages], headline(policy)
    recorded = T("録音あり", "Sound is recorded") if sound(policy) else None
    return {
        "size": size,
        "languages": words,
        "headline": {"ja": spoken.ja, "en": spoken.en},
        "sound": None if recorded is None else " / ".join(getattr(recorded, word) for word in words),
        "rows": [
            {"label": " / ".join(getattr(row.label, word) for word in words), "ja": row.ja, "en": row.en}
            for row in told
        ],
    }


def _choice(asked: str | None, known: dict[str, Any]) -> str:
    return asked if asked in known else next(iter(known))


class Hang(ActionPage):
    """A sign that hangs."""

    form_class = HangForm
    title = T("掲げた表示を書く", "Enter a sign")
    button = T("保存する", "Save")

    def verdict(self, acting: Acting, row: Any) -> Verdict:
        return NOTICES.may_hang(acting)

    def start(self, row: Any) -> dict[str, Any]:
        return {"since": today().isoformat(), "size": "sticker"}

    def act(self, acting: Acting, row: Any, form: HangForm) -> str:
        told = {name: form.cleaned_data[name] for name in ("size", "place", "since", "camera", "photo")}
        return reverse("notices:sign", args=[hang_sign(acting=acting, **told).pk])


class SignPage(ActionPage):
    """One sign with its checks; looking at it is entered here."""

    form_class = CheckForm
    title = T("表示", "Sign")
    button = T("確かめた結果を保存する", "Save what was found")
    template_name = "notices/sign.html"

    def find(self, **named: Any) -> Sign:
        return get_object_or_404(Sign.objects.select_related("camera"), pk=named["pk"])

    def verdict(self, acting: Acting, row: Sign) -> Verdict:
        return NOTICES.may_see(acting)

    def act(self, acting: Acting, row: Sign, form: CheckForm) -> str:
        told = form.cleaned_data
        check_sign(row, acting=acting, state=told["state"], note=told["note"], stamp=form.stamp)
        return reverse("notices:sign", args=[row.pk])

    def more(self, acting: Acting, row: Sign) -> dict[str, Any]:
        return {
            "may_check": NOTICES.may_check(acting, row),
            "may_remove": NOTICES.may_remove(acting, row),
            "checks": list(row.checks.order_by("-at")[:50]),
        }


class Remove(ActionPage):
    """A sign that was taken down."""

    form_class = RemoveForm
    title = T("表示を外した", "Sign taken down")
    button = T("外したと書く", "Enter that it was taken down")
    danger = True

    def find(self, **named: Any) -> Sign:
        return get_object_or_404(Sign, pk=named["pk"])

    def verdict(self, acting: Acting, row: Sign) -> Verdict:
        return NOTICES.may_remove(acting, row)

    def act(self, acting: Acting, row: Sign, form: RemoveForm) -> str:
        remove_sign(row, acting=acting, reason=form.cleaned_data["reason"], stamp=form.stamp)
        return reverse("notices:list")


class ContactPage(ActionPage):
    """Whom the public is told to ask."""

    form_class = ContactForm
    title = T("お知らせの連絡先", "Contact on the notices")
    button = T("保存する", "Save")

    def find(self, **named: Any) -> Contact:
        return contact()

    def verdict(self, acting: Acting, row: Contact) -> Verdict:
        return NOTICES.may_change_contact(acting)

    def start(self, row: Contact) -> dict[str, Any]:
        return {name: getattr(row, name) for name in FIELDS}

    def act(self, acting: Acting, row: Contact, form: ContactForm) -> str:
        change_contact({name: form.cleaned_data[name] for name in FIELDS}, acting=acting, stamp=form.stamp)
        return reverse("notices:list")
