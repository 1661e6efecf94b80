"""Where this office differs from allauth: nobody signs up, and messages are ours."""

from __future__ import annotations

import unicodedata
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.http import HttpRequest

from mihariban.office.people.models import User


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


class SingleSignOnAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]  # the same
    """A login of the city's single sign-on opens an account that is there already, by its name."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:  # the same
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        if sociallogin.is_existing:
            return
        name = sociallogin.account.extra_data.get("userinfo", {}).get("preferred_username", "")
        user = User.objects.filter(username=name, is_active=True).first() if name else None
        if user is not None:
            sociallogin.connect(request, user)
