"""Django's settings of an office, made from its folder and what its administrator set."""

from __future__ import annotations

import secrets
from datetime import timedelta
from importlib import resources
from pathlib import Path
from typing import Any

from csp.constants import NONE, SELF

from mihariban.base.files import write_private
from mihariban.office.base.errors import OfficeMisconfigured
from mihariban.office.web.config import OfficeConfig, Oidc, load_config

ROOM = Path(str(resources.files("mihariban.office")))
VENDOR = ROOM / "web" / "static" / "vendor"
"""Fetched by tools/frontend; pages work without, in the system's fonts and without design tokens."""


def settings_for(folder: Path, config: OfficeConfig | None = None) -> dict[str, Any]:
    """Django's settings.

    Args:
        folder: DIR/office.
        config: instead of what office.toml and the environment say.

    Raises:
        OfficeMisconfigured: one of them is wrong.
    """
    config = config or load_config(folder)
    return {
        "OFFICE_FOLDER": folder,
        "OFFICE_CONFIG": config,
        "DEBUG": False,
        "SECRET_KEY": _secret(folder),
        "ALLOWED_HOSTS": ["localhost", "127.0.0.1", "[::1]", *config.hosts],
        "DATABASES": {"default": database(folder, config)},
        "DEFAULT_AUTO_FIELD": "django.db.models.BigAutoField",
        "INSTALLED_APPS": _installed(),
        "MIDDLEWARE": MIDDLEWARE,
        "ROOT_URLCONF": "mihariban.office.web.urls",
        "TEMPLATES": _templates(),
        "FORM_RENDERER": "django.forms.renderers.TemplatesSetting",
        "USE_TZ": True,
        "TIME_ZONE": config.zone,
        "LANGUAGE_CODE": "ja",
        "LANGUAGES": [("ja", "日本語"), ("en", "English")],
        "LANGUAGE_COOKIE_NAME": "mihariban_language",
        "LANGUAGE_COOKIE_SECURE": True,
        "STATIC_URL": "/static/",
        "STORAGES": {
            "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
            "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
        },
        "LOGGING_CONFIG": None,  # structlog of the product
        **_security(),
        **_login(config),
    }


MIDDLEWARE = [
    "mihariban.office.web.middleware.headers",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "mihariban.office.web.middleware.no_store",
    "mihariban.office.web.middleware.lead_back",
    "mihariban.office.notices.public.public_pages",  # before sessions: it neither reads nor sets a cookie
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "mihariban.office.web.middleware.end_idle_session",
    "mihariban.office.web.middleware.set_acting",
    "mihariban.office.people.middleware.begin_first",
    "mihariban.office.people.middleware.change_first",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "mihariban.office.web.middleware.Refusals",
    "axes.middleware.AxesMiddleware",
]


def database(folder: Path, config: OfficeConfig) -> dict[str, Any]:
    """The database: office.db in ``folder``, or PostgreSQL."""
    if not config.database:
        return {"ENGINE": "mihariban.office.base.sqlite_backend", "NAME": str(folder / "office.db")}
    from psycopg.conninfo import conninfo_to_dict

    told = conninfo_to_dict(config.database)
    names = {"NAME": "dbname", "USER": "user", "PASSWORD": "password", "HOST": "host", "PORT": "port"}
    found: dict[str, Any] = {name: str(told.pop(key, None) or "") for name, key in names.items()}
    return {"ENGINE": "django.db.backends.postgresql", **found, "OPTIONS": told}


def apps() -> list[str]:
    """Our own apps: every folder of the office with an apps.py, the base first."""
    found = sorted(path.parent.name for path in ROOM.glob("*/apps.py"))
    return [f"mihariban.office.{name}" for name in sorted(found, key=lambda name: (name != "web", name != "base"))]


def _installed() -> list[str]:
    return [
        *apps(),  # before django.forms and allauth: our templates win
        "django.contrib.auth",
        "django.contrib.contenttypes",
        "django.contrib.sessions",
        "django.contrib.messages",
        "django.contrib.staticfiles",
        "django.contrib.humanize",
        "django.forms",
        "allauth",
        "allauth.account",
        "allauth.socialaccount",
        "allauth.socialaccount.providers.openid_connect",
        "allauth.mfa",
        "axes",
        "csp",
        "django_filters",
        "django_htmx",
    ]


def _templates() -> list[dict[str, Any]]:
    processors = [
        "django.template.context_processors.request",
        "django.contrib.auth.context_processors.auth",
        "django.contrib.messages.context_processors.messages",
        "mihariban.office.web.context.frame",
    ]
    options = {"context_processors": processors, "builtins": ["mihariban.office.web.templatetags.office"]}
    return [{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True, "OPTIONS": options}]


def _security() -> dict[str, Any]:
    return {
        "SESSION_COOKIE_SECURE": True,
        "SESSION_COOKIE_NAME": "mihariban_session",
        "SESSION_EXPIRE_AT_BROWSER_CLOSE": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "CSRF_COOKIE_SECURE": True,
        "CSRF_COOKIE_HTTPONLY": True,
        "CSRF_USE_SESSIONS": False,
        "CSRF_FAILURE_VIEW": "mihariban.office.web.views.csrf_failed",
        # A year. Until the site's CA is trusted on a machine its browser ignores this; from then on nobody clicks a
        # warning about the certificate away, and the name is never called without TLS.
        "SECURE_HSTS_SECONDS": 31_536_000,
        "SILENCED_SYSTEM_CHECKS": [
            "security.W008",  # redirect to TLS: there is no port without it
            "security.W005",  # subdomains: names below this one belong to other machines of the city
            "security.W021",  # preload: a list of public names; this one is of the city's network alone
        ],
        "SECURE_CONTENT_TYPE_NOSNIFF": True,
        "SECURE_REFERRER_POLICY": "same-origin",
        "SECURE_CROSS_ORIGIN_OPENER_POLICY": "same-origin",
        "X_FRAME_OPTIONS": "DENY",
        "DATA_UPLOAD_MAX_MEMORY_SIZE": 20_000_000,  # two million letters, nine bytes each as a browser sends them
        "CONTENT_SECURITY_POLICY": {
            "DIRECTIVES": {
                "default-src": [SELF],
                "script-src": [SELF],
                "style-src": [SELF],
                "connect-src": [SELF],
                "img-src": [SELF, "data:"],
                "media-src": [SELF, "blob:"],
                "object-src": [NONE],
                "base-uri": [NONE],
                "frame-ancestors": [NONE],
                "form-action": [SELF],
            }
        },
        "PASSWORD_HASHERS": ["django.contrib.auth.hashers.Argon2PasswordHasher"],
        "AUTH_PASSWORD_VALIDATORS": [
            {"NAME": f"django.contrib.auth.password_validation.{name}", "OPTIONS": options}
            for name, options in (
                ("UserAttributeSimilarityValidator", {}),
                ("MinimumLengthValidator", {"min_length": 12}),
                ("CommonPasswordValidator", {}),
            )
        ],
    }


def _login(config: OfficeConfig) -> dict[str, Any]:
    return {
        "AUTH_USER_MODEL": "people.User",
        "AUTHENTICATION_BACKENDS": [
            "axes.backends.AxesStandaloneBackend",
            "allauth.account.auth_backends.AuthenticationBackend",
        ],
        "LOGIN_URL": "account_login",
        "LOGIN_REDIRECT_URL": "/",
        "ACCOUNT_ADAPTER": "mihariban.office.people.adapter.AccountAdapter",
        "SOCIALACCOUNT_ADAPTER": "mihariban.office.people.single_sign_on.SingleSignOnAdapter",
        # A link, not a form: the policy of content lets forms go to our own host alone. See ``single_sign_on.begin``.
        "SOCIALACCOUNT_LOGIN_ON_GET": True,
        "SOCIALACCOUNT_STORE_TOKENS": False,
        "ACCOUNT_LOGIN_METHODS": {"username"},
        "ACCOUNT_FORMS": {"login": "mihariban.office.people.login_form.LoginForm"},
        "ACCOUNT_SIGNUP_FIELDS": ["username*", "password1*", "password2*"],
        "ACCOUNT_EMAIL_VERIFICATION": "none",
        "ACCOUNT_EMAIL_NOTIFICATIONS": False,
        "ACCOUNT_LOGOUT_REDIRECT_URL": "account_login",
        "ACCOUNT_SESSION_REMEMBER": False,
        "ACCOUNT_USERNAME_MIN_LENGTH": 1,
        "ACCOUNT_USER_DISPLAY": "mihariban.office.people.adapter.shown_name",
        # Passwords are counted by axes, by name and address; one-time codes by allauth.
        "ACCOUNT_RATE_LIMITS": {
            "login": "300/m/ip",
            "login_failed": "300/m/ip,10/300s/key",
            "reauthenticate": "10/m/user",
        },
        "MFA_FORMS": {"login_webauthn": "mihariban.office.people.passkey_form.PasskeyLoginForm"},
        "MFA_SUPPORTED_TYPES": ["totp", "webauthn", "recovery_codes"],
        "MFA_PASSKEY_LOGIN_ENABLED": True,
        "MFA_TOTP_ISSUER": "Mihariban",
        "SOCIALACCOUNT_PROVIDERS": _single_sign_on(config.oidc) if config.oidc else {},
        "AXES_FAILURE_LIMIT": config.failures,
        "AXES_COOLOFF_TIME": timedelta(minutes=config.lockout_minutes),
        "AXES_LOCKOUT_PARAMETERS": [["username", "ip_address"]],
        "AXES_USERNAME_CALLABLE": "mihariban.office.people.adapter.tried_name",
        "AXES_LOCKOUT_CALLABLE": "mihariban.office.web.views.locked_out",
        "AXES_RESET_ON_SUCCESS": True,
        "AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT": False,  # who tries on does not keep a clerk out for ever
        "AXES_VERBOSE": False,
        "AXES_DISABLE_ACCESS_LOG": True,  # a login stands in the ledger, with its name committed
        "AXES_SENSITIVE_PARAMETERS": ["username", "ip_address", "login", "code", "credential", "next"],
    }


def _single_sign_on(oidc: Oidc) -> dict[str, Any]:
    try:
        secret = oidc.secret_file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise OfficeMisconfigured(where="oidc.secret_file", why=type(error).__name__) from error
    app = {
        "provider_id": "city",
        "name": oidc.name,
        "client_id": oidc.client_id,
        "secret": secret,
        "settings": {
            "server_url": oidc.server,
            "oauth_pkce_enabled": True,
            "auth_params": {"prompt": "login"} if oidc.ask_again else {},
        },
    }
    return {"openid_connect": {"APPS": [app]}}


def _secret(folder: Path) -> str:
    """The key that signs sessions and forms; made on first use."""
    path = folder / "web.key"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_private(path, secrets.token_urlsafe(48).encode())
    return path.read_text(encoding="ascii")
