"""Pages on which a version of the rule is proposed: by fields, or by its text."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from mihariban.base.errors import InputError, MiharibanError, StateError
from mihariban.office.base.acting import Acting, acting_of
from mihariban.office.base.kept import keep, tell
from mihariban.office.base.rule import rule_book
from mihariban.office.base.text import T, language
from mihariban.office.rule.actions.propose_version import propose_version
from mihariban.office.rule.by_fields import FieldsForm, sentence, unnamed
from mihariban.office.rule.forms import ProposalForm
from mihariban.office.rule.policy import RULES
from mihariban.office.rule.proposal import read_proposal
from mihariban.office.rule.seen import require, seen
from mihariban.policy.errors import Problem


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def propose(request: HttpRequest) -> HttpResponse:
    """Change fields of the rule, see what it does, propose it."""
    acting, book = acting_of(request), rule_book()
    newest = book.versions[-1]
    form = FieldsForm(request.POST or None, newest=newest)
    if request.method == "POST":
        keep(request, form)
    require(RULES.may_propose(acting))
    if request.method != "POST":
        return _fields_page(request, form)
    if not form.is_valid():
        return _fields_page(request, form, status=422)
    text = form.text()
    try:
        loaded = read_proposal(text, book, acting.day)
        if request.POST.get("do") != "enter":
            return _fields_page(request, form, seen=seen(loaded, book))
        return _proposed(request, acting, text, form.cleaned_data["why"])
    except (InputError, StateError) as error:
        problems: tuple[Problem, ...] = getattr(error, "problems", ())
        left = form.tell(problems)
        if not problems:
            tell(form, error)
        return _fields_page(request, form, problems=left, status=422)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def propose_text(request: HttpRequest) -> HttpResponse:
    """Write the text of a version, see what it changes, propose it."""
    acting = acting_of(request)
    form = keep(request, ProposalForm(request.POST, request.FILES)) if request.method == "POST" else None
    require(RULES.may_propose(acting))
    book = rule_book()
    if form is None:
        return _text_page(request, ProposalForm(initial={"text": book.versions[-1].text}))
    if not form.is_valid():
        return _text_page(request, form, status=422)
    told = form.cleaned_data
    try:
        loaded = read_proposal(told["text"], book, acting.day)
        if request.POST.get("do") != "enter":
            return _text_page(request, form, seen=seen(loaded, book))
        return _proposed(request, acting, told["text"], told["why"])
    except (InputError, StateError) as error:
        return _text_page(request, form, error=error, status=422)


def _proposed(request: HttpRequest, acting: Acting, text: str, why: str) -> HttpResponse:
    made = propose_version(text, acting=acting, why=why)
    messages.success(request, str(T("申し出ました。管理者の決定を待ちます。", "Proposed. The manager decides.")))
    return redirect("rule:version", pk=made.id)


def _fields_page(
    request: HttpRequest,
    form: FieldsForm,
    *,
    problems: list[Problem] | None = None,
    seen: dict[str, Any] | None = None,
    status: int = 200,
) -> HttpResponse:
    policy = form.newest.policy
    parts = form.shown()
    facts = {
        "form": form,
        "parts": parts,
        "problems": [(each.field, sentence(each)) for each in problems or []],
        "wrong_tables": any(part.above for part in parts),
        "next_number": policy.version + 1,
        "unnamed": unnamed(policy),
        "seen": seen,
    }
    return render(request, "rule/by_fields.html", facts, status=status)


def _text_page(
    request: HttpRequest,
    form: ProposalForm,
    *,
    error: MiharibanError | None = None,
    seen: dict[str, Any] | None = None,
    status: int = 200,
) -> HttpResponse:
    problems: tuple[Problem, ...] = getattr(error, "problems", ())
    sentence = "" if error is None else error.text(language()).partition("\n")[0]
    facts = {"form": form, "problems": problems, "sentence": sentence, "seen": seen}
    return render(request, "rule/propose.html", facts, status=status)
