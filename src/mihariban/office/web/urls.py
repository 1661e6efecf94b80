"""Addresses: each app under its own name, ``mihariban.office.<app>.urls`` with ``app_name = "<app>"``."""

from __future__ import annotations

from importlib.util import find_spec

from allauth.account.views import password_change
from allauth.mfa.recovery_codes.views import generate_recovery_codes
from allauth.mfa.totp.views import activate_totp, deactivate_totp
from allauth.mfa.webauthn.views import add_webauthn, remove_webauthn
from allauth.socialaccount.providers.openid_connect import views as openid_connect
from django.urls import URLPattern, URLResolver, include, path
from django.views.generic import RedirectView

from mihariban.office.people.sessions import entered
from mihariban.office.people.single_sign_on import begin, told
from mihariban.office.web import views
from mihariban.office.web.settings import apps

_OWN = ("web", "base")


def _app_urls() -> list[URLResolver]:
    names = [name.rpartition(".")[2] for name in apps()]
    return [
        path(f"{name}/", include(f"mihariban.office.{name}.urls"))
        for name in names
        if name not in _OWN and find_spec(f"mihariban.office.{name}.urls")
    ]


def _credentials() -> list[URLPattern]:
    """allauth's pages by which people change how they log in, each with its entry."""
    pages = {
        "password/change/": (password_change, "account_change_password"),
        "2fa/totp/activate/": (activate_totp, "mfa_activate_totp"),
        "2fa/totp/deactivate/": (deactivate_totp, "mfa_deactivate_totp"),
        "2fa/recovery-codes/generate/": (generate_recovery_codes, "mfa_generate_recovery_codes"),
        "2fa/webauthn/add/": (add_webauthn, "mfa_add_webauthn"),
        "2fa/webauthn/keys/<int:pk>/remove/": (remove_webauthn, "mfa_remove_webauthn"),
    }
    return [path(f"account/{at}", entered(view), name=name) for at, (view, name) in pages.items()]


urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.home, name="home"),
    path("healthz", views.healthz, name="healthz"),
    path("session/", views.session, name="session"),
    path("favicon.ico", RedirectView.as_view(url="/static/office/favicon.svg", permanent=True)),
    path("language/", views.choose_language, name="language"),
    # What allauth offers and this office does not: people neither sign themselves up nor keep mail addresses here.
    *(
        path(f"account/{gone}", RedirectView.as_view(pattern_name="account_login"))
        for gone in ("signup/", "email/", "password/reset/", "password/set/", "inactive/", "3rdparty/")
    ),
    *_credentials(),
    path("account/oidc/<str:provider_id>/login/", begin(openid_connect.login), name="openid_connect_login"),
    path(
        "account/oidc/<str:provider_id>/login/callback/", told(openid_connect.callback), name="openid_connect_callback"
    ),
    path("account/", include("allauth.urls")),
    *_app_urls(),
]

handler400 = views.unreadable
handler403 = views.forbidden
handler404 = views.not_found
handler500 = views.broken
