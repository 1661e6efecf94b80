"""Where this office differs from allauth: nobody signs up, coming in and going out are entered, messages are ours."""

from __future__ import annotations

import unicodedata
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from mihariban.office.people.models import User
from mihariban.office.people.sessions import let_in, let_out


def shown_name(user: User) -> str:
    """How allauth calls an account."""
    return user.shown_name


def tried_name(request: HttpRequest, credentials: dict[str, Any] | None = None) -> str:
    """The name under which failures are counted: one for all ways of writing it."""
    name = (credentials or {}).get("username") or request.POST.get("login", "")
    return unicodedata.normalize("NFKC", str(name)).casefold()[:200]


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """Accounts are made by people who may."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # allauth's signature
        return False

    def is_safe_url(self, url: str) -> bool:
        """A page of this office, by its path alone."""
        return bool(url) and url.startswith("/") and url_has_allowed_host_and_scheme(url, None, require_https=True)

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:  # allauth's signature
        """To the day's work: the form again would look as if nothing had happened."""
        return reverse("home")

    def login(self, request: HttpRequest, user: User) -> None:
        let_in(request, user, make=lambda: DefaultAccountAdapter.login(self, request, user))

    def logout(self, request: HttpRequest) -> None:
        let_out(request, "logout")
