"""Pages about accounts: made, stopped, opened again, a new first password, the second factor removed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from mihariban.office.base.acting import Acting, acting_of
from mihariban.office.base.policy import Verdict
from mihariban.office.base.text import T
from mihariban.office.people import actions
from mihariban.office.people.forms import AccountForm, LinkForm
from mihariban.office.people.models import User
from mihariban.office.people.pages import FormPage, found, require
from mihariban.office.people.passwords import first_password
from mihariban.office.people.policy import ACCOUNTS
from mihariban.office.people.views import form_page, person_or_404


def slip(request: HttpRequest, user: User, password: str, back: str) -> HttpResponse:
    """The first password, shown and printed once; nothing keeps it."""
    facts = {"slip": user, "password": password, "back": back, "address": request.build_absolute_uri("/")}
    response = render(request, "people/slip.html", facts)
    response["Cache-Control"] = "no-store"
    return response


@login_required
@form_page
def create(request: HttpRequest, pk: int) -> HttpResponse:
    """Give somebody an account."""
    acting = acting_of(request)
    row = person_or_404(pk)
    require(ACCOUNTS.may_create(acting, row))
    back = reverse("people:person", args=[pk])
    page = FormPage(
        T("{name}さんのアカウントを作る", "Make an account for {name}").format(name=row.name),
        T("作る", "Make it"),
        back,
        T("作りました。", "Made."),
        T(
            "最初のパスワードは次の画面に一度だけ出ます。印刷して本人に渡してください。",
            "The first password is shown once on the next page. Print it and hand it over.",
        ),
    )

    def do(data: dict[str, Any]) -> HttpResponse:
        password = first_password()
        user = actions.create_account(row, password=password, must_change=True, acting=acting, **data)
        return slip(request, user, password, back)

    return page.answer(request, AccountForm(request.POST or None), do)


@dataclass(frozen=True, slots=True)
class _Step:
    """What can be done with an account, on one page with one button."""

    title: T
    button: T
    lead: T
    done: T
    may: Callable[[Acting, User], Verdict]
    do: Callable[..., Any]


STEPS = {
    "close": _Step(
        T("アカウントを止める", "Close the account"),
        T("止める", "Close"),
        T(
            "この人はすぐにログインできなくなります。記録は残ります。",
            "This person cannot log in any more, at once. Records stay.",
        ),
        T("止めました。", "Closed."),
        ACCOUNTS.may_close,
        actions.close_account,
    ),
    "reopen": _Step(
        T("アカウントを再び使えるようにする", "Open the account again"),
        T("使えるようにする", "Open"),
        T("前のパスワードでログインできるようになります。", "Login works again with the password it had."),
        T("使えるようにしました。", "Opened."),
        ACCOUNTS.may_reopen,
        actions.reopen_account,
    ),
    "password": _Step(
        T("パスワードを出し直す", "Give a new password"),
        T("出し直す", "Give a new one"),
        T(
            "今のパスワードは使えなくなります。新しいものは次の画面に一度だけ出ます。本人であることを確かめてから行ってください。",
            "The present password stops working. The new one is shown once. Make sure first who asks.",
        ),
        T("出し直しました。", "Given."),
        ACCOUNTS.may_reset,
        actions.reset_password,
    ),
    "factor": _Step(
        T("二段階認証を解く", "Remove the second factor"),
        T("解く", "Remove"),
        T(
            "認証アプリとパスキーの登録が消え、パスワードだけでログインできます。本人であることを確かめてから行ってください。",
            "One-time codes and passkeys are gone; the password alone logs in. Make sure first who asks.",
        ),
        T("解きました。", "Removed."),
        ACCOUNTS.may_reset,
        actions.reset_factor,
    ),
    "confirm": _Step(
        T("管理者のログインの出し直しを確かめる", "Confirm that the manager's login was reset"),
        T("頼んだとおりです", "It was asked for"),
        T(
            "本人が頼んだ出し直しのときだけ押してください。心当たりがなければ押さずに、監査担当者に知らせてください。",
            "Press this only where its owner asked for it. Otherwise leave it, and tell the auditor.",
        ),
        T("確認しました。", "Confirmed."),
        ACCOUNTS.may_confirm_reset,
        actions.confirm_reset,
    ),
}


_HARMLESS = ("reopen", "confirm")


@login_required
@form_page
def change(request: HttpRequest, pk: int, what: str) -> HttpResponse:
    """One of ``STEPS``."""
    acting = acting_of(request)
    step: _Step = found(STEPS.get(what), T("このページ", "This page"))
    user: User = found(getattr(person_or_404(pk), "user", None), T("アカウント", "An account"))
    require(step.may(acting, user))
    back = reverse("people:person", args=[pk])
    page = FormPage(
        step.title, step.button, back, step.done, step.lead, lambda: _facts(user), danger=what not in _HARMLESS
    )

    def do(_: dict[str, Any]) -> HttpResponse | None:
        told = step.do(user, acting=acting)
        return slip(request, user, told, back) if what == "password" else None

    return page.answer(request, forms.Form(request.POST if request.method == "POST" else None), do)


@login_required
@form_page
def link(request: HttpRequest, pk: int) -> HttpResponse:
    """Who the owner is at the city's single sign-on."""
    acting = acting_of(request)
    user: User = found(getattr(person_or_404(pk), "user", None), T("アカウント", "An account"))
    require(ACCOUNTS.may_link(acting, user))
    page = FormPage(
        T("シングルサインオンに結び付ける", "Link to single sign-on"),
        T("保存する", "Save"),
        reverse("people:person", args=[pk]),
        T("保存しました。", "Saved."),
        T(
            "市の認証で入れるのは、ここで結び付けた人だけです。両方とも空にすると、入れなくなります。",
            "Only who is linked here comes in by single sign-on. Both empty: not any more.",
        ),
        lambda: _facts(user),
    )
    form = LinkForm(request.POST or None, initial={"email": user.email, "subject": user.subject or ""})
    return page.answer(request, form, lambda data: actions.link_account(user, acting=acting, **data))


def _facts(user: User) -> list[tuple[T, str]]:
    return [(T("氏名", "Name"), user.shown_name), (T("ログイン名", "Login name"), user.username)]
