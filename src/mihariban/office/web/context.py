"""What every page shows around its content."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from mihariban.office.base.text import language
from mihariban.office.web.middleware import idle_s
from mihariban.office.web.nav import links
from mihariban.office.web.settings import VENDOR


def _account(pk: int) -> str:
    """Names the account to the scripts that keep drafts, and tells nothing of it."""
    return salted_hmac("mihariban drafts", str(pk), algorithm="sha256").hexdigest()[:24]


def frame(request: HttpRequest) -> dict[str, Any]:
    """Language, who acts, navigation."""
    acting = getattr(request, "acting", None)
    return {
        "language": language(),
        "other_language": "en" if language() == "ja" else "ja",
        "acting": acting,
        "nav": links(acting, request.path) if acting else [],
        "has_vendor": VENDOR.is_dir(),
        "idle_s": idle_s(),
        "idle_minutes": idle_s() // 60,
        "drafts_of": _account(acting.user.pk) if acting and acting.user else "",
    }
