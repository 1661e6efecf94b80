"""The base app: the ledger's tables and the orders."""

from __future__ import annotations

from django.apps import AppConfig


class BaseConfig(AppConfig):
    """See ``mihariban.office.base``."""

    name = "mihariban.office.base"
    label = "base"

    def ready(self) -> None:
        from mihariban.office.base import checks  # noqa: F401  # registers itself
