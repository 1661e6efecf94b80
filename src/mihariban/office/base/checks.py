"""What makes the office refuse to start."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import Error, Tags, register

BACKENDS = ("mihariban.office.base.sqlite_backend", "django.db.backends.postgresql")


@register(Tags.security)
def check_database(app_configs: Any, **_: Any) -> list[Error]:  # noqa: ARG001  # Django's signature
    """SQLite goes through our one engine, durable at every commit."""
    found = []
    for alias, database in settings.DATABASES.items():
        if database["ENGINE"] not in BACKENDS:
            hint = f"Use one of {', '.join(BACKENDS)}: another SQLite can lose a committed entry."
            found.append(Error(f"database {alias} uses {database['ENGINE']}", hint=hint, id="mihariban.E001"))
    return found
