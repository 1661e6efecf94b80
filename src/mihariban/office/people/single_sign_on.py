"""The city's single sign-on: it opens an account that is there and was linked by hand, never makes one."""

from __future__ import annotations

import functools
from json import JSONDecodeError
from typing import Any
from urllib.parse import urlencode

import structlog
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.providers.base.constants import AuthError
from django.conf import settings
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from requests import RequestException

from mihariban.base.errors import MiharibanError
from mihariban.office.base.errors import OfficeMisconfigured
from mihariban.office.base.text import language
from mihariban.office.people.actions.bind_subject import bind_subject
from mihariban.office.people.actions.refuse_session import refuse_session
from mihariban.office.people.errors import SingleSignOnAway, SingleSignOnUnknown, SingleSignOnUnsound
from mihariban.office.people.models import User
from mihariban.office.web.config import Oidc
from mihariban.office.web.middleware import status_of

SECONDS = 10
"""How long the provider may take to answer."""
_log = structlog.get_logger(__name__)


class SingleSignOnAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """Whom the provider names is looked up among the linked accounts."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:  # allauth's signature
        return False

    def get_requests_session(self) -> Any:
        """Certificates by the city's own CA where it has one; no redirects: what is asked is what was set."""
        made = super().get_requests_session()
        made.trust_env = False
        ca_file = _provider().ca_file
        if ca_file is not None:
            made.verify = str(ca_file)
        made.request = functools.partial(made.request, allow_redirects=False, timeout=SECONDS)
        return made

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        """Find the account, or refuse with a sentence."""
        if sociallogin.state.get("process") != "login":  # nobody links an account to oneself
            raise ImmediateHttpResponse(redirect("account_login"))
        claims = sociallogin.account.extra_data
        token, person = claims.get("id_token") or {}, claims.get("userinfo") or {}
        if not _sound(token, person):
            refuse_session(None, "single_sign_on")
            raise ImmediateHttpResponse(_page(request, SingleSignOnUnsound()))
        user = _linked(token, person)
        if user is None:
            refuse_session(None, "single_sign_on")
            raise ImmediateHttpResponse(_page(request, SingleSignOnUnknown()))
        sociallogin.user = user

    def on_authentication_error(
        self, request: HttpRequest, provider: Any, error: Any = None, exception: Any = None, extra_context: Any = None
    ) -> None:
        """The provider is away or answers something that cannot be, or somebody pressed cancel there."""
        if error == AuthError.CANCELLED:
            raise ImmediateHttpResponse(redirect("account_login"))
        _log.warning("single sign-on failed", error=type(exception).__name__)
        if isinstance(exception, RequestException):
            raise ImmediateHttpResponse(_page(request, SingleSignOnAway()))
        refuse_session(None, "single_sign_on")
        raise ImmediateHttpResponse(_page(request, SingleSignOnUnsound()))


def _provider() -> Oidc:
    found: Oidc | None = settings.OFFICE_CONFIG.oidc
    if found is None:
        raise OfficeMisconfigured(where="oidc", why="missing")
    return found


def _sound(token: dict[str, Any], person: dict[str, Any]) -> bool:
    """The token is of the issuer that was set, and both speak of the same person."""
    wanted = _provider().server.rstrip("/")
    same = bool(token.get("sub")) and token["sub"] == person.get("sub")
    return same and str(token.get("iss", "")).rstrip("/") == wanted


def _linked(token: dict[str, Any], person: dict[str, Any]) -> User | None:
    """By subject; by an address that the provider vouches for only until a subject is known, because addresses are
    given to somebody else one day."""
    subject = str(token["sub"])
    user = User.objects.filter(subject=subject, is_active=True).first()
    email = str(person.get("email") or "")
    if user is None and email and person.get("email_verified") is True:
        user = User.objects.filter(email__iexact=email, subject=None, is_active=True).first()
        if user is not None:
            bind_subject(user, subject)
    return user


def _page(request: HttpRequest, error: MiharibanError) -> HttpResponse:
    facts = {"code": error.code, "sentence": error.text(language())}
    return render(request, "web/refused.html", facts, status=status_of(error))


def told(view: Any) -> Any:
    """A page that asks the provider: one that is away is told in a sentence; the office works without it."""

    @functools.wraps(view)
    def handle(request: HttpRequest, **more: Any) -> HttpResponse:
        try:
            answer: HttpResponse = view(request, **more)
        except (RequestException, JSONDecodeError, KeyError) as error:  # no answer, or none that discovery knows
            _log.warning("single sign-on away", error=type(error).__name__)
            return _page(request, SingleSignOnAway())
        return answer

    return handle


def begin(view: Any) -> Any:
    """The page that leads to the provider: pressed on our own login page, not from elsewhere, and with nothing but
    where to go afterwards."""
    asking = told(view)

    @functools.wraps(view)
    def handle(request: HttpRequest, **more: Any) -> HttpResponse:
        if request.headers.get("Sec-Fetch-Site", "same-origin") != "same-origin" or request.user.is_authenticated:
            return redirect("account_login")
        back = request.GET.get("next", "")
        request.GET = QueryDict(urlencode({"process": "login", **({"next": back} if back else {})}))
        answer: HttpResponse = asking(request, **more)
        return answer

    return handle
