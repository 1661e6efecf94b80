"""The app of things found."""

from __future__ import annotations

from typing import ClassVar

from django.apps import AppConfig

from mihariban.office.base.text import T
from mihariban.office.web.nav import Nav


class FoundConfig(AppConfig):
    """See ``mihariban.office.found``."""

    name = "mihariban.office.found"
    label = "found"
    nav: ClassVar = [
        Nav(
            "found:list",
            T("忘れ物・不良紙", "Things found"),
            order=60,
            policy="mihariban.office.found.policy.FOUND",
        )
    ]
    registers: ClassVar = ["found:list", "found:corrections"]

    def ready(self) -> None:
        from mihariban.office.found.actions.forget_texts import forget_on_contact
        from mihariban.office.sites import hooks

        if forget_on_contact not in hooks.after_contact:
            hooks.after_contact.append(forget_on_contact)
