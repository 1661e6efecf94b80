"""Pages that belong to no app: the way in, the choice of language, and what is shown when something is wrong."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from mihariban.office.base.text import T
from mihariban.office.web import health
from mihariban.office.web.middleware import seconds_left


@login_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Today's page, where the app is there."""
    try:
        return redirect("today:today")
    except NoReverseMatch:
        return render(request, "web/home.html")


@require_safe
def session(request: HttpRequest) -> HttpResponse:
    """How long this session lasts yet. Asked with ``X-Poll`` it is only told, without it the session goes on."""
    return JsonResponse({"left_s": seconds_left(request)}, headers={"Cache-Control": "no-store"})


@require_safe
def healthz(request: HttpRequest) -> HttpResponse:  # noqa: ARG001  # Django's signature
    """200 while database and ledger can be written and the recorders answer; tells nothing else."""
    healthy = not health.faults()
    return JsonResponse({"healthy": healthy}, status=200 if healthy else 503)


@require_POST
def choose_language(request: HttpRequest) -> HttpResponse:
    """Japanese or English from now on, on this machine."""
    chosen = "en" if request.POST.get("language") == "en" else "ja"
    back = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=True) or not back.startswith("/"):
        back = "/"
    response = HttpResponseRedirect(back)
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME, chosen, max_age=365 * 86_400, secure=True, httponly=True, samesite="Lax"
    )
    return response


def _page(request: HttpRequest, status: int, title: T, sentence: T) -> HttpResponse:
    return render(request, "web/refused.html", {"title": title, "sentence": sentence}, status=status)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001  # Django's
    """403."""
    return _page(
        request,
        403,
        T("この操作はできません", "Not allowed"),
        T(
            "あなたの役割ではこのページを開けません。必要なときは管理者に頼んでください。",
            "Your role does not open this page. Ask the manager where you need it.",
        ),
    )


def unreadable(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001  # Django's
    """400: too much of it, or no form of ours. What was sent is not looked at again."""
    return _page(
        request,
        400,
        T("送られた内容を読めませんでした", "What was sent could not be read"),
        T(
            "文が長すぎるか、形が正しくないため、保存していません。"
            "前の画面に戻ると、入力した文が残っています。短くして送り直してください。",
            "It is too long, or not in the right form. Nothing was saved. Go back: your text is still there. Shorten "
            "it and send it again.",
        ),
    )


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001  # Django's
    """404."""
    return _page(
        request,
        404,
        T("ページが見つかりません", "Page not found"),
        T(
            "アドレスが違うか、ページがなくなりました。上のメニューから選び直してください。",
            "The address is wrong or the page is gone. Choose from the menu above.",
        ),
    )


def broken(request: HttpRequest) -> HttpResponse:  # noqa: ARG001  # Django's signature
    """500: without database, session or navigation, any of which may be what broke."""
    title = T("システムのエラーです", "Something is broken")
    sentence = T(
        "保存されていません。少し待ってもう一度試し、続くときは情報システム担当者に時刻を伝えてください。",
        "Nothing was saved. Wait a little and try again; tell the IT staff the time if it goes on.",
    )
    return render(None, "web/broken.html", {"title": title, "sentence": sentence}, status=500)


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001  # Django's signature
    """A form that was filled in another session."""
    return _page(
        request,
        403,
        T("もう一度送ってください", "Send it again"),
        T(
            "ログインし直した後の古い画面から送られました。前の画面に戻り、再読み込みしてから送ってください。",
            "This was sent from a page older than your log-in. Go back, reload the page and send it again.",
        ),
    )


def locked_out(request: HttpRequest, response: Any = None, credentials: Any = None, *_: Any) -> HttpResponse:  # noqa: ARG001  # axes'
    """Too many failures."""
    minutes = settings.OFFICE_CONFIG.lockout_minutes
    return _page(
        request,
        429,
        T("ログインを止めました", "Login is locked"),
        T(
            "まちがいが続いたため、{n}分間ログインできません。時間をおくか、情報システム担当者に連絡してください。",
            "After several failures login is locked for {n} minutes. Wait, or tell the IT staff.",
        ).format(n=minutes),
    )
