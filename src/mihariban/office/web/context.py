"""What every page shows around its content."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from mihariban.office.base.text import language
from mihariban.office.web.nav import links
from mihariban.office.web.settings import VENDOR


def frame(request: HttpRequest) -> dict[str, Any]:
    """Language, who acts, navigation."""
    acting = getattr(request, "acting", None)
    return {
        "language": language(),
        "other_language": "en" if language() == "ja" else "ja",
        "acting": acting,
        "nav": links(acting, request.path) if acting else [],
        "has_vendor": VENDOR.is_dir(),
    }
