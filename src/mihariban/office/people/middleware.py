"""What comes first: the first account of all, and a password of one's own instead of the one told on paper."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from mihariban.office.people.models import User
from mihariban.office.people.setup import is_untouched

_FREE = ("/account/", "/language/", "/static/", "/healthz")


def change_first(answer: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Whoever logged in with a first password is led to the page that changes it. Behind ``set_acting``."""

    def handle(request: HttpRequest) -> HttpResponse:
        user = request.user
        if isinstance(user, User) and user.must_change and not request.path.startswith(_FREE):
            return redirect(reverse("account_change_password"))
        return answer(request)

    return handle


def begin_first(answer: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Where nobody has an account yet there is nothing to log in with: who comes in is led to the beginning."""

    def handle(request: HttpRequest) -> HttpResponse:
        if request.path in ("/", reverse("account_login")) and request.method == "GET" and is_untouched():
            return redirect("wizard:begin")
        return answer(request)

    return handle


def has_changed(user: User, **_: Any) -> None:
    """The owner chose a password."""
    User.objects.filter(pk=user.pk).update(must_change=False)
